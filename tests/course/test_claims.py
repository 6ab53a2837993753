import os
import re

import pytest

from tests.course.pages import BOOK, SECTION, anchored, part, rows, sections, text
from tools.notebooks.chapters import chapters
from tools.notebooks.compose import headings
from tools.notebooks.limits import HEADINGS

VERDICTS = {"holds", "holds here but not in general", "does not hold", "cannot be checked"}
ERRATUM = re.compile(r"\b[A-E]-\d\d\b")
OWN_TABLE = next(words for words in HEADINGS if "documents" in words)
LEDGER = {anchored(row): rest for row, *rest in rows(text("claims.md"))}

each_chapter = pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)


def ledger_of(chapter):
    return {row: rest for row, rest in LEDGER.items() if row.split(".")[0] == str(chapter.number)}


def own_rows(chapter):
    """The rows of the chapter's own table: number, claim, verdict, and whatever else it has."""
    table = rows(part(chapter.text.read_text(encoding="utf-8"), OWN_TABLE))
    return {cells[0]: cells[1:] for cells in table if re.fullmatch(r"\d+\.\d+", cells[0])}


def slugs(chapter):
    """How the site calls the chapter's headings in links."""
    found = headings(chapter.text.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-") for _, words in found}


def test_rows_are_numbered_in_order_chapter_by_chapter():
    numbers = [tuple(map(int, row.split("."))) for row in LEDGER]
    expected = [
        (c, i + 1) for c in sorted({c for c, _ in numbers}) for i in range(sum(n[0] == c for n in numbers))
    ]
    assert numbers == expected


def test_no_number_occurs_twice():
    assert len(rows(text("claims.md"))) == len(LEDGER)


def test_every_claim_names_sections_that_exist():
    for row, (claim, *_) in LEDGER.items():
        named = SECTION.findall(claim)
        assert named, f"{row}: which sections say so?"
        assert [name for name in named if name not in sections()] == [], row


def test_every_verdict_is_one_of_the_four():
    for row, (_, verdict, *_) in LEDGER.items():
        assert verdict.strip("*") in VERDICTS and verdict == f"*{verdict.strip('*')}*", row


def test_an_erratum_is_corrected_once():
    named = [name for *_, errata in LEDGER.values() for name in ERRATUM.findall(errata)]
    assert sorted(named) == sorted(set(named))


@each_chapter
def test_the_chapters_table_and_the_ledger_have_the_same_rows(chapter):
    assert own_rows(chapter), f"no rows such as | {chapter.number}.1 | … under '{OWN_TABLE}'"
    assert own_rows(chapter).keys() == ledger_of(chapter).keys()


@each_chapter
def test_the_chapter_and_the_ledger_agree_on_each_verdict(chapter):
    ledger = {row: verdict.strip("*") for row, (_, verdict, *_) in ledger_of(chapter).items()}
    assert {row: cells[1].strip("*") for row, cells in own_rows(chapter).items()} == ledger


@each_chapter
def test_every_row_leads_to_a_heading_of_the_chapter(chapter):
    notebook = os.path.relpath(chapter.notebook, BOOK)
    for row, (_, _, seen, _) in ledger_of(chapter).items():
        found = re.findall(r"\]\((\S+?)#(\S+?)\)", seen)
        assert found, f"{row}: link to the heading under which it is seen"
        assert {link for link, _ in found} == {notebook}, row
        assert {slug for _, slug in found} <= slugs(chapter), row


@each_chapter
def test_every_correction_that_the_chapter_names_is_in_the_ledger(chapter):
    named = set(ERRATUM.findall(chapter.text.read_text(encoding="utf-8")))
    entered = {name for *_, errata in ledger_of(chapter).values() for name in ERRATUM.findall(errata)}
    assert named == entered
