import re

from tests.course.pages import text

HAN = re.compile(r"[\u4e00-\u9fff]")
# English, Chinese, and what it means: three lines, as the glossary directive wants them.
ENTRIES = re.findall(r"^([^\s`].*)\n(\S.*)\n  (\S.*)$", text("glossary.md").split("```{glossary}")[1], re.M)
ENGLISH, CHINESE, MEANINGS = zip(*ENTRIES, strict=True)


def test_the_whole_glossary_was_read():
    body = text("glossary.md").split("```{glossary}\n")[1].removesuffix("```\n")
    assert len(body.strip().split("\n\n")) == len(ENTRIES) >= 100


def test_terms_stand_in_alphabetical_order():
    assert list(ENGLISH) == sorted(ENGLISH, key=str.casefold)


def test_no_term_occurs_twice_in_either_language():
    assert len({term.casefold() for term in ENGLISH}) == len(ENGLISH)
    assert len(set(CHINESE)) == len(CHINESE)


def test_each_term_stands_in_english_and_in_chinese():
    assert [term for term in ENGLISH if HAN.search(term)] == []
    assert [term for term in CHINESE if not HAN.search(term)] == []


def test_each_meaning_is_one_to_three_sentences():
    for term, meaning in zip(ENGLISH, MEANINGS, strict=True):
        assert meaning.endswith("."), term
        assert len(re.findall(r"[.?](?=\s|$)", meaning)) <= 3, term
