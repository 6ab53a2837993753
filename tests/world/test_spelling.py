import pytest

from avlab.world.spelling import labels, owners, parted, spoken, starts


@pytest.mark.parametrize(
    "text",
    [
        "bin blue at F two now",
        "one of the many in the box of a friend",
        "At A. A dog, A\nand (A) A",
        "- The dash — and 1,234 ½ café 你好",
        "tabs\tand\n\nparagraphs  here",
    ],
)
def test_what_is_spoken_has_the_same_words(text):
    assert len(starts(spoken(text, english=True))) == len(labels(text))


def test_labels_are_the_words_without_punctuation():
    assert labels("“Yes,” said Dr. Ho — it's $5 (or 6)!") == [
        "Yes",
        "said",
        "Dr",
        "Ho",
        "it's",
        "$5",
        "or",
        "6",
    ]


def test_a_letter_is_told_from_an_article():
    assert spoken("vitamin A is", english=True) == spoken("vitamin eigh is", english=True)
    assert "eigh" not in spoken("A dog ate a bone. A bone!", english=True)
    assert "eigh" not in spoken("vitamina A es", english=False)


def test_an_event_belongs_to_the_word_it_points_into():
    assert owners([0, 4, 5, 8], [0, 4, 8]) == [0, 1, 1, 2]


def test_an_event_after_a_word_belongs_to_it():
    assert owners([0, 1, 4], [0, 4]) == [0, 0, 1]


def test_a_word_without_an_event_takes_the_last_of_the_one_before():
    assert owners([0, 1, 3, 8], [0, 4, 8]) == [0, 0, 1, 2]
    assert owners([0], [2, 5]) == [0]


def test_words_that_got_no_event_are_parted():
    assert parted("one of the few", [0, 4, 11]) == "one of\u00a0the few"
    assert parted("would have to go", [0, 14]) == "would\u00a0have\u00a0to go"


def test_words_that_got_their_events_stay():
    assert parted("one of the few", [0, 4, 7, 11]) == "one of the few"
    assert parted("at a. two", [0, 3]) == "at a. two"
