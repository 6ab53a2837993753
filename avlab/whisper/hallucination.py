"""Words out of nowhere: improbable ones amid silence are not believed. Chapters 11 and 13."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from avlab.whisper.transcript import Segment, Word

_MARKS = "\"'“¿([{-\"'.。,，!！?？:：”)]}、"
_EDGE = 2.0  # seconds; so near to a window's edge nothing tells whether there is silence beyond


class Window(NamedTuple):
    """When a window begins, when its sound and it itself end, when the recording ends, all in seconds."""

    start: float
    sound_end: float
    end: float
    recording_end: float


def anomaly(word: Word) -> float:
    """How unlike a word it is: 1 for being improbable, more for being very short or longer than 2 seconds."""
    lasts = word.end - word.start
    return (word.probability < 0.15) + max(0.133 - lasts, 0.0) * 15 + max(lasts - 2.0, 0.0)


def improbable(segment: Segment | None) -> bool:
    """Whether the first eight words of a segment are unlike words, by 3 in all or by 1 each. Chapter 13."""
    words = [word for word in (segment and segment.words) or () if word.text not in _MARKS][:8]
    score = sum(map(anomaly, words))
    return bool(segment and segment.words) and (score >= 3 or score + 0.01 >= len(words))


def without_hallucinations(
    segments: Sequence[Segment], window: Window, last_end: float, silence: float
) -> tuple[list[Segment], float | None]:
    """The segments up to the first that is not believed, and the second from which to listen again, if any.

    Not believed is what is `improbable` and has more than `silence` seconds without believable speech before
    and after it. `last_end` is when speech ended before. Source: openai/whisper, transcribe.py. Chapter 13.
    """
    spoken = [segment for segment in segments if segment.words]
    if spoken and improbable(spoken[0]) and spoken[0].start - window.start > silence:
        return [], spoken[0].start
    for segment, following in zip_longest(spoken, spoken[1:]):
        next_start = following.words[0].start if following else window.sound_end
        before = segment.start - last_end > silence or segment.start < silence
        after = next_start - segment.end > silence or improbable(following)
        alone_before = before or segment.start - window.start < _EDGE
        alone_after = after or window.end - segment.end < _EDGE
        if improbable(segment) and alone_before and alone_after:
            at_end = window.recording_end - segment.end < silence
            again = window.recording_end if at_end else max(window.start + 1, segment.start)
            return list(segments[: segments.index(segment)]), again
        last_end = segment.end
    return list(segments), None
