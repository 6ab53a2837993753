"""The contract of the chapters: what the text of each one keeps to."""

import re
from itertools import pairwise

import pytest

from avlab.workbook import exercises
from tests.course.html_tags import tags
from tools.notebooks.chapters import chapters
from tools.notebooks.compose import authored, headings
from tools.notebooks.limits import CELLS, EXERCISES, HEADINGS

CHAPTERS = chapters()
# Plain JupyterLab and GitHub show these raw.
DIRECTIVE = re.compile(r"^\s*(:::|(```|~~~)\{)|\{[a-z:-]+\}`", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(<?([^)\s>]+)>?\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(")


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda chapter: chapter.name)
def chapter(request):
    return request.param


@pytest.fixture(scope="module")
def cells(chapter):
    return authored(chapter.text.read_text(encoding="utf-8")).notebook.cells


@pytest.fixture(scope="module")
def prose(cells):
    """All Markdown of the chapter."""
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def set_exercises(cells):
    return [cell.metadata["exercise"] for cell in cells if "exercise" in cell.metadata]


def test_names_are_numbered_in_order():
    numbers = [chapter.number for chapter in CHAPTERS]
    assert numbers == sorted(set(numbers)) and set(numbers) <= set(range(1, 34))


def test_the_seven_parts_are_there_in_order(prose):
    assert [words for level, words in headings(prose) if level == 2] == list(HEADINGS)


def test_there_is_one_title_and_it_comes_first(cells, prose):
    assert headings(cells[0].source)[0][0] == 1
    assert [level for level, _ in headings(prose)].count(1) == 1


def test_it_promises_three_to_five_things_and_says_how_long_it_takes(prose):
    promise = prose.split(f"## {HEADINGS[1]}")[0]
    assert 3 <= len(re.findall(r"^- ", promise, re.MULTILINE)) <= 5
    assert re.search(r"\d+ minutes", promise)


def test_it_has_as_many_cells_as_a_reader_can_hold(cells):
    assert len(cells) in CELLS


def test_it_sets_at_least_four_exercises_each_under_its_own_heading(cells):
    assert len(set_exercises(cells)) >= EXERCISES
    for before, cell in pairwise(cells):
        if "exercise" in cell.metadata:
            level, words = headings(before.source)[-1]
            assert level == 3 and words.startswith("Exercise: "), cell.metadata["exercise"]


def test_it_sets_the_exercises_that_the_workbook_has_for_it(chapter, cells):
    ids = [exercise.id for exercise in exercises() if exercise.chapter == chapter.name[:2]]
    assert sorted(set_exercises(cells)) == sorted(ids)


def test_the_workbook_has_no_exercise_without_a_chapter():
    assert {exercise.chapter for exercise in exercises()} == {chapter.name[:2] for chapter in CHAPTERS}


def test_hints_are_left_to_the_exercises(prose):
    assert not re.search(r"<summary>\s*Hint", prose), "the hint is the exercise's own, and put in from there"


def test_plain_jupyterlab_can_show_it(prose):
    assert not DIRECTIVE.search(prose), DIRECTIVE.search(prose).group()


def test_links_to_files_lead_somewhere(chapter, prose):
    places = [target.split("#")[0] for target in LINK.findall(prose) if "://" not in target]
    lost = [place for place in places if place and not (chapter.notebook.parent / place).exists()]
    assert not lost


def test_links_do_not_lead_to_the_texts_from_which_notebooks_are_made(prose):
    assert not [target for target in LINK.findall(prose) if re.search(r"book/\d+_\w+/", target)]


def test_pictures_in_the_text_have_alternative_text(prose):
    assert all(words.strip() for words in PICTURE.findall(prose))
    assert all(attributes.get("alt") for tag, attributes in tags(prose) if tag == "img")
