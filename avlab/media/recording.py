"""What a file holds, as far as its headers and first packets tell."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Disposition

from avlab.errors import AbsurdMedia, DamagedMedia, EmptyMedia, MediaError, NotMedia, UnknownStream
from avlab.media.ending import ends_early
from avlab.media.opening import COPY_AGAIN, LARGEST, opened
from avlab.media.request import Request

LONGEST = 30 * 24 * 3600  # seconds; a recording of more than a month is a damaged header
_PRIMING = 1.0  # seconds; sound that begins up to so long before 0 is what its codec needs to warm up
_FEW = 200  # packets; the first sample comes with one of the first
_RATES = range(100, 1_000_001)  # samples a second, from slow sensors to beyond any converter
_MOST_CHANNELS = 256


@dataclass(frozen=True)
class PictureTrack:
    """A stream of pictures: its index, the stored size of its frames, frames a second (None: unknown)."""

    index: int
    height: int
    width: int
    rate: float | None


@dataclass(frozen=True)
class SoundTrack:
    """A stream of sound: its index, samples a second, and one tick of its clock in seconds.

    `end` is the sample before which the file says that it ends, and `promised` how many its header promises;
    None where the format says no such thing.
    """

    index: int
    rate: int
    tick: Fraction
    end: int | None
    promised: int | None


@dataclass(frozen=True)
class Recording:
    """A file that opened: the streams chosen, where second 0 lies on its clock, whether it was cut short.

    `origin` is in seconds on the file's own clock; `duration` in seconds, None where the headers do not tell.
    `flaw` is the error of a stream that was chosen and cannot be read at all.
    """

    path: Path
    format: str
    origin: Fraction
    duration: float | None
    cut: bool
    pictures: PictureTrack | None
    sound: SoundTrack | None
    flaw: MediaError | None = None

    def damaged(self, problem: str) -> DamagedMedia:
        """The error that says so of this file."""
        return DamagedMedia(self.path, problem, COPY_AGAIN)


def inspect(path: Path, request: Request) -> Recording:
    """Open a file and choose its streams: by number within their kind, or the first of each.

    Raises UnknownStream, EmptyMedia (no such stream at all), AbsurdMedia, and what opening raises. Chapter 3.
    """
    with opened(path) as container:
        cut = ends_early(path, container.format.name)
        videos, audios = _real_pictures(container), list(container.streams.audio)
        video = _numbered(path, videos, request.video_stream, "video_stream") if request.pictures else None
        audio = _numbered(path, audios, request.audio_stream, "audio_stream") if request.sound else None
        if video is None and audio is None:
            raise _nothing_asked_for(path, request, cut)
        duration = None if container.duration is None else container.duration / av.time_base
        if duration is not None and not 0 <= duration <= LONGEST:
            raise AbsurdMedia(path, f"It claims to last {duration:.3g} s.", COPY_AGAIN)
        origin = _origin(container, videos, audios)
        flaws = _flaw(path, video, cut), _flaw(path, audio, cut)
        return Recording(
            path,
            container.format.name,
            origin,
            duration,
            cut,
            None if video is None or flaws[0] else _picture_track(path, video),
            None if audio is None or flaws[1] else _sound_track(path, audio, origin),
            flaws[0] or flaws[1],
        )


def _real_pictures(container: av.container.InputContainer) -> list[av.VideoStream]:
    """The video streams without cover art, which is a picture of the recording and not in it."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails
    return [stream for stream in container.streams.video if not stream.disposition & still]


def _numbered(path: Path, streams: list, number: int | None, argument: str) -> av.stream.Stream | None:
    """The stream of that number, the first when no number is given."""
    kind = "picture" if argument == "video_stream" else "sound"
    if number is not None and number >= len(streams):
        raise UnknownStream(
            path,
            f"It has {len(streams)} {kind} streams, counted from 0; there is no {argument}={number}.",
            f"Choose another number, or leave {argument} out.",
        )
    return next(iter(streams[number or 0 :]), None)


def _flaw(path: Path, stream: av.stream.Stream | None, cut: bool) -> MediaError | None:
    """What keeps a stream from being decoded at all."""
    context = None if stream is None else stream.codec_context
    if stream is None or (context is not None and (stream.type == "video" or context.sample_rate)):
        return None
    kind = "picture" if stream.type == "video" else "sound"
    if cut or context is not None:
        return DamagedMedia(path, f"It ends, or breaks off, before its {kind} can be made out.", COPY_AGAIN)
    return NotMedia(
        path,
        f"Its {kind} is in a code that FFmpeg does not know.",
        "Convert it to mp4 with another program, or leave that half out (pictures=False, sound=False).",
    )


def _nothing_asked_for(path: Path, request: Request, cut: bool) -> MediaError:
    kinds = {"pictures": request.pictures, "sound": request.sound}
    missing = " nor ".join(kind for kind, asked in kinds.items() if asked)
    if cut:
        return DamagedMedia(path, f"It ends before any {missing} begin.", COPY_AGAIN)
    return EmptyMedia(path, f"It holds no {missing}.", "Open another file.")


def _picture_track(path: Path, stream: av.VideoStream) -> PictureTrack:
    context = stream.codec_context
    if context.width * context.height > LARGEST:
        raise AbsurdMedia(
            path, f"Its frames claim to be of {context.width}×{context.height} pixels.", COPY_AGAIN
        )
    rate = float(stream.average_rate) if stream.average_rate else None
    return PictureTrack(stream.index, context.height, context.width, rate)


def _sound_track(path: Path, stream: av.AudioStream, origin: Fraction) -> SoundTrack:
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
    if rate not in _RATES or not 0 < channels <= _MOST_CHANNELS:
        raise AbsurdMedia(
            path, f"Its sound claims {channels} channels of {rate} samples a second.", COPY_AGAIN
        )
    tick = Fraction(stream.time_base)
    end = promised = None
    if stream.duration:
        if "mp4" in stream.container.format.name:
            end = round((((stream.start_time or 0) + stream.duration) * tick - origin) * rate)
        elif stream.container.format.name == "flac":
            promised = round(stream.duration * tick * rate)
    return SoundTrack(stream.index, rate, tick, end, promised)


def _origin(container: av.container.InputContainer, videos: list, audios: list) -> Fraction:
    """Where the earliest stream begins, exactly; `container.start_time` is rounded to a microsecond."""
    starts = {stream.index: _start(stream) for stream in videos + audios if stream.start_time is not None}
    if not starts:
        return Fraction(0)
    earliest = min(starts.values())
    near = [stream for stream in audios if starts.get(stream.index, LONGEST) - earliest < _PRIMING]
    return min({**starts, **(_first_samples(container, near) if near else {})}.values())


def _start(stream: av.stream.Stream) -> Fraction:
    start = stream.start_time * Fraction(stream.time_base)
    return Fraction(0) if stream.type == "audio" and -_PRIMING < start < 0 else start


def _first_samples(
    container: av.container.InputContainer, streams: list[av.AudioStream]
) -> dict[int, Fraction]:
    """When the first sample of each stream sounds. Headers count priming in or out; what is decoded tells."""
    found: dict[int, Fraction] = {}
    try:
        for _, packet in zip(range(_FEW), container.demux(streams), strict=False):
            for frame in packet.decode() if packet.stream_index not in found else ():
                if frame.pts is not None and packet.stream_index not in found:
                    found[packet.stream_index] = max(
                        frame.pts * Fraction(packet.stream.time_base), Fraction(0)
                    )
            if len(found) == len(streams):
                break
    except av.FFmpegError:
        return found  # the headers must do; reading the sound itself will say what is wrong with it
    return found
