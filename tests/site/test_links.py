from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.site.pages import CHAPTERS, PAGES, ROOT
from tools.notebooks.chapters import repository

# They need the built site, not a browser, but are run with those that need one: after the site was built.
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def soups(html):
    """Every page of the site, by its path."""
    return {
        str(path.relative_to(html)): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in html.rglob("*.html")
        if "_static" not in path.parts
    }


def links(soup, page):
    """Where a page's links lead within the site: path and fragment."""
    for tag in soup.find_all("a", href=True):
        target, fragment = urldefrag(urljoin(page, tag["href"]))
        if not urlsplit(tag["href"]).scheme:
            yield unquote(target), unquote(fragment)


def test_every_page_of_the_table_of_contents_is_built(soups):
    assert {f"{page}.html" for page in PAGES} <= soups.keys()


def test_nothing_else_is_published(soups):
    assert soups.keys() - {f"{page}.html" for page in PAGES} == {"index.html", "search.html", "genindex.html"}


def test_every_link_within_the_site_leads_somewhere(soups, html):
    dead = [
        (page, target, fragment)
        for page, soup in soups.items()
        for target, fragment in links(soup, page)
        if not (html / target).is_file()
        or (fragment and target in soups and not soups[target].find(id=fragment))
    ]
    assert dead == []


def test_every_picture_has_words(soups):
    bare = [
        (page, str(tag)[:120])
        for page, soup in soups.items()
        for tag in soup("img")
        if not tag.get("alt", "").strip()
    ]
    assert bare == []


def test_every_player_has_a_name(soups):
    players = [tag for soup in soups.values() for tag in soup(["video", "audio"])]
    assert players and [str(tag)[:120] for tag in players if not tag.get("aria-label", "").strip()] == []


def test_every_page_says_its_language_and_has_one_title(soups):
    for page in PAGES:
        soup = soups[f"{page}.html"]
        assert soup.html["lang"] == "en"
        assert len(soup.find("article").find_all("h1")) == 1, page


def test_no_page_shows_what_only_a_grader_needs(soups):
    for page, soup in soups.items():
        assert "### BEGIN" not in soup.get_text(), page


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_has_one_folded_solution_with_its_errors(soups, chapter):
    from avlab.workbook import exercises

    number = chapter.rsplit("/", 1)[1][:2]
    article = soups[f"{chapter}.html"].find("article").get_text()
    folded = soups[f"{chapter}.html"].find_all("details", class_="solution")
    ours = [exercise for exercise in exercises() if exercise.chapter == number]
    assert ours and len(folded) == len(ours)
    assert all(not tag.has_attr("open") and len(tag("li")) >= 3 for tag in folded)
    assert all(f'check("{exercise.id}"' in article for exercise in ours)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_opens_on_colab_and_binder(soups, chapter):
    place = repository().removeprefix("https://github.com/")
    urls = [tag["href"] for tag in soups[f"{chapter}.html"].find_all("a", href=True)]
    assert f"https://colab.research.google.com/github/{place}/blob/main/{chapter}.ipynb" in urls
    assert f"https://mybinder.org/v2/gh/{place}/main?urlpath=lab/tree/{chapter}.ipynb" in urls


def test_the_foot_of_every_page_has_year_and_licences(soups):
    year = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["copyright"]
    for page in PAGES:
        foot = soups[f"{page}.html"].find("footer", class_="bd-footer-content").get_text()
        assert all(words in foot for words in (year, "CC BY 4.0", "MIT")), page
