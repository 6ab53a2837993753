"""The pictures of a recording, taken off piece after piece."""

from collections.abc import Iterator

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from avlab.clocks import SAME_MOMENT
from avlab.errors import MediaError
from avlab.media.decoding import Timed, decoded
from avlab.media.memory import Pile
from avlab.media.opening import reason
from avlab.media.recording import Recording
from avlab.media.request import Request
from avlab.media.upright import display_matrix, is_on_its_side, upright


class Pictures:
    """Frames in RGB, upright and of the size asked for, in order of time.

    Times count from where the request begins. `damage` is the error that ended them early, or None.
    """

    def __init__(self, recording: Recording, request: Request):
        self._recording, self._request = recording, request
        self._frames = _chosen(recording, request)
        self._convert = VideoReformatter()
        self.size = request.scaled(recording.pictures.height, recording.pictures.width)
        self._next: Timed | None = None
        self.damage: MediaError | None = None
        self._advance()
        if self._next is not None:
            self.size = request.scaled(*_seen_size(self._next[1]))

    @property
    def ended(self) -> bool:
        """Whether no further frame will come."""
        return self._next is None

    def until(self, end: float, pile: Pile) -> tuple[np.ndarray, np.ndarray]:
        """The frames before `end` seconds on the recording's clock not taken yet, and their times."""
        times = []
        end -= self._request.first + SAME_MOMENT
        try:
            while self._next is not None and self._next[0] < end:
                pile.append(self._rgb(self._next[1])[None])
                times.append(self._next[0])
                self._advance()
        except av.FFmpegError as error:  # a picture whose colours cannot be told
            self._stop(self._recording.damaged(f"A picture cannot be converted ({reason(error)})."))
        return pile.taken((*self.size, 3), np.uint8), np.array(times)

    def close(self) -> None:
        """Close the file."""
        self._frames.close()

    def _advance(self) -> None:
        try:
            self._next = next(self._frames, None)
        except MediaError as error:
            self._stop(error)

    def _stop(self, damage: MediaError) -> None:
        self._next, self.damage = None, damage

    def _rgb(self, frame: av.VideoFrame) -> np.ndarray:
        matrix = display_matrix(frame)
        height, width = self.size[::-1] if is_on_its_side(matrix) else self.size
        scaled = self._convert.reformat(
            frame, width=width, height=height, format="rgb24", interpolation=Interpolation.BICUBIC, threads=1
        )
        return upright(scaled.to_ndarray(), matrix)


def _seen_size(frame: av.VideoFrame) -> tuple[int, int]:
    size = (frame.height, frame.width)
    return size[::-1] if is_on_its_side(display_matrix(frame)) else size


def _chosen(recording: Recording, request: Request) -> Iterator[Timed]:
    """The frames of the request, with times from where it begins."""
    frames = (
        (time - request.first, frame)
        for time, frame in decoded(recording, recording.pictures.index, request.first)
    )
    length = request.last - request.first
    if request.fps:
        return _at_ticks(frames, request.fps, length)
    return _within(frames, length)


def _within(frames: Iterator[Timed], length: float) -> Iterator[Timed]:
    for time, frame in frames:
        if time >= length - SAME_MOMENT:
            return
        if time >= -SAME_MOMENT:
            yield max(time, 0.0), frame


def _at_ticks(frames: Iterator[Timed], fps: int | float, length: float) -> Iterator[Timed]:
    """The frame on screen at 0, 1/fps, 2/fps …; before the first frame, the first."""
    tick, shown, last, step = 0, None, 0.0, 0.0
    for time, frame in frames:
        while shown is not None and tick / fps < min(time, length) - SAME_MOMENT:
            yield tick / fps, shown
            tick += 1
        if time >= length - SAME_MOMENT:
            return
        step = 0.0 if shown is None else time - last
        shown, last = frame, time
    # Nothing says how long the last frame stays: as long as the one before, and an only one for its moment.
    end = min(last + max(step, 2 * SAME_MOMENT), length)
    while shown is not None and tick / fps < end - SAME_MOMENT:
        yield tick / fps, shown
        tick += 1
