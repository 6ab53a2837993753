"""The verbs of the Makefile, as `make` itself reads them, and what `make test` says at its end."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tools.verify import STEPS, Outcome, run, summary

VERBS = {"help", "lab", "test", "check", "book", "notebooks", "workbook", "bench", "clean"}


# These tests may run under `make test` itself, whose settings would reach the make that they start.
INHERITED = {
    "MAKEFLAGS",
    "MAKELEVEL",
    "MAKEOVERRIDES",
    "MFLAGS",
    "PYTHON",
    "LAB",
    "DEVICE",
    "CHAPTERS",
    "FORCE",
}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in INHERITED}


def make(root, *words):
    options = {"cwd": root, "env": ENVIRONMENT, "capture_output": True, "text": True, "check": True}
    return subprocess.run(["make", *words], **options).stdout


def test_help_lists_every_verb_with_a_sentence(root):
    lines = make(root, "help").splitlines()
    assert {line.split()[1] for line in lines} == VERBS
    assert all(len(line.split(maxsplit=2)[2]) > 10 for line in lines)


def test_make_alone_is_help(root):
    assert make(root) == make(root, "help")


def test_lab_passes_options_on_and_opens_the_learners_chapter(root):
    last = make(root, "-n", "lab", "LAB=--no-browser --port 8899").splitlines()[-1]
    assert re.search(r"jupyter lab .*workbook/\S+/01_\w+\.ipynb .*--no-browser --port 8899$", last)


def test_a_named_python_is_insisted_on_and_the_default_is_not(root):
    assert "python3.12 tools/install.py --this-version" in make(root, "-n", "workbook", "PYTHON=python3.12")
    assert "--this-version" not in make(root, "-n", "workbook")


def test_the_device_reaches_the_tests(root):
    assert "DEVICE=cuda" in make(root, "-n", "test", "DEVICE=cuda")


def test_clean_leaves_the_learners_copy_and_the_environment(root, tmp_path):
    shutil.copy(root / "Makefile", tmp_path)
    kept = [tmp_path / "workbook" / "1_signals" / "01.ipynb", tmp_path / ".venv" / "bin" / "python"]
    gone = [tmp_path / "_build" / "html" / "index.html", tmp_path / "avlab" / "__pycache__" / "clip.pyc"]
    for path in kept + gone:
        path.parent.mkdir(parents=True)
        path.touch()
    for folder in ("book", "tests", "tools"):
        (tmp_path / folder).mkdir()
    make(tmp_path, "clean")
    assert [path.exists() for path in kept + gone] == [True, True, False, False]


def test_ci_ends_in_make_test(root):
    script = root / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().rstrip().endswith("exec make test </dev/null")


def test_every_test_is_in_one_step_of_make_test():
    marks = [command[command.index("-m", 3) + 1] for command in STEPS["test"].values() if "-m" in command[3:]]
    assert sorted(marks) == ["browser", "not browser"]


def test_a_step_that_fails_is_named_in_the_last_line():
    good, bad = Outcome("lint", True, 1.0), Outcome("site", False, 2.0)
    assert summary([good, bad]).splitlines()[-1] == "FAILED: site"
    assert summary([good]).splitlines()[-1] == "All passed."


@pytest.mark.parametrize(("status", "passed"), [(0, True), (5, False)])
def test_a_step_passes_only_with_status_zero(status, passed):
    assert run("step", (sys.executable, "-c", f"raise SystemExit({status})")).passed is passed
