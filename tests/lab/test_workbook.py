"""Part 1 as a learner works it: the own copy, opened in JupyterLab, run, and one exercise solved by hand."""

import dataclasses
from pathlib import Path

import pytest

from avlab.workbook import exercises, update
from avlab.workbook.cells import imports_cell, solution_cell, unmarked
from tests.workbook.chapters import load

pytestmark = pytest.mark.slow

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CHAPTERS = sorted(path.relative_to(NOTEBOOKS) for path in NOTEBOOKS.glob("1_*/*.ipynb"))
SECONDS = 150  # that a chapter may take, the exercises left out
# JupyterLab shows an error as it shows what a program complains of.
FAILED = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
STANDS = """id => [...document.querySelectorAll('.jp-OutputArea-output tr')]
  .filter(row => row.cells[0].textContent == id).map(row => row.lastChild.textContent)"""


@pytest.fixture(scope="session")
def workbook(lab) -> Path:
    """The learner's copy."""
    update(NOTEBOOKS, lab.folder / "workbook")
    return lab.folder / "workbook"


def typed(exercise, mistake=None) -> str:
    """What somebody types who has the solution, or who makes the mistake."""
    if mistake is None:
        return unmarked(solution_cell(exercise))
    wrong = dataclasses.replace(exercise, reference=mistake.answer, name=exercise.name)
    return f"{imports_cell([wrong])}\n\n\n{unmarked(solution_cell(wrong))}".lstrip()


@pytest.mark.parametrize("name", CHAPTERS, ids=str)
def test_a_chapter_is_run_looked_at_and_worked_in(workbook, open_notebook, name):
    cells = load(workbook / name).cells
    place = {cell.id: index for index, cell in enumerate(cells)}
    mine = [one for one in exercises() if one.chapter == name.name[:2]]
    notebook = open_notebook(f"workbook/{name.as_posix()}")
    page = notebook.page

    notebook.run_all(SECONDS)
    # Nothing failed but the checks, and each of them said just this.
    blank = sorted(f"{one.id}: not yet. Nothing is written here yet." for one in mine)
    assert sorted(text.strip() for text in page.locator(FAILED).all_text_contents()) == blank
    assert {one.id: page.evaluate(STANDS, one.id) for one in mine} == {one.id: ["not yet"] for one in mine}

    sweep = page.locator(".jp-OutputArea-output [data-sweep]").first
    first = sweep.locator("output").inner_text()
    sweep.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert sweep.locator("output").inner_text() != first

    one = next(one for one in mine if one.asks_for_function)
    mistake = next(mistake for mistake in one.mistakes if mistake.answer.__name__ != "<lambda>")
    answer, check = (place[f"{one.id.replace('.', '-')}-{kind}"] for kind in ("solution", "check"))
    for source, says, stands in (
        (typed(one, mistake), mistake.says, "not yet"),
        (typed(one), f"{one.id}: passed.", "passed"),
    ):
        notebook.write(answer, source)
        notebook.run(answer)
        notebook.run(check)
        assert says in notebook.output(check).text_content()
        assert page.evaluate(STANDS, one.id) == [stands]
