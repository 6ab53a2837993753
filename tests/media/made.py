"""Recordings made for the tests: moving pictures, tones and clicks, in any format and at any times."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import torch

from avlab import Clip

WITH_PICTURES = (".mp4", ".mkv", ".webm", ".mpg")
SOUND_ONLY = (".wav", ".flac", ".mp3", ".ogg")


def pictures(count: int, height: int = 48, width: int = 64) -> torch.Tensor:
    """Colours that run over the frame, no two frames alike."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    number = torch.arange(count)[:, None, None]
    red, green = columns * 3 + 4 * number, rows * 5 + 2 * number
    blue = (rows + columns) * 2 + number
    return torch.stack([red, green, blue], dim=-1).remainder(256).to(torch.uint8)


def tone(seconds: float, sample_rate: int = 16000, hertz: float = 440.0) -> torch.Tensor:
    """A pure tone at a third of full scale."""
    return torch.sin(2 * torch.pi * hertz * torch.arange(round(seconds * sample_rate)) / sample_rate) / 3


def murmur(seconds: float, sample_rate: int = 16000, seed: int = 0) -> torch.Tensor:
    """Noise with the spectrum of a far crowd: never the same, and easy on every codec."""
    noise = torch.randn(round(seconds * sample_rate), generator=torch.Generator().manual_seed(seed)).cumsum(0)
    return 0.5 * (noise - noise.mean()) / (noise - noise.mean()).abs().max()


def film(seconds: float = 2.0, fps: float = 30000 / 1001, sample_rate: int = 16000, **size: int) -> Clip:
    """Moving pictures with a murmur."""
    count = round(seconds * fps)
    times = torch.arange(count, dtype=torch.float64) / fps
    return Clip(pictures(count, **size), times, murmur(seconds, sample_rate), sample_rate)


def sound_of(clip: Clip) -> Clip:
    """Only what is heard."""
    return Clip(audio=clip.audio, sample_rate=clip.sample_rate)


def mux(
    path: Path,
    sounds: Sequence[Sequence[tuple[float, torch.Tensor]]] = (),
    films: Sequence[tuple[torch.Tensor, Sequence[float]]] = (),
    sample_rate: int = 16000,
    sound_codec: str = "pcm_s16le",
    video_codec: str = "libx264",
    video_options: dict[str, str] | None = None,
) -> Path:
    """A file with streams of sound, each of chunks with their seconds, and streams of frames with theirs."""
    with av.open(str(path), "w") as output:
        streams = [output.add_stream(sound_codec, rate=sample_rate) for _ in sounds]
        for stream in streams:
            stream.layout = "mono"
        videos = [output.add_stream(video_codec, rate=25, options=video_options) for _ in films]
        for video, (frames, _) in zip(videos, films, strict=True):
            video.width, video.height = frames.shape[2], frames.shape[1]
            video.codec_context.time_base = Fraction(1, 25 if path.suffix in (".avi", ".mpg") else 90000)
        for stream, chunks in zip(streams, sounds, strict=True):
            for time, samples in chunks:
                whole = (samples * 2**15).round().clamp(-(2**15), 2**15 - 1).to(torch.int16)
                frame = av.AudioFrame.from_ndarray(whole.numpy()[None], format="s16", layout="mono")
                frame.sample_rate, frame.time_base = sample_rate, Fraction(1, sample_rate)
                frame.pts = round(time * sample_rate)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        for video, (frames, times) in zip(videos, films, strict=True):
            for pixels, time in zip(frames, times, strict=True):
                picture = av.VideoFrame.from_ndarray(pixels.numpy(), format="rgb24")
                base = video.codec_context.time_base
                picture.time_base, picture.pts = base, round(time / base)
                output.mux(video.encode(picture))
            output.mux(video.encode(None))
    return path


def plainly_decoded(path: Path) -> np.ndarray:
    """The frames of the first stream as PyAV gives them, without this library."""
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
