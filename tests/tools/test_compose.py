from fractions import Fraction

import nbformat
import pytest

from tests.tools.toy import EXERCISE, TEXT
from tools.notebooks.compose import Malformed, authored, compose, headings

ADDRESS = "https://example.org/us/course"


def composed(text=TEXT):
    return compose(text, ADDRESS, {"01.twice": EXERCISE}.__getitem__)


def test_the_same_text_gives_the_same_bytes():
    assert nbformat.writes(composed().notebook) == nbformat.writes(composed().notebook)


def test_the_first_cell_that_runs_installs_on_colab_below_the_title():
    cells = composed().notebook.cells
    assert cells[0].source.startswith("# A toy")
    assert f"git+{ADDRESS}" in cells[1].source
    assert "google.colab" in cells[1].source


def test_an_exercise_becomes_what_it_says_of_itself_its_solution_and_its_check():
    cells = composed().notebook.cells
    task, solution, check = [cell for cell in cells if cell.id.startswith("01-twice")]
    assert task.source.startswith("Difficulty 1 of 5, about 5 minutes.")
    assert "<summary>Hint</summary>\n\nAdd it to itself.\n\n</details>" in task.source
    assert "return number * 2" in solution.source
    assert solution.metadata.nbgrader.solution and not solution.metadata.nbgrader.grade
    assert 'check("01.twice", twice)' in check.source
    assert check.metadata.nbgrader.grade and check.metadata.nbgrader.points == EXERCISE.points


def test_imports_that_a_solution_needs_are_added_once_and_only_where_the_chapter_lacks_them():
    exercise = type(EXERCISE)(**{**vars(EXERCISE), "reference": needs_a_name, "name": "twice"})
    find = {"01.twice": exercise}.__getitem__
    added = compose(TEXT, ADDRESS, find).notebook.cells[2].source
    assert "from fractions import Fraction" in added
    imported = compose(TEXT.replace("import math", "import math, fractions"), ADDRESS, find)
    assert "imports-of-solutions" in [cell.id for cell in imported.notebook.cells]
    imported = compose(
        TEXT.replace("import math", "import math\nfrom fractions import Fraction"), ADDRESS, find
    )
    assert "imports-of-solutions" not in [cell.id for cell in imported.notebook.cells]


def needs_a_name(number):
    return Fraction(number) * 2


def test_ids_name_the_section_and_stay_when_another_section_changes():
    ids = [cell.id for cell in composed().notebook.cells]
    assert len(set(ids)) == len(ids)
    longer = TEXT.replace("# A toy\n", "# A toy\n\n```{code-cell} ipython3\n1\n```\n\n## Another\n\nMore.\n")
    assert set(ids) < {cell.id for cell in composed(longer).notebook.cells}


def test_every_cell_knows_its_line_in_the_text():
    lines = TEXT.splitlines()
    made = composed()
    for cell, line in zip(made.notebook.cells, made.lines, strict=True):
        if cell.cell_type == "code" and "math.floor" in cell.source:
            assert lines[line - 2].startswith("```{code-cell}")
        if "nbgrader" in cell.metadata:
            assert lines[line].strip() == "exercise: 01.twice"


def test_code_in_an_exercises_cell_is_refused_with_its_line():
    text = TEXT.replace("exercise: 01.twice\n---\n", "exercise: 01.twice\n---\nx = 1\n")
    with pytest.raises(Malformed, match=r"line 21"):
        composed(text)


def test_the_authored_cells_hold_nothing_generated():
    cells = authored(TEXT).notebook.cells
    assert [cell.cell_type for cell in cells] == ["markdown", "code", "markdown", "code", "markdown", "code"]


def test_headings_inside_fences_are_not_headings():
    assert headings("# One\n\n```\n# no\n```\n\n## Two\n") == [(1, "One"), (2, "Two")]
