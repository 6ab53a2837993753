"""What `import avlab` does to a notebook, and what it leaves alone."""

import json
import subprocess
import sys

import pytest

LIGHT = """
import sys, avlab
print([name for name in ("torch", "matplotlib", "IPython", "numpy", "av", "PIL") if name in sys.modules])
"""

SHELL = """
import json
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import avlab, sys; light = 'torch' not in sys.modules")
shell.run_cell("import torch; clip = avlab.Clip(audio=torch.zeros(800), sample_rate=8000)")
data, _ = shell.display_formatter.format(shell.user_ns["clip"])
print(json.dumps({"light": shell.user_ns["light"], **data}))
"""


@pytest.fixture
def python(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))

    def run(code: str) -> str:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[-1]

    return run


def test_import_is_light(python):
    assert python(LIGHT) == "[]"


def test_a_clip_shows_itself_in_a_notebook(python):
    data = json.loads(python(SHELL))
    assert data["light"]
    assert data["text/plain"] == "Clip(0.10 s, 800 samples at 8000 Hz)"
    assert "<audio controls" in data["text/html"]
    assert "A clip: 0.10 s, 800 samples at 8000 Hz." in data["text/html"]
