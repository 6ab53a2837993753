import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools.install import ROOT, complaint, fingerprint, install


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "avlab"\n[tool.x]\na = 1\n')
    (tmp_path / "constraints.txt").write_text("numpy==2\n")
    return tmp_path


class Recorder:
    """Stands in for pip and venv: remembers the commands, and leaves what an environment would."""

    def __init__(self, checkout, fails=False):
        self.venv, self.fails, self.commands = checkout / ".venv", fails, []

    def __call__(self, command):
        if "venv" in command:
            (self.venv / "bin").mkdir(parents=True, exist_ok=True)
            for name in ("python", "pip"):
                (self.venv / "bin" / name).touch()
            version = ".".join(map(str, sys.version_info[:3]))
            (self.venv / "pyvenv.cfg").write_text(
                f"version = {version}\ncommand = python -m venv {self.venv}\n"
            )
        elif self.fails:
            raise KeyboardInterrupt
        self.commands.append("venv" if "venv" in command else command[-1].rsplit("[")[-1])


def test_an_old_python_is_told_so():
    assert "3.11 or newer, and this one is 3.9" in complaint((3, 9, 18), has_pip=True)
    assert "PYTHON=" in complaint((3, 9, 18), has_pip=True)
    assert complaint((3, 11, 0), has_pip=True) == complaint((4, 0), has_pip=True) == ""


def test_a_python_without_pip_is_told_so():
    assert "python3-venv" in complaint((3, 12, 1), has_pip=False)


def test_an_old_python_can_read_the_script():
    source = Path(ROOT, "tools", "install.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    imported = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert "tomllib" not in {alias.name for node in imported for alias in node.names}


def test_a_second_install_does_nothing(checkout):
    run = Recorder(checkout)
    install(str(checkout), "lab", run=run)
    assert run.commands == ["venv", "lab]"]
    install(str(checkout), "lab", run=run)
    assert len(run.commands) == 2


def test_dev_stands_for_lab_and_not_the_other_way_round(checkout):
    run = Recorder(checkout)
    install(str(checkout), "dev", run=run)
    install(str(checkout), "lab", run=run)
    assert run.commands == ["venv", "dev]"]
    (checkout / "constraints.txt").write_text("numpy==3\n")
    install(str(checkout), "lab", run=run)
    install(str(checkout), "dev", run=run)
    assert run.commands[2:] == ["lab]", "dev]"]


def test_only_the_lists_of_packages_count(checkout):
    before = fingerprint(str(checkout))
    (checkout / "pyproject.toml").write_text('[project]\nname = "avlab"\n[tool.x]\na = 2\n')
    assert fingerprint(str(checkout)) == before
    (checkout / "pyproject.toml").write_text('[project]\nname = "avlab"\ndependencies = ["av"]\n')
    assert fingerprint(str(checkout)) != before


def test_an_interrupted_install_is_done_again(checkout):
    install(str(checkout), "lab", run=Recorder(checkout))
    (checkout / "constraints.txt").write_text("numpy==3\n")
    with pytest.raises(KeyboardInterrupt):
        install(str(checkout), "lab", run=Recorder(checkout, fails=True))
    (checkout / "constraints.txt").write_text("numpy==2\n")
    run = Recorder(checkout)
    install(str(checkout), "lab", run=run)
    assert run.commands == ["lab]"]


def test_an_environment_of_another_python_is_rebuilt_only_when_asked_for(checkout):
    run = Recorder(checkout)
    install(str(checkout), "lab", run=run)
    config = checkout / ".venv" / "pyvenv.cfg"
    config.write_text(config.read_text().replace(f"version = 3.{sys.version_info[1]}", "version = 3.99"))
    install(str(checkout), "lab", run=run)
    assert len(run.commands) == 2
    install(str(checkout), "lab", this_version=True, run=run)
    assert run.commands[2:] == ["venv", "lab]"]


def test_an_environment_that_was_moved_is_rebuilt(checkout, tmp_path):
    run = Recorder(checkout)
    install(str(checkout), "lab", run=run)
    config = checkout / ".venv" / "pyvenv.cfg"
    config.write_text(config.read_text().replace(str(checkout), "elsewhere"))
    install(str(checkout), "lab", run=run)
    assert run.commands == ["venv", "lab]"] * 2


def test_a_failed_pip_ends_with_one_sentence(tmp_path):
    code = (
        "import subprocess, sys, tools.install as t\n"
        "def fail(*_): raise subprocess.CalledProcessError(1, 'pip')\n"
        "t.install = fail; sys.argv = ['install', 'lab']; sys.exit(t.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "The install did not finish: see above. The same command tries again.\n"
