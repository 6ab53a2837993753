"""Writing: a clip becomes a file, whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from heapq import merge
from pathlib import Path

import av
import numpy as np
import torch
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from avlab.clip import Clip
from avlab.clocks import frame_on_screen
from avlab.errors import ForbiddenMedia, MissingMedia, UnwritableMedia
from avlab.files import replacing
from avlab.media.formats import FORMATS, Format

# Clocks for presentation times. MPEG's own first (24, 25, 30, 29.97, 50, 60 a second are whole ticks of it).
_CLOCKS = (90_000, 24_000, 1_000_000)
_BLOCK = 0.25  # seconds of sound handed over at once, so that both streams stay side by side in the file
# Two colour samples stand for four pixels: take all of them into account, and round without bias.
_CAREFUL = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP
# FFmpeg's numbers of ITU-R BT.601, which players and libraries that look at no label assume, too.
_BT601 = {"colorspace": 6, "color_primaries": 6, "color_trc": 6, "color_range": int(ColorRange.MPEG)}


def write(clip: Clip, path: str | os.PathLike[str]) -> Path:
    """Write a clip as mp4, mkv, webm, mpg, wav, flac, mp3 or ogg, by the path's suffix; gives back the path.

    Frames keep their times: to a microsecond in mp4, to a millisecond in mkv and webm. In mpg, which knows
    steady rates only, they are what is on screen at the ticks of the nearest rate, and all comes 10 to 30
    ms later where there is sound, since MPEG has no place for the samples that its sound codec needs to
    warm up. An odd width or height gets one more column or row, a copy of the edge, since colour is stored
    at half size. Sound is lossless in wav (float), flac and mkv (16 bits); elsewhere it is compressed, and
    resampled where the codec does not know the clip's rate. The same clip gives the same bytes. The file
    appears when it is complete, and replaces an older one; a failure leaves nothing behind.

    Raises UnwritableMedia (pictures in a sound format, an unknown suffix, nothing to write, samples that
    are not finite, a full disk), MissingMedia (no such folder), ForbiddenMedia. Chapter 1.
    """
    path = Path(path)
    form = _format(path)
    clip = _writable(clip, form, path)
    with _named_errors(path), replacing(path) as part:
        _encode(clip, form, part)
    return path


def encode(clip: Clip, format: str = "mp4") -> bytes:
    """The bytes of the file that `write` makes: `encode(clip, "mp4")` for a player on a page.

    Raises UnwritableMedia as `write` does. Chapter 1.
    """
    with tempfile.TemporaryDirectory() as folder:
        return write(clip, Path(folder, f"clip.{format}")).read_bytes()


def _format(path: Path) -> Format:
    if form := FORMATS.get(path.suffix.lower()):
        return form
    raise UnwritableMedia(
        path,
        f"The suffix {path.suffix!r} names no format that avlab writes.",
        f"Use one of {', '.join(FORMATS)}.",
    )


def _writable(clip: Clip, form: Format, path: Path) -> Clip:
    """The clip without empty halves, once nothing speaks against writing it."""
    frames = clip.frames if clip.frames is not None and clip.frames.numel() else None
    audio = clip.audio if clip.audio is not None and len(clip.audio) else None
    if frames is None and audio is None:
        raise UnwritableMedia(
            path, "The clip holds no frame and no sample.", "Write a clip that holds something."
        )
    if frames is not None and form.video is None:
        raise UnwritableMedia(
            path,
            f"A {path.suffix} file holds sound only, and the clip has pictures.",
            "Write to .mp4, or only the sound: Clip(audio=clip.audio, sample_rate=clip.sample_rate).",
        )
    if audio is not None and not torch.isfinite(audio).all():
        raise UnwritableMedia(path, "The sound holds NaN or infinity.", "Look at where they come from first.")
    times = None if frames is None else clip.frame_times
    return Clip(frames, times, audio, None if audio is None else clip.sample_rate)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """FFmpeg's and the system's errors, under the names of this library."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingMedia(path, f"There is no folder {path.parent}.", "Make it first.") from error
    except PermissionError as error:
        raise ForbiddenMedia(path, "You may not write there.", "Choose another folder.") from error
    except (av.FFmpegError, OSError) as error:
        reason = error.strerror or type(error).__name__
        raise UnwritableMedia(
            path, f"It could not be written: {reason}.", "Try another place, size or format."
        ) from error


