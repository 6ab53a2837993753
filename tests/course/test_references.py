import re
import unicodedata
from collections import Counter

import pytest
from pybtex.database import parse_file

from tests.course.pages import BOOK, text
from tools.references import cited, page

WORKS = dict(parse_file(BOOK / "references.bib").entries.items())


def plain(words):
    return re.sub(r"\W+", "", words.casefold())


def unaccented(word):
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )


def test_every_work_that_a_page_cites_is_there():
    assert cited() <= WORKS.keys()


def test_the_page_is_made_from_the_file():
    assert text("references.md") == page(WORKS, cited()), "run: python -m tools.references"


@pytest.mark.parametrize("field", ["title", "eprint", "doi"])
def test_no_work_is_listed_twice(field):
    counts = Counter(plain(work.fields[field]) for work in WORKS.values() if field in work.fields)
    assert [value for value, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("key", WORKS)
def test_a_work_can_be_found_in_a_library(key):
    work = WORKS[key]
    assert work.persons["author"] and work.fields["title"]
    assert 1900 < int(work.fields["year"]) < 2100
    assert {"journal", "booktitle", "publisher", "school", "institution", "eprint", "doi"} & set(work.fields)


@pytest.mark.parametrize("key", WORKS)
def test_a_key_is_the_first_author_and_the_year(key):
    family = "".join(WORKS[key].persons["author"][0].last_names).casefold()
    assert re.fullmatch(r"[a-z]+\d{4}[a-z]?", key)
    assert key.rstrip("abcdefghijklmnopqrstuvwxyz").endswith(WORKS[key].fields["year"])
    assert unaccented(plain(family)).startswith(re.match(r"[a-z]+", key)[0])
