"""Where somebody speaks, in stretches that fit into a window. Chapter 13."""

import math
from collections.abc import Iterable, Iterator

from avlab.signal import speech_spans, vad
from avlab.span import Span
from avlab.whisper.windows import Windows

FRAMES = 100  # a second
_AROUND = 20  # frames before and after speech: a word begins before it is loud
Stretch = tuple[int, int]  # from frame, to frame


def everything() -> Iterator[Stretch]:
    """The recording from beginning to end, however long it is."""
    yield 0, 1 << 62


def within(spans: Iterable[Span]) -> Iterator[Stretch]:
    """Stretches that are given, in seconds, in order."""
    for span in spans:
        if not 0 <= span.start <= span.end < math.inf:
            raise ValueError(f"{span} should be a stretch of the recording, in seconds from its beginning")
        yield round(span.start * FRAMES), round(span.end * FRAMES)


def speech(windows: Windows) -> Iterator[Stretch]:
    """Where somebody speaks, found on the way: as many whole utterances together as fit into a window.

    One that is longer than a window is cut at its quietest moment in the window's second half. The stretches
    are frames of the recording, so times found in them need no correction but their start. Where nobody
    speaks for long, some stretches are empty. Source: Bain et al., WhisperX, 2023. Chapter 13.
    """
    at, longest = 0, windows.length
    while there := windows.ahead(at, 2 * longest):
        heard = vad(windows.samples(at, there))
        spans = [(round(s.start * FRAMES), round(s.end * FRAMES)) for s in speech_spans(heard)]
        if not spans:
            # Speech may just be beginning, too little of it to be sure.
            at += there if there < 2 * longest else there - longest
            yield at, at
            continue
        start = max(spans[0][0] - _AROUND, 0)
        whole = [end for _, end in spans if end + _AROUND - start <= longest]
        end = min(whole[-1] + _AROUND, there) if whole else _quietest(windows, at + start, longest) - at
        yield at + start, at + end
        at += end


def _quietest(windows: Windows, first: int, longest: int) -> int:
    half = longest // 2
    samples = windows.samples(first + half, longest - half)
    frames = samples[: len(samples) // 160 * 160].view(-1, 160)
    return first + half + 1 + frames.square().mean(dim=1).argmin().item()
