"""From packets to frames: one stream, in the order of time, up to its end or to the first damage."""

import math
from collections.abc import Iterator
from fractions import Fraction

import av
from av.stream import Discard

from avlab.clocks import SAME_MOMENT
from avlab.errors import AbsurdMedia, MediaError
from avlab.media.mpeg_audio import packet_length
from avlab.media.opening import COPY_AGAIN, LARGEST, opened, reason
from avlab.media.recording import LONGEST, Recording

Timed = tuple[float, av.VideoFrame | av.AudioFrame]

# Formats in which a packet ends where the next one is found. In a file that was cut, the last may be half a
# packet.
_SEARCHED = {"mpeg", "mpegts", "mp3", "flac", "aac"}
# How far before the moment asked for to try, in seconds, while a seek does not land before it. In MPEG, not
# every packet has a time of its own, and the first ones after a seek get a wrong one.
_BACK = (0, 1, 4, 16, 64)
_BACK_IN_MPEG = _BACK[1:]
_LEAP = 3600.0  # seconds without a frame: no recording pauses so long, and the silence would fill the memory


class _Break(Exception):
    """What ends a stream early; after how many seconds, only the frames still in the decoder will tell."""


def decoded(recording: Recording, index: int, since: float) -> Iterator[Timed]:
    """The frames of stream `index` with their seconds on the clip's clock, in order of time.

    They begin with one at or before `since` (where there is one) and end with the stream. The file is
    closed when the iterator ends or is closed. Raises DamagedMedia after the last frame that is whole and
    misses none before it, and AbsurdMedia at times that no recording has. Chapter 3.
    """
    for back in _BACK_IN_MPEG if recording.format.startswith("mpeg") else _BACK:
        if back >= since:
            break
        with opened(recording.path) as container:
            frames = _from(container, index, recording, since - back)
            first = _first(frames)
            if first is not None and first[0] <= since + SAME_MOMENT:
                yield first
                yield from frames
                return
    with opened(recording.path) as container:
        yield from _Stream(container, index, recording).frames()


def decode(packet: av.Packet) -> list[av.VideoFrame | av.AudioFrame]:
    """The frames that come out when one packet goes in; here, so that they can be counted."""
    return packet.decode()


def _from(
    container: av.container.InputContainer, index: int, recording: Recording, moment: float
) -> Iterator[Timed]:
    """The frames from the last keyframe before a moment on; none where the file cannot be entered there."""
    stream = _Stream(container, index, recording)
    try:
        stream.seek(moment)
        yield from stream.frames()
    except av.FFmpegError:
        return  # not seekable: reading from further back, or from the start, will do


def _first(frames: Iterator[Timed]) -> Timed | None:
    try:
        return next(frames, None)
    except MediaError:
        return None  # what comes first may lean on what is before; from further back, the truth comes out