def _encode(clip: Clip, form: Format, path: Path) -> None:
    options = {"fflags": "+bitexact", **form.options}
    with av.open(f"file:{path}", "w", format=form.container, container_options=options) as output:
        tracks = []
        if clip.frames is not None:
            tracks.append(_pictures(_picture_stream(output, clip, form), clip))
        if clip.audio is not None:
            tracks.append(_sound(_sound_stream(output, clip, form), clip))
        # In the order of time, so that a player finds what belongs together close together.
        for _, packets in merge(*tracks, key=lambda step: step[0]):
            output.mux(packets)


def _picture_stream(output: av.container.OutputContainer, clip: Clip, form: Format) -> av.VideoStream:
    _, height, width, _ = clip.frames.shape
    rate = Fraction(clip.fps or 25).limit_denominator(1001)
    if known := av.Codec(form.video, "w").frame_rates:
        rate = min(known, key=lambda one: abs(one - rate))
    stream = output.add_stream(form.video, rate=rate, options=dict(form.video_options))
    context = stream.codec_context
    context.width, context.height = width + width % 2, height + height % 2
    context.pix_fmt = "yuv420p"
    context.time_base = (
        1 / Fraction(rate) if known else Fraction(1, _clock(clip.frame_times.numpy(force=True)))
    )
    for name, value in _BT601.items():
        setattr(context, name, value)
    return _repeatable(stream)


def _sound_stream(output: av.container.OutputContainer, clip: Clip, form: Format) -> av.AudioStream:
    rates = sorted(av.Codec(form.audio, "w").audio_rates or [clip.sample_rate])
    rate = next((one for one in rates if one >= clip.sample_rate), rates[-1])
    stream = output.add_stream(form.audio, rate=rate, options=dict(form.audio_options))
    stream.codec_context.layout = "mono"
    return _repeatable(stream)


def _repeatable(stream):
    # With several threads, where a picture is cut into pieces depends on how many cores there are.
    stream.codec_context.thread_count = 1
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    return stream


def _clock(times: np.ndarray) -> int:
    """The first clock that hits every time on a tick; the finest where none does."""
    for ticks in _CLOCKS:
        off = np.abs(times * ticks - np.round(times * ticks)) / ticks
        if off.max() < 1e-9:
            return ticks
    return _CLOCKS[-1]


def _pictures(stream: av.VideoStream, clip: Clip) -> Iterator[tuple[float, list[av.Packet]]]:
    base = stream.codec_context.time_base
    for time, number in _shown(stream, clip):
        frame = _picture(clip.frames[number].numpy(force=True))
        frame.time_base, frame.pts = base, round(time / base)
        yield time, stream.encode(frame)
    yield time, stream.encode(None)


def _shown(stream: av.VideoStream, clip: Clip) -> Iterator[tuple[float, int]]:
    """When which frame is to appear: at its time, or in steady steps where the codec knows no others."""
    times = clip.frame_times.cpu()
    if not stream.codec_context.codec.frame_rates:
        return zip(times.tolist(), range(len(times)), strict=True)
    step = float(stream.codec_context.time_base)
    count = round((times[-1] - times[0]).item() / step) + 1
    steps = torch.arange(count, dtype=torch.float64) * step
    first = round(times[0].item() / step) * step
    return zip((first + steps).tolist(), frame_on_screen(times, times[0] + steps).tolist(), strict=True)


def _picture(pixels: np.ndarray) -> av.VideoFrame:
    height, width, _ = pixels.shape
    pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.MPEG,
        interpolation=_CAREFUL,
        threads=1,
    )


def _sound(stream: av.AudioStream, clip: Clip) -> Iterator[tuple[float, list[av.Packet]]]:
    audio, rate = clip.audio.numpy(force=True), clip.sample_rate
    step = max(1, round(_BLOCK * rate))
    for first in range(0, len(audio), step):
        frame = av.AudioFrame.from_ndarray(audio[None, first : first + step], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), first
        yield first / rate, stream.encode(frame)
    yield len(audio) / rate, stream.encode(None)
