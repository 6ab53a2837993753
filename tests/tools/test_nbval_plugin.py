import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.notebooks.execute import execute

PICTURE = 'from IPython.display import HTML\nHTML(\'<img alt="dots" src="data:image/png;base64,AAAA">\')'
pytestmark = pytest.mark.slow

CELLS = [
    "print(1 + 1)",
    "print('hidden')\n'a value';",
    PICTURE,
    "import os\nos.listdir()",
    PICTURE.replace("dots", "stripes"),
    "'stable'",
]


@pytest.fixture
def nbval(tmp_path, root):
    """Runs nbval over a notebook as `make test` does, and gives what it said."""

    def run(notebook, conftest=""):
        nbformat.write(notebook, tmp_path / "01_toy.ipynb")
        (tmp_path / "conftest.py").write_text(conftest)
        options = ["-p", "tools.nbval_plugin", "--nbval", "-p", "no:cacheprovider", "-v", "--color=no"]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            "/dev/null",
            "--rootdir",
            tmp_path,
            *options,
            tmp_path,
        ]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        return done.stdout + done.stderr

    return run


def outcomes(said):
    return re.findall(r"Cell \d+ ([A-Z]+)", said)


def test_cells_are_compared_but_for_bytes_inside_the_page(nbval):
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    execute(notebook, limit=60)
    notebook.cells[2].outputs[0].data["text/html"] = '<img alt="dots" src="data:image/png;base64,BBBB">'
    notebook.cells[4].outputs[0].data["text/html"] = '<img alt="dots" src="data:image/png;base64,AAAA">'
    notebook.cells[5].outputs[0].data["text/plain"] = "'changed'"
    said = nbval(notebook)
    assert outcomes(said) == ["PASSED"] * 4 + ["FAILED"] * 2, said
    assert re.search(r"slowest 10 notebooks.*\n +[\d.]+ s  01_toy\.ipynb", said)


def test_a_notebook_that_runs_too_long_is_stopped(nbval):
    cells = [
        new_code_cell("import time\ntime.sleep(60)", execution_count=1),
        new_code_cell("1", execution_count=2, outputs=[new_output("execute_result", {"text/plain": "1"})]),
    ]
    limits = "import tools.notebooks.limits\ntools.notebooks.limits.SECONDS = 1\n"
    said = nbval(new_notebook(cells=cells), conftest=limits)
    assert outcomes(said)[0] == "FAILED", said
    assert "Timeout of" in said
