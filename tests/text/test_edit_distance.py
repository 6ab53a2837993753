from functools import cache
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avlab.text.edit_distance import alignment, cer, edit_distance, wer

WORDS = st.lists(st.sampled_from("abcd"), max_size=7)
TEXTS = st.lists(st.sampled_from(["the", "cat", "sat", "a", "at", "the\ncat", " "]), max_size=7).map(" ".join)


def brute_force(a: tuple, b: tuple) -> int:
    """Every way to turn a into b, by the definition: from the front, without a table."""

    @cache
    def fewest(a, b):
        if not a or not b:
            return len(a) + len(b)
        ways = [fewest(a[1:], b) + 1, fewest(a, b[1:]) + 1, fewest(a[1:], b[1:]) + (a[0] != b[0])]
        return min(ways)

    return fewest(a, b)


def test_the_textbook_example():
    assert edit_distance("kitten", "sitting") == 3
    assert wer("the cat sat on the mat", "the cat sat on mat") == 1 / 6
    assert cer("kitten", "sitting") == 3 / 6
    assert alignment("the cat sat on the mat", "a cat sat upon mat today") == [
        ("substituted", "the", "a"),
        ("same", "cat", "cat"),
        ("same", "sat", "sat"),
        ("substituted", "on", "upon"),
        ("deleted", "the", None),
        ("same", "mat", "mat"),
        ("inserted", None, "today"),
    ]


# What jiwer 4.0.0 gave.
@pytest.mark.parametrize(
    ("reference", "hypothesis", "words", "characters"),
    [
        ("a b c", "a c", 1 / 3, 2 / 5),
        ("i can spell", "i kan cpell", 2 / 3, 2 / 11),
        ("hello", "", 1, 1),
        ("yes", "yes yes yes", 2, 8 / 3),
        (["a b c d", "x"], ["a b c d", "y z"], 2 / 5, 3 / 8),
        (["", "a"], ["x", "a"], 1, 1),
        ("今天 天气 很好", "今天 天汽 好", 2 / 3, 2 / 8),
    ],
)
def test_it_is_jiwers(reference, hypothesis, words, characters):
    assert wer(reference, hypothesis) == pytest.approx(words, rel=1e-15)
    assert cer(reference, hypothesis) == pytest.approx(characters, rel=1e-15)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_it_is_the_fewest_of_all_ways(a, b):
    assert edit_distance(a, b) == brute_force(tuple(a), tuple(b))


@given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
def test_it_is_a_distance(a, b, c):
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@given(WORDS, WORDS)
def test_an_alignment_holds_both_texts_and_as_many_edits_as_their_distance(a, b):
    steps = alignment(a, b)

    assert [step.reference for step in steps if step.kind != "inserted"] == a
    assert [step.hypothesis for step in steps if step.kind != "deleted"] == b
    assert sum(step.kind != "same" for step in steps) == edit_distance(a, b)
    for kind, reference, hypothesis in steps:
        assert (reference is None, hypothesis is None) == (kind == "inserted", kind == "deleted")
        assert (reference == hypothesis) == (kind == "same")


def most_kept(a: tuple, b: tuple) -> int:
    """How many items stay in the best of all shortest ways, each way tried."""

    @cache
    def best(a, b):  # fewest edits, then most kept (negative)
        if not a or not b:
            return len(a) + len(b), 0
        ways = [(best(a[1:], b), 1, 0), (best(a, b[1:]), 1, 0)]
        ways.append((best(a[1:], b[1:]), int(a[0] != b[0]), -int(a[0] == b[0])))
        return min((edits + edit, kept + keep) for (edits, kept), edit, keep in ways)

    return -best(a, b)[1]


@settings(deadline=None)
@given(WORDS, WORDS)
def test_of_the_shortest_ways_it_keeps_the_most(a, b):
    assert sum(step.kind == "same" for step in alignment(a, b)) == most_kept(tuple(a), tuple(b))


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_the_rate_of_a_corpus_is_all_edits_by_all_words(pairs):
    references, hypotheses = ([pair[i] for pair in pairs] for i in (0, 1))
    edits = sum(edit_distance(a.split(), b.split()) for a, b in pairs)
    words = len(" ".join(references).split())

    if words:
        assert wer(references, hypotheses) == edits / words
    else:
        assert wer(references, hypotheses) == (inf if edits else 0)


def test_any_white_space_parts_words_and_counts_as_one_character():
    assert wer(" a\tb \n c ", "a b c") == 0
    assert cer(" a\tb \n c ", "a b c") == 0
    assert cer("a b", "ab") == 1 / 3


@pytest.mark.parametrize("rate", [wer, cer])
def test_without_a_reference_the_rate_is_0_or_infinite(rate):
    assert rate("", "") == rate([], []) == rate(["", " "], ["", ""]) == 0
    assert rate("", "thank you") == rate([" ", ""], ["", "a"]) == inf
    assert alignment("", "") == []


@pytest.mark.parametrize("rate", [wer, cer])
@pytest.mark.parametrize(("reference", "hypothesis"), [(["a", "b"], ["a"]), ("a b", ["a", "b"]), ([], "a")])
def test_texts_without_their_partner_are_refused(rate, reference, hypothesis):
    with pytest.raises(ValueError, match="each text needs its own reference"):
        rate(reference, hypothesis)
