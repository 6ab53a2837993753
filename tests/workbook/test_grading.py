"""The same chapters as nbgrader assignments: released, handed in, graded with cases nobody has seen, exported."""

from pathlib import Path

import pytest

from avlab.workbook.cells import solution_cell
from tests.workbook.chapters import NAME, cell, chapter, load, save
from tests.workbook.grader import grades, nbgrader

pytestmark = pytest.mark.slow

CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "notebooks"
c.CourseDirectory.db_url = {database!r}
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
"""
LOUDNESS, CHECK = "99-loudness-solution", "99-loudness-check"
BY_HEART = """\
from avlab.workbook import exercise
from avlab.workbook.selftest import by_heart

known = by_heart(exercise("99.loudness"))


def root_mean_square(sound):
    return known(sound)"""
ENDLESS = """\
import avlab.workbook.run

avlab.workbook.run.SECONDS = 1


def root_mean_square(sound):
    while True:
        pass"""


def hand_in(root: Path, student: str, toy, **answers: str) -> None:
    """The released notebook with the worked solutions in it, but for the cells that `answers` names."""
    notebook = load(root / "release" / NAME)
    for exercise in toy.EXERCISES:
        cell(notebook, f"{exercise.id.replace('.', '-')}-solution").source = solution_cell(exercise)
    for id, source in answers.items():
        cell(notebook, id.replace("_", "-")).source = source
    save(notebook, root / "submitted" / student / NAME)


def blank(root: Path) -> None:
    save(load(root / "release" / NAME), root / "submitted" / "blank" / NAME)


def tampered(root: Path, toy) -> None:
    answers = {CHECK: "print('passed')", LOUDNESS: "check = print\nroot_mean_square = None"}
    hand_in(root, "tampered", toy, **answers)
    hand_in(root, "deleted", toy, **{LOUDNESS: "root_mean_square = None"})
    path = root / "submitted" / "deleted" / NAME
    notebook = load(path)
    notebook.cells = [part for part in notebook.cells if part.id != CHECK]
    save(notebook, path)


@pytest.fixture
def scores(toy, tmp_path) -> dict[str, float]:
    pytest.importorskip("nbgrader")
    save(chapter(toy.EXERCISES), tmp_path / "notebooks" / NAME)
    database = f"sqlite:///{tmp_path}/gradebook.db"
    (tmp_path / "nbgrader_config.py").write_text(CONFIG.format(root=str(tmp_path), database=database))
    nbgrader(tmp_path, "generate_assignment", "part")
    hand_in(tmp_path, "perfect", toy)
    hand_in(
        tmp_path, "wrong", toy, **{LOUDNESS: "def root_mean_square(sound):\n    return (sound**2).mean()"}
    )
    hand_in(tmp_path, "byheart", toy, **{LOUDNESS: BY_HEART})
    hand_in(tmp_path, "endless", toy, **{LOUDNESS: ENDLESS})
    blank(tmp_path)
    tampered(tmp_path, toy)
    nbgrader(tmp_path, "autograde", "part", AVLAB_SEED="secret")
    return {student: score for student, (score, _) in grades(tmp_path).items()}


def test_each_kind_of_submission_gets_what_it_earned(scores, toy):
    points = sum(exercise.points for exercise in toy.EXERCISES)
    all_but_loudness = points - 1
    assert scores == {
        "perfect": points,
        "blank": 0,
        "wrong": all_but_loudness,
        "byheart": all_but_loudness,
        "endless": all_but_loudness,
        "tampered": all_but_loudness,
        "deleted": all_but_loudness,
    }
