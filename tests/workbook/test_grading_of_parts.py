"""Every part of the course as an nbgrader assignment, with the course's own settings: released, handed in, graded."""

import shutil
from pathlib import Path

import pytest

from avlab.workbook import exercises
from avlab.workbook.cells import solution_cell
from tests.workbook.chapters import load, save
from tests.workbook.grader import grades, nbgrader

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PARTS = sorted({path.parent.name for path in (ROOT / "notebooks").glob("*/*.ipynb")})
EXERCISES = {f"{exercise.id.replace('.', '-')}-solution": exercise for exercise in exercises()}
# What each student writes into an exercise's cell; None leaves it as it was released.
MISTAKEN = """\
from avlab.workbook import exercise

{one.name} = exercise("{one.id}").mistakes[0].answer"""
# It knows the cases that a learner sees and what comes of them; a value cannot be had by heart.
BY_HEART = """\
from avlab.workbook import exercise
from avlab.workbook.selftest import by_heart

{one.name} = by_heart(exercise("{one.id}"), seed="")"""
STUDENTS = {
    "perfect": solution_cell,
    "blank": lambda one: None,
    "wrong": lambda one: MISTAKEN.format(one=one),
    "byheart": lambda one: BY_HEART.format(one=one) if one.asks_for_function else None,
}


def hand_in(root: Path, part: str, student: str) -> None:
    """Every chapter of the released part, with what the student writes."""
    for path in (root / "release" / part).glob("*.ipynb"):
        notebook = load(path)
        for cell in notebook.cells:
            exercise = EXERCISES.get(cell.id)
            if exercise and (source := STUDENTS[student](exercise)):
                cell.source = source
        save(notebook, root / "submitted" / student / part / path.name)


def points(part: str) -> int:
    chapters = {path.name[:2] for path in (ROOT / "notebooks" / part).glob("*.ipynb")}
    return sum(one.points for one in EXERCISES.values() if one.chapter in chapters)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_released_handed_in_and_graded(part, tmp_path):
    pytest.importorskip("nbgrader")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "notebooks" / part, tmp_path / "notebooks" / part)
    nbgrader(tmp_path, "generate_assignment", part, "--create")
    for student in STUDENTS:
        hand_in(tmp_path, part, student)
    nbgrader(tmp_path, "autograde", part, AVLAB_SEED="a number of the lecturer's own")
    most = points(part)
    assert most > 0
    assert grades(tmp_path) == {
        "perfect": (most, most),
        "blank": (0, most),
        "wrong": (0, most),
        "byheart": (0, most),
    }
