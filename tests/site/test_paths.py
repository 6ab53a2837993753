"""What a reader does on the site, typed and clicked through."""

import pytest

from tests.site.pages import CHAPTERS
from tests.site.test_accessibility import findings

pytestmark = pytest.mark.browser

PART_1 = [chapter for chapter in CHAPTERS if "/1_" in chapter]


@pytest.mark.parametrize("term", ["beam search", "束搜索"])
def test_searching_a_term_leads_to_its_entry_in_the_glossary(opened, term):
    page = opened("search")
    page.locator("input[name=q]:visible").fill(term)
    page.keyboard.press("Enter")
    first = page.locator("#search-results li > a").first
    first.wait_for()
    assert findings(page) == []
    first.click()
    page.wait_for_url("**/book/glossary.html**#term-*")
    entry = page.locator("dt:target")
    assert entry.inner_text().strip("#¶ \n") == term
    assert entry.evaluate(
        "dt => { const box = dt.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
    )


def test_from_the_preface_to_the_last_chapter_of_part_1_and_into_a_solution(opened):
    page = opened("book/preface")
    page.get_by_role("link", name="Begin with chapter 1").click()
    for chapter in PART_1:
        page.wait_for_url(f"**/{chapter}.html*")
        if chapter != PART_1[-1]:
            page.locator("a.right-next").click()
    solution = page.locator("details.solution").last
    code = solution.locator("pre")
    assert not code.is_visible()
    solution.get_by_text("Show one solution").click()
    assert code.is_visible() and solution.locator("li").first.is_visible()
    solution.get_by_text("Show one solution").click()
    assert not code.is_visible()


def test_the_bar_at_the_side_can_be_opened_and_leads_on(opened):
    page = opened("book/preface")
    link = page.locator(f"nav a[href$='{CHAPTERS[0]}.html']").first
    if not link.is_visible():  # on a telephone it is away
        page.get_by_role("button", name="Toggle primary sidebar").click()
        link.wait_for()
    assert findings(page) == []
    link.click()
    page.wait_for_url(f"**/{CHAPTERS[0]}.html*")
