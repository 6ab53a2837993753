"""What is asked for of a recording, checked before anything is opened."""

import math
import operator
from dataclasses import dataclass

_LARGEST_SIDE = 2**14  # pixels
_HIGHEST_RATE = 1_000_000  # samples, or frames, a second
_LATEST = 10**9  # seconds: thirty years, which every file's clock can count


@dataclass(frozen=True)
class Request:
    """From `start` to `end` seconds, how many frames and samples a second, how large, from which streams.

    Raises ValueError with a sentence for each thing that makes no sense.
    """

    start: int | float | None = None
    end: int | float | None = None
    fps: int | float | None = None
    sample_rate: int | None = 16000
    size: int | tuple[int, int] | None = None
    video_stream: int | None = None
    audio_stream: int | None = None
    pictures: bool = True
    sound: bool = True

    def __post_init__(self):
        _check_moment(self.start, "start")
        _check_moment(self.end, "end")
        if self.end is not None and not self.first < self.end:
            raise ValueError(
                f"end={self.end} must come after start={self.first:g}: there is nothing between them"
            )
        if self.fps is not None and not 0 < self.fps <= _HIGHEST_RATE:
            raise ValueError(
                f"fps={self.fps} must be a number of frames a second above 0, such as 2 or 29.97"
            )
        _check_count(
            self.sample_rate, "sample_rate", "in hertz, such as 16000, or None for the file's own", 100
        )
        for name in ("video_stream", "audio_stream"):
            _check_count(getattr(self, name), name, "counted from 0 within its kind", 0)
        _check_size(self.size)
        if not (self.pictures or self.sound):
            raise ValueError("pictures=False and sound=False leave nothing to read")

    @property
    def first(self) -> float:
        """The second at which the clip begins."""
        return float(self.start or 0.0)

    @property
    def last(self) -> float:
        """The second at which the clip ends, infinity for the recording's own end."""
        return math.inf if self.end is None else float(self.end)

    def scaled(self, height: int, width: int) -> tuple[int, int]:
        """The size that frames of this size get."""
        if self.size is None:
            return height, width
        if isinstance(self.size, tuple):
            return self.size
        scale = self.size / min(height, width)
        return max(1, round(height * scale)), max(1, round(width * scale))


def _check_moment(moment: int | float | None, name: str) -> None:
    if moment is not None and not 0 <= moment <= _LATEST:
        raise ValueError(
            f"{name}={moment} must be a number of seconds, 0 or more, counted from the recording's start"
        )


def _check_count(count: int | None, name: str, meaning: str, least: int) -> None:
    if count is not None and not (_is_whole(count) and least <= count <= _HIGHEST_RATE):
        raise ValueError(f"{name}={count!r} must be a whole number from {least} on, {meaning}")


def _check_size(size: int | tuple[int, int] | None) -> None:
    if size is None:
        return
    sides = size if isinstance(size, tuple) else (size,)
    if len(sides) > 2 or not all(_is_whole(side) and 0 < side <= _LARGEST_SIDE for side in sides):
        raise ValueError(
            f"size={size!r} must be (height, width) or the length of the shorter side, "
            f"in whole pixels up to {_LARGEST_SIDE}"
        )


def _is_whole(number: object) -> bool:
    try:
        operator.index(number)
    except TypeError:
        return False
    return not isinstance(number, bool)
