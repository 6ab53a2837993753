import os
import re
from collections import Counter

import pytest

from tests.course.pages import BOOK, anchored, rows, sections, text
from tools.graph import chapters as planned
from tools.notebooks.chapters import chapters

PIECE = re.compile(r"\[chapter (\d+)\]\((\S+?)\) (built|shown|named|to come)(?:: (\S.*))?")
NOTEBOOKS = {chapter.number: os.path.relpath(chapter.notebook, BOOK) for chapter in chapters()}
MAP = [(anchored(section), heading, where.split("<br>")) for section, heading, where in rows(text("map.md"))]


def pieces():
    for section, _, where in MAP:
        for words in where:
            found = PIECE.fullmatch(words)
            assert found, f"{section}: not of the form [chapter 1](link) built: what ({words})"
            yield section, int(found[1]), found[2], found[3], found[4]


def test_every_section_of_the_documents_has_one_row_in_their_order():
    assert [section for section, _, _ in MAP] == list(sections())


def test_there_are_281_sections_and_33_chapters():
    assert len(sections()) == 281
    assert {n for numbers in sections().values() for n in numbers} == set(range(1, 34))


def test_every_row_has_a_heading():
    assert [section for section, heading, _ in MAP if not heading] == []


def test_every_row_says_all_chapters_that_teach_the_section():
    said = {section: [] for section, _, _ in MAP}
    for section, number, *_ in pieces():
        said[section].append(number)
    assert said == sections()


def test_what_a_written_chapter_does_is_said_and_linked():
    for section, number, link, how, what in pieces():
        if number in NOTEBOOKS:
            assert how != "to come", f"{section}: chapter {number} is written"
            assert what, f"{section}: {how}, but what?"
            assert link.split("#")[0] == NOTEBOOKS[number]


def test_what_is_to_come_links_to_its_line_in_the_plan():
    for section, number, link, how, _ in pieces():
        if number not in NOTEBOOKS:
            assert (how, link) == ("to come", f"to_come.md#chapter-{number:02d}"), section


def test_the_counts_of_sections_are_those_of_the_tables():
    said = {
        letter: int(n)
        for letter, n in re.findall(r"^## ([A-E]) .*\n\n.*?(\d+) sections", text("map.md"), re.M)
    }
    assert said == Counter(section[0] for section in sections())


def test_the_page_of_what_is_to_come_has_each_unwritten_chapter_once():
    page = re.findall(r'^- <a id="chapter-(\d\d)"></a>\*\*(\d+)\. (.+?)\.\*\* \S', text("to_come.md"), re.M)
    assert [int(anchor) for anchor, _, _ in page] == [int(number) for _, number, _ in page]
    assert [(int(number), title) for _, number, title in page] == [
        (chapter.number, chapter.title) for chapter in planned() if chapter.number not in NOTEBOOKS
    ]


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)
def test_a_written_chapter_has_the_title_of_the_plan(chapter):
    title = re.search(r"^# (.+)$", chapter.text.read_text(encoding="utf-8"), re.M)[1]
    assert title == planned()[chapter.number - 1].title