class _Stream:
    """One stream of an open file while it is decoded."""

    def __init__(self, container: av.container.InputContainer, index: int, recording: Recording):
        for other in container.streams:
            if other.index != index:
                other.discard = Discard.all
        self._container, self._recording = container, recording
        self._stream = container.streams[index]
        self._stream.codec_context.options = {"err_detect": "crccheck", "max_pixels": str(LARGEST)}
        self._video = self._stream.type == "video"
        self._mpeg_sound = self._stream.codec_context.name.startswith(("mp1", "mp2", "mp3"))
        self._base = Fraction(self._stream.time_base)
        self._sought = False
        self._last = -math.inf  # the last frame's seconds
        self._step = math.inf  # the shortest step between two frames
        self._end = -math.inf  # where the last frame ends

    def seek(self, moment: float) -> None:
        """Go to the last keyframe at or before a moment, as far as the format allows."""
        target = self._recording.origin + Fraction(moment)
        self._container.seek(int(target / self._base), stream=self._stream)
        self._sought = True

    def frames(self) -> Iterator[Timed]:
        """Everything from here on."""
        try:
            yield from self._up_to_damage()
        except _Break as damage:
            raise self._damaged(str(damage)) from damage.__cause__

    def _up_to_damage(self) -> Iterator[Timed]:
        damage = None
        try:
            for packet in self._packets():
                yield from self._timed(self._decode(packet))
        except (_Break, MediaError) as error:
            damage = error
        yield from self._remaining(damage)
        if damage:
            raise damage

    def _packets(self) -> Iterator[av.Packet]:
        """The packets that are whole."""
        held = problem = None
        try:
            for packet in self._container.demux(self._stream):
                if not packet.size or self._is_filling(packet):
                    continue  # empty: PyAV's sign for the end, as which a decoder would take it
                if held is not None:
                    yield held
                held = packet
                if self._is_partial(packet):
                    held, problem = None, "a packet breaks off"
                    break
        except av.FFmpegError as error:
            problem = reason(error)
        if self._recording.cut and not problem:
            problem = "the file ends before its headers say it does"
        if held is not None and not (problem and self._recording.format in _SEARCHED):
            yield held
        if problem:
            raise _Break(problem)

    def _is_filling(self, packet: av.Packet) -> bool:
        """Zeros and tags that stand between or behind the packets of MPEG sound."""
        return self._mpeg_sound and not packet_length(bytes(packet)[:4])

    def _is_partial(self, packet: av.Packet) -> bool:
        if self._mpeg_sound:
            return packet.size < packet_length(bytes(packet)[:4])
        # Samples without compression are good up to the last. In MPEG, whole packets near a cut are marked,
        # too.
        raw = self._stream.codec_context.name.startswith("pcm_")
        return packet.is_corrupt and not raw and self._recording.format != "mpeg"

    def _decode(self, packet: av.Packet) -> list[av.VideoFrame | av.AudioFrame]:
        try:
            return decode(packet)
        except av.FFmpegError as error:
            raise _Break(reason(error)) from error

    def _timed(self, frames: list[av.VideoFrame | av.AudioFrame]) -> Iterator[Timed]:
        for frame in frames:
            if frame.is_corrupt:
                raise _Break("a frame could be decoded in part only")
            time = self._seconds(frame)
            if self._video and abs(time - self._last) <= SAME_MOMENT:
                continue  # two pictures for one moment: a player shows the first for no time at all
            self._check(time)
            yield time, frame
            self._step = min(self._step, time - self._last)
            self._last = time
            self._end = time + (self._stay() if self._video else frame.samples / frame.sample_rate)

    def _check(self, time: float) -> None:
        if abs(time) > LONGEST:
            problem = f"A frame claims to be shown at {time:.3g} s."
            raise AbsurdMedia(self._recording.path, problem, COPY_AGAIN)
        if self._video and time < self._last:
            raise _Break(f"time runs back to {time:.2f} s")
        first_after_seek = self._sought and self._last == -math.inf
        if not first_after_seek and time - max(self._last, 0.0) > _LEAP:
            raise _Break(f"time leaps to {time:.2f} s")

    def _seconds(self, frame: av.VideoFrame | av.AudioFrame) -> float:
        avi = self._video and self._recording.format == "avi"
        stamp = self._stamp_in_avi(frame) if avi else frame.pts
        if stamp is not None:
            return float(stamp * self._base - self._recording.origin)
        # Without a stamp, it follows the one before, at the usual distance.
        return max(self._last, 0.0) + (self._step if math.isfinite(self._step) else 0.0)

    def _stamp_in_avi(self, frame: av.VideoFrame) -> int | None:
        """AVI says when to decode, in steady steps, not when to show, which is later by the reordering."""
        if frame.dts is None or not self._stream.average_rate:
            return None
        step = 1 / (Fraction(self._stream.average_rate) * self._base)
        return frame.dts - round(self._stream.codec_context.reorder_depth * step)

    def _remaining(self, damage: Exception | None) -> Iterator[Timed]:
        """What the decoder still holds, because frames are stored in another order than they are shown."""
        try:
            frames = self._stream.codec_context.decode(None)
        except av.FFmpegError as error:
            raise damage or _Break(reason(error)) from error
        for time, frame in self._timed(frames):
            if damage and self._video and self._misses_one_before(time):
                return
            yield time, frame

    def _misses_one_before(self, time: float) -> bool:
        """Whether a frame may be missing before this one: where one is, the gap is of two steps at least."""
        return self._last > -math.inf and time - self._last > 1.9 * self._stay()

    def _stay(self) -> float:
        """How long a picture stays on screen: as long as the shortest yet, the first as the header says."""
        if math.isfinite(self._step):
            return self._step
        return 1 / float(self._stream.average_rate or math.inf)

    def _damaged(self, problem: str) -> MediaError:
        where = f"after {self._end:.2f} s" if self._end > 0 else "at its beginning"
        kind = "picture" if self._video else "sound"
        return self._recording.damaged(f"Its {kind} breaks off {where} ({problem}).")
