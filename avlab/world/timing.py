"""From the synthesiser's events to spans: when each phoneme and each word begins and ends. Chapter 1."""

from itertools import groupby
from typing import NamedTuple

import numpy as np

from avlab.span import Span
from avlab.world import espeak, spelling

STOPS = tuple("pbtdkɡʈɖcɟq")


class _Sound(NamedTuple):
    start: int
    end: int
    name: str
    word: int  # counts the word events before it


def spans(
    samples: np.ndarray, events: list[espeak.Event], labels: list[str], starts: list[int]
) -> tuple[list[Span], list[Span]]:
    """The phonemes and the words as spans in seconds.

    `samples` are what the synthesiser gave with its `events`; `labels` and `starts` are the text's
    words and where each begins in it. A word lasts from its first phoneme to its last. Chapter 1.
    """
    heads = [event.position for event in events if event.kind == espeak.WORD]
    # Some rare signs are spoken without a word event: what comes before the first belongs to the first word.
    owners = spelling.owners(heads or [0], starts)
    sounds = _sounds(np.flatnonzero(samples), len(samples), events)
    phonemes = [_span(sound.start, sound.end, sound.name, "phonemes") for sound in sounds]
    words = []
    for owner, group in groupby(sounds, key=lambda sound: owners[max(sound.word, 0)]):
        parts = list(group)
        words.append(_span(parts[0].start, parts[-1].end, labels[owner], "words"))
    return phonemes, words


def _span(start: int, end: int, label: str, track: str) -> Span:
    return Span(start / espeak.SAMPLE_RATE, end / espeak.SAMPLE_RATE, label, track)


def _sounds(sounding: np.ndarray, length: int, events: list[espeak.Event]) -> list[_Sound]:
    sounds: list[_Sound] = []
    head, word, since_pause = None, -1, True
    for event in events:
        if event.kind == espeak.WORD:
            head, word = event.sample, word + 1
        elif not event.name.startswith("("):  # "(en)" says that another language's sounds follow
            start = event.sample if since_pause else _start(event, head, sounding)
            if not since_pause:
                sounds[-1] = sounds[-1]._replace(end=start)
            since_pause, head = not event.name, None
            if event.name:
                sounds.append(_Sound(start, length, event.name, word))
    return [sound for sound in sounds if sound.end > sound.start]


def _start(event: espeak.Event, head: int | None, sounding: np.ndarray) -> int:
    """Where a phoneme begins that follows another one without a pause.

    eSpeak reports a stop at its burst; the silence of its closure is before that. As phoneticians do
    (TIMIT), the closure is counted with the stop, except after a pause, where nobody can hear it.
    """
    if head is not None:
        return head
    if not event.name.lstrip("ˈˌ").startswith(STOPS):
        return event.sample
    before = np.searchsorted(sounding, event.sample)
    return int(sounding[before - 1]) + 1 if before else event.sample
