"""A transcript: what was said, when, and how far it is to be trusted. Chapter 13."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from avlab.span import Span
from avlab.whisper import subtitles


class Word(NamedTuple):
    """A word from `start` to `end` seconds. Its text has the space before it, and marks that belong to it.

    `probability` is the mean of those that the model gave to its tokens. Chapter 13.
    """

    start: float
    end: float
    text: str
    probability: float
    tokens: tuple[int, ...] = ()

    def shifted(self, seconds: float) -> "Word":
        """The same word, later by `seconds`, in whole hundredths."""
        return self._replace(start=round(self.start + seconds, 2), end=round(self.end + seconds, 2))


@dataclass(frozen=True)
class Segment:
    """A piece of a transcript, about a sentence; `words` is None where they were not asked for.

    The last four are those of the window in which it was decoded, see `Decoded`. Chapter 13.
    """

    start: float
    end: float
    text: str
    tokens: tuple[int, ...]
    language: str
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float
    words: tuple[Word, ...] | None = None

    def until(self, seconds: float) -> "Segment":
        """The segment without what lies beyond so many seconds."""
        words = self.words and tuple(
            word._replace(end=min(word.end, seconds)) for word in self.words if word.start < seconds
        )
        return replace(self, start=min(self.start, seconds), end=min(self.end, seconds), words=words)


@dataclass(frozen=True)
class Transcript:
    """All segments of a recording, in order; times are seconds of the recording. Chapter 13."""

    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(segment.text for segment in self.segments).strip()

    @property
    def language(self) -> str | None:
        """The code of the language, None where nothing was said."""
        return self.segments[0].language if self.segments else None

    @property
    def words(self) -> list[Word]:
        """All words. Raises ValueError where they were not asked for."""
        if any(segment.words is None for segment in self.segments):
            raise ValueError('this transcript has no word times; transcribe with words="published" or "free"')
        return [word for segment in self.segments for word in segment.words]

    def find(self, phrase: str) -> list[Span]:
        """Where a word, or words in a row, were said, whatever the case and the marks around them."""
        words, wanted = self.words, [_bare(word) for word in phrase.split()]
        said = [_bare(word.text) for word in words]
        places = [
            i for i in range(len(said) - len(wanted) + 1) if wanted and said[i : i + len(wanted)] == wanted
        ]
        runs = (words[i : i + len(wanted)] for i in places)
        return [
            Span(run[0].start, run[-1].end, "".join(w.text for w in run).strip(), "words") for run in runs
        ]

    def cues(self, letters: int = 42, lines: int = 2, seconds: int | float = 7.0) -> list[Span]:
        """Subtitles: lines of at most so many letters, so many of them, shown for at most so many seconds.

        By word times where there are any; else the time of a segment is shared out by letters.
        """
        return [
            cue
            for segment in self.segments
            for cue in subtitles.cues(_timed_words(segment), letters, lines, seconds)
        ]

    def to_srt(self, **limits) -> str:
        """As SubRip subtitles; the limits are those of `cues`."""
        return subtitles.to_srt(self.cues(**limits))

    def to_vtt(self, **limits) -> str:
        """As WebVTT subtitles; the limits are those of `cues`."""
        return subtitles.to_vtt(self.cues(**limits))

    def to_text(self) -> str:
        """A line for each segment."""
        return "".join(segment.text.strip() + "\n" for segment in self.segments)

    def to_json(self) -> str:
        """Everything, as JSON: `from_json` gives the same transcript back."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Transcript":
        """The transcript that `to_json` wrote. Raises ValueError for any other text."""
        try:
            return cls(tuple(_segment(**fields) for fields in json.loads(text)["segments"]))
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"this is no transcript that to_json wrote: {error}") from error


def _segment(tokens: Sequence[int], words: Sequence[Sequence] | None, **fields) -> Segment:
    segment = Segment(tokens=tuple(tokens), **fields)
    if words is None:
        return segment
    return replace(segment, words=tuple(Word(*word[:4], tuple(word[4])) for word in words))


def _timed_words(segment: Segment) -> list[Span]:
    if segment.words:
        return [Span(word.start, word.end, word.text) for word in segment.words]
    return subtitles.spread(Span(segment.start, segment.end, segment.text))


def _bare(word: str) -> str:
    """The word in one case, without what is no letter, digit, or mark on a letter (an accent by itself)."""
    return "".join(c for c in word.casefold() if unicodedata.category(c)[0] in "LNM")
