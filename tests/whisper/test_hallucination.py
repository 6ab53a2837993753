import pytest

from avlab.whisper.hallucination import Window, anomaly, improbable, without_hallucinations
from avlab.whisper.transcript import Segment, Word

WINDOW = Window(30.0, 60.0, 60.0, 90.0)


def said(start: float, end: float, probability: float, words: int = 2) -> Segment:
    """A segment of so many words, equally long, one after the other."""
    step = (end - start) / words
    each = tuple(Word(start + i * step, start + (i + 1) * step, " w", probability) for i in range(words))
    return Segment(start, end, " w" * words, (), "en", 0.0, -0.3, 1.0, 0.0, each)


@pytest.mark.parametrize(
    ("word", "score"),
    [
        (Word(0.0, 0.4, " good", 0.9), 0.0),
        (Word(0.0, 0.4, " unlikely", 0.1), 1.0),
        (Word(0.0, 0.033, " short", 0.9), 1.5),
        (Word(0.0, 3.5, " long", 0.1), 2.5),
    ],
)
def test_what_is_unlike_a_word(word, score):
    assert anomaly(word) == pytest.approx(score)


def test_a_segment_is_improbable_by_its_words_without_marks():
    assert improbable(said(0.0, 1.0, 0.1)) and not improbable(said(0.0, 1.0, 0.5))
    assert not improbable(None) and not improbable(said(0.0, 1.0, 0.1).until(0.0))
    mark = Word(0.0, 0.4, "?", 0.01)
    good = said(0.0, 1.0, 0.9)
    assert not improbable(Segment(**vars(good) | {"words": (*good.words, mark, mark)}))


@pytest.mark.parametrize(
    ("segments", "last_end", "kept", "again"),
    [
        ([said(40.0, 41.0, 0.9), said(41.0, 42.0, 0.9)], 29.0, 2, None),  # all believable
        (
            [said(40.0, 41.0, 0.1), said(41.0, 42.0, 0.9)],
            29.0,
            0,
            40.0,
        ),  # out of the silence at the beginning
        (
            [said(30.0, 40.0, 0.9, 25), said(45.0, 46.0, 0.1), said(50.0, 51.0, 0.9)],
            29.0,
            1,
            45.0,
        ),  # silence on both sides
        (
            [said(30.0, 40.0, 0.9, 25), said(40.5, 41.0, 0.1), said(50.0, 51.0, 0.9)],
            29.0,
            3,
            None,
        ),  # right after speech
        (
            [said(30.0, 40.0, 0.9, 25), said(45.0, 46.0, 0.1), said(46.5, 51.0, 0.9, 9)],
            29.0,
            3,
            None,
        ),  # right before speech
        (
            [said(30.0, 40.0, 0.9, 25), said(45.0, 46.0, 0.1), said(46.5, 47.0, 0.1)],
            29.0,
            1,
            45.0,
        ),  # before another one
        ([], 29.0, 0, None),
    ],
)
def test_improbable_words_amid_silence_are_not_believed(segments, last_end, kept, again):
    found, seconds = without_hallucinations(segments, WINDOW, last_end, 2.0)
    assert found == segments[:kept] and seconds == again


def test_at_the_end_of_the_recording_nothing_is_heard_again():
    last = [said(30.0, 40.0, 0.9, 25), said(58.0, 59.5, 0.1)]
    ending = WINDOW._replace(recording_end=60.0)
    assert without_hallucinations(last, ending, 29.0, 2.0) == (last[:1], 60.0)
