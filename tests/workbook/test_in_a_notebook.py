"""What a check looks like from outside: in a kernel, to nbclient and nbgrader, in a plain program."""

import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_notebook

from avlab.workbook import update
from tests.workbook.chapters import FIND_TOY, cell, chapter, code, load, save

WRONG = """\
def root_mean_square(sound):
    return (sound**2).mean()"""
# A warning on stderr would cost its points.
RIGHT = """\
import warnings

def root_mean_square(sound):
    warnings.warn("take care")
    return (sound**2).mean().sqrt()"""
CHECK = 'from avlab.workbook import check\n\ncheck("99.loudness", root_mean_square)'
ENDLESS = """\
import avlab.workbook.run

avlab.workbook.run.SECONDS = 1

def root_mean_square(sound):
    while True:
        try:
            sound + 1
        except Exception:
            pass"""


def run(cells, **options):
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=120, **options).execute()
    return notebook.cells


def graded(cell):
    """What nbgrader gives for a check cell that has run."""
    from nbgrader.utils import determine_grade

    cell.metadata["nbgrader"] = {"grade": True, "points": 3, "solution": False, "schema_version": 3}
    return determine_grade(cell)


def test_a_mistake_in_a_kernel_is_its_message_alone_and_an_error_to_graders():
    raising = {"tags": ["raises-exception"]}
    cells = [
        code(FIND_TOY, "find"),
        code(WRONG, "wrong"),
        code(CHECK, "check", **raising),
        code(ENDLESS, "endless"),
        code(CHECK, "slow", **raising),
        code("print('on it goes')", "end"),
    ]
    _, _, wrong, _, slow, end = run(cells)
    (output,) = wrong.outputs
    assert (output.output_type, output.ename) == ("error", "Mistake")
    assert output.traceback == output.evalue.split("\n")
    assert output.traceback[0] == "99.loudness: not yet. You have 9; expected is 3."
    assert "This is the power. Its root is missing." in output.traceback
    (output,) = slow.outputs
    assert output.evalue.startswith(
        "99.loudness: not yet. Your function was still running after 1 s, in line "
    )
    assert end.outputs[0].text == "on it goes\n"
    assert (graded(wrong), graded(slow)) == ((0, 3), (0, 3))


def test_a_passed_check_prints_and_earns_its_points():
    *_, right = run([code(FIND_TOY, "find"), code(RIGHT, "right"), code(CHECK, "check")])
    assert right.outputs[0].text == "99.loudness: passed. Eight sounds, silence among them.\n"
    assert graded(right) == (3, 3)


def test_without_the_tag_a_mistake_stops_the_notebook():
    with pytest.raises(CellExecutionError, match="This is the power"):
        run([code(FIND_TOY, "find"), code(WRONG, "wrong"), code(CHECK, "check")])


@pytest.fixture
def run_copy(toy, tmp_path):
    """Makes a learner's copy of the toy chapter, writes answers into it, runs it all."""
    save(chapter(toy.EXERCISES), tmp_path / "notebooks" / "part" / "99_toy.ipynb")
    update(tmp_path / "notebooks", tmp_path / "workbook")

    def run_all(**answers):
        notebook = load(tmp_path / "workbook" / "part" / "99_toy.ipynb")
        for name, source in answers.items():
            cell(notebook, f"99-{name}-solution").source = source
        folder = {"metadata": {"path": str(tmp_path / "workbook" / "part")}}
        NotebookClient(notebook, timeout=120, resources=folder).execute()
        return notebook

    return run_all


def test_run_all_on_a_blank_copy_reaches_the_end(toy, tmp_path, run_copy):
    notebook = run_copy()
    failed = {
        part.id: part.outputs[0]
        for part in notebook.cells
        if part.get("outputs") and "ename" in part.outputs[0]
    }
    assert list(failed) == [f"{exercise.id.replace('.', '-')}-check" for exercise in toy.EXERCISES]
    assert {output.evalue.split(": ", 1)[1] for output in failed.values()} == {
        "not yet. Nothing is written here yet."
    }
    assert notebook.cells[-1].outputs[0].text == "the end\n"
    assert len(list((tmp_path / "workbook" / ".avlab" / "progress").iterdir())) == len(toy.EXERCISES)


def test_the_table_at_the_top_follows_every_check(run_copy):
    table = cell(run_copy(loudness=RIGHT, milliseconds="answer_99_milliseconds = 2.5"), "progress")
    # When its cell ran, nothing had been tried.
    (output,) = table.outputs
    assert output.data["text/plain"].split("\n") == [
        "1 of 4 exercises pass: 1 of 7 points.",
        "exercise | title | points | minutes | stands",
        "99.positions | Where frames begin | 2 | 10 | not yet",
        "99.loudness | How loud | 1 | 5 | passed",
        "99.cut | Cut | 3 | 5 | not yet",
        "99.milliseconds | Milliseconds | 1 | 2 | not yet",
    ]
    assert "<table" in output.data["text/html"]


def test_in_a_program_a_mistake_ends_it_with_the_message():
    program = "\n".join([FIND_TOY, WRONG, CHECK])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert "AssertionError" not in done.stderr
    assert done.stderr.rstrip().endswith("Already right: 1 of 8 cases.")
    assert "avlab.workbook.mistake.Mistake: 99.loudness: not yet. You have 9; expected is 3." in done.stderr
