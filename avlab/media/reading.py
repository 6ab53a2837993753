"""Reading: a file, or a part of it, becomes a clip; a long one becomes clips, piece by piece."""

import math
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import torch

from avlab.clip import Clip
from avlab.clocks import SAME_MOMENT
from avlab.errors import EmptyMedia, MediaError
from avlab.media.memory import Pile, limit, refuse_more_than
from avlab.media.pictures import Pictures
from avlab.media.recording import inspect
from avlab.media.request import Request
from avlab.media.sound import Sound


def read(
    path: str | os.PathLike[str],
    start: int | float | None = None,
    end: int | float | None = None,
    fps: int | float | None = None,
    sample_rate: int | None = 16000,
    size: int | tuple[int, int] | None = None,
    video_stream: int | None = None,
    audio_stream: int | None = None,
    pictures: bool = True,
    sound: bool = True,
) -> Clip:
    """Read a recording, or its part from `start` to `end` seconds.

    Second 0 is where the file's earliest stream begins. Frames have the times that the file gives them;
    with `fps` they are what is on screen at 0, 1/fps, 2/fps … from `start` on. They are upright; `size` is
    (height, width) or the length of the shorter side in pixels. Sound is the average of the channels at
    `sample_rate` hertz, None for the file's own; where the file has none for a while, there are zeros.
    Streams are counted from 0 within their kind; `pictures=False` or `sound=False` leaves a half out.

    Only what was asked for is decoded and held, from the keyframe before it on. Raises ValueError for
    arguments that make no sense, and the MediaError that fits: MissingMedia, ForbiddenMedia, EmptyMedia,
    NotMedia, UnknownStream, AbsurdMedia, TooLargeMedia, DamagedMedia (its `partial` is the clip up to the
    damage). Chapters 1 and 3.
    """
    request = Request(start, end, fps, sample_rate, size, video_stream, audio_stream, pictures, sound)
    with closing(_Reader(Path(path), request)) as reader:
        return reader.piece(request.first, request.last)


def stream(path: str | os.PathLike[str], seconds: int | float = 10.0, **arguments) -> Iterator[Clip]:
    """A long recording as consecutive clips of `seconds` each, the last one shorter.

    The other arguments are those of `read`. Put together, the pieces are what `read` gives; each begins at
    its own second 0. The file is open until the last piece, or until the iterator is closed. Raises what
    `read` raises; the error of a damaged recording has the last piece as its `partial`. Chapters 3 and 19.
    """
    if not 0 < seconds < math.inf:
        raise ValueError(f"seconds={seconds} must be the length of a piece, above 0")
    return _pieces(Path(path), float(seconds), Request(**arguments))


def _pieces(path: Path, seconds: float, request: Request) -> Iterator[Clip]:
    with closing(_Reader(path, request)) as reader:
        begin, number = request.first, 1
        while not reader.ended and begin < request.last - SAME_MOMENT:
            end = min(request.first + number * seconds, request.last)
            # No name for the piece: while the next one is made, only the caller holds it.
            yield reader.piece(begin, end)
            begin, number = end, number + 1


class _Reader:
    """An open recording from which clips are taken, one after the other."""

    def __init__(self, path: Path, request: Request):
        self._path, self._request = path, request
        self._recording = inspect(path, request)
        self._limit = limit()
        self._pictures = self._sound = None
        if self._recording.pictures is not None:
            self._pictures = Pictures(self._recording, request)
        if self._recording.sound is not None:
            self._sound = Sound(self._recording, request)
        if self.ended and not self._damage():
            raise self._nothing()

    @property
    def ended(self) -> bool:
        """Whether neither half has anything left."""
        return all(half.ended for half in self._halves())

    def piece(self, begin: float, end: float) -> Clip:
        """What lies from where the last piece ended to `end`, in seconds on the recording's clock."""
        rows, samples = self._expected(begin, end)
        frames = times = audio = rate = None
        if self._pictures is not None:
            frames, times = self._pictures.until(end, Pile(self._path, self._limit, rows))
            frames = torch.from_numpy(frames)
            times = torch.from_numpy(times - (begin - self._request.first)).clamp(min=0)
        if self._sound is not None:
            audio = torch.from_numpy(self._sound.until(end, Pile(self._path, self._limit, samples)))
            rate = self._sound.rate
        clip = Clip(frames, times, audio, rate)
        if damage := self._damage():
            damage.partial = clip if _holds_something(clip) else None
            raise damage
        return clip

    def close(self) -> None:
        """Close the file."""
        for half in self._halves():
            half.close()

    def _halves(self) -> list[Pictures | Sound]:
        return [half for half in (self._pictures, self._sound) if half is not None]

    def _damage(self) -> MediaError | None:
        damages = [self._recording.flaw, *(half.damage for half in self._halves())]
        return next(filter(None, damages), None)

    def _expected(self, begin: float, end: float) -> tuple[int, int]:
        """How many frames and samples to expect, as far as headers tell; refuses what does not fit."""
        if self._recording.duration is None:
            return 0, 0
        seconds = max(0.0, min(end, self._recording.duration) - begin)
        rows = need = 0
        if self._pictures is not None:
            rate = self._request.fps or self._recording.pictures.rate or 0.0
            rows = math.ceil(seconds * rate) + 1
            if not self._request.fps:
                rows = min(rows, self._path.stat().st_size)  # no frame takes less than a byte
            need = rows * math.prod(self._pictures.size) * 3
        samples = 0 if self._sound is None else math.ceil(seconds * self._sound.rate) + 1
        refuse_more_than(self._limit, need + samples * 4, self._path)
        return rows, samples

    def _nothing(self) -> Exception:
        if self._request.first > 0:
            return ValueError(f"start={self._request.first:g} lies after the end of {self._path}")
        return EmptyMedia(self._path, "It holds no frame and no sample.", "Open another file.")


def _holds_something(clip: Clip) -> bool:
    return any(half is not None and len(half) for half in (clip.frames, clip.audio))
