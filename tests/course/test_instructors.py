import re
from itertools import chain

import pytest

from tests.course.pages import BOOK, part, rows, text
from tools.graph import chapters, draw

CHAPTERS = {chapter.number: chapter for chapter in chapters()}
PAGE = text("instructors.md")
SHORT_WAYS = re.findall(r"\*\*, ((?:\d+, )+\d+)", part(PAGE, "What builds on what").replace("\n", " "))


def numbers(words):
    return [int(n) for n in words.split(",") if n.strip()]


def weeks(heading):
    return [numbers(row[1]) for row in rows(part(PAGE, heading)) if row[0].isdigit()]


def taught(heading):
    return list(chain.from_iterable(weeks(heading)))


def test_the_table_has_all_chapters_of_seven_parts_in_order():
    assert list(CHAPTERS) == list(range(1, 34))
    parts = [chapter.part for chapter in CHAPTERS.values()]
    assert parts == sorted(parts) and set(parts) == set(range(1, 8))


def test_a_chapter_builds_only_on_earlier_ones():
    assert [c.number for c in CHAPTERS.values() if any(n >= c.number for n in c.needs)] == []


def test_only_the_first_chapter_builds_on_nothing():
    assert [c.number for c in CHAPTERS.values() if not c.needs] == [1]


def test_the_picture_is_drawn_from_the_table():
    drawn = (BOOK / "_static" / "graph.svg").read_text(encoding="utf-8")
    assert drawn == draw(chapters()), "run: python -m tools.graph"


def test_an_arc_is_drawn_for_each_need():
    assert draw(chapters()).count("<path") == sum(len(chapter.needs) for chapter in CHAPTERS.values())


@pytest.mark.parametrize("way", [*map(numbers, SHORT_WAYS), taught("Six weeks"), taught("Fourteen weeks")])
def test_nothing_is_taught_before_what_it_builds_on(way):
    for place, number in enumerate(way):
        assert set(CHAPTERS[number].needs) <= set(way[:place]), f"chapter {number}"


def test_there_are_three_short_ways():
    assert len(SHORT_WAYS) == 3


@pytest.mark.parametrize(("heading", "count"), [("Fourteen weeks", 14), ("Six weeks", 6)])
def test_a_plan_has_its_weeks_of_about_ten_hours(heading, count):
    assert len(weeks(heading)) == count
    assert sum(CHAPTERS[n].hours for n in taught(heading)) / count == pytest.approx(10, abs=1)


def test_fourteen_weeks_teach_every_chapter_once():
    assert taught("Fourteen weeks") == list(CHAPTERS)


def test_there_are_at_least_six_projects_and_a_rubric():
    projects = part(PAGE, "Open projects")
    assert len(re.findall(r"^\d+\. \*\*", projects, re.M)) >= 6
    assert {len(row) for row in rows(projects)} == {5}
    assert len(rows(projects)) == 6
