"""A stretch of time with a name: a word, a phoneme, a flash, a beep."""

from typing import NamedTuple


class Span(NamedTuple):
    """Something that happens from `start` to `end`, in seconds, on a named track.

    A `track` groups what is drawn on one row of a timeline: "words", "phonemes", "red circle".
    Chapter 1.
    """

    start: float
    end: float
    label: str
    track: str = ""

    @property
    def duration(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start

    def shifted(self, seconds: float) -> "Span":
        """The same span, later by `seconds` (earlier when negative)."""
        return self._replace(start=self.start + seconds, end=self.end + seconds)
