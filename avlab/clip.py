"""A clip: pictures with their times, and a waveform with its rate: what flows through the course."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float32, Float64, UInt8
from torch import Tensor

from avlab.clocks import SAME_MOMENT, samples_between


@dataclass(frozen=True, eq=False, repr=False)
class Clip:
    """Frames, the seconds at which they appear, a mono waveform and its rate. Either half may be None.

    `frames` is uint8 (time, height, width, 3), red first; `frame_times` float64 seconds, rising,
    one for each frame; `audio` float32 (samples,) in [-1, 1]; `sample_rate` in hertz. Second 0 is
    where the clip begins: sample 0 sounds there, and the first frame may come later.

    `clip[1.5:3.0]` is the clip from 1.5 s to 3 s, both halves cut at the same moments.
    Raises ValueError where the halves do not fit together. Chapter 1.
    """

    frames: UInt8[Tensor, "time height width 3"] | None = None
    frame_times: Float64[Tensor, " time"] | None = None
    audio: Float32[Tensor, " samples"] | None = None
    sample_rate: int | None = None

    def __post_init__(self):
        _check_pictures(self.frames, self.frame_times)
        _check_sound(self.audio, self.sample_rate)

    @property
    def duration(self) -> float:
        """Seconds to the end of the sound or of the last picture, whichever is later."""
        return max(self._picture_end(), self._sound_end())

    @property
    def fps(self) -> float | None:
        """Frames a second, from the usual step between frames; None with fewer than two frames."""
        if self.frame_times is None or len(self.frame_times) < 2:
            return None
        steps = self.frame_times.diff()
        # A mean, because clocks round (Matroska's to a millisecond); pauses stay out of it.
        usual = steps[(steps / steps.median() - 1).abs() < 0.5]
        return 1.0 / usual.mean().item()

    def __getitem__(self, seconds: slice) -> "Clip":
        """The clip between two moments: `clip[1.5:3.0]`, `clip[:2.0]`, `clip[-1.0:]`."""
        start, end = self._moments(seconds)
        frames = times = audio = None
        if self.frames is not None:
            # A frame belongs to the piece in which it appears, so pieces that meet share no frame.
            inside = (self.frame_times >= start - SAME_MOMENT) & (self.frame_times < end - SAME_MOMENT)
            frames, times = self.frames[inside], (self.frame_times[inside] - start).clamp(min=0)
        if self.audio is not None:
            last = len(self.audio) / self.sample_rate
            audio = self.audio[samples_between(start, min(end, last), self.sample_rate)]
        return Clip(frames, times, audio, self.sample_rate)

    def __repr__(self) -> str:
        parts = [f"{self.duration:.2f} s"]
        if self.frames is not None:
            count, height, width, _ = self.frames.shape
            rate = f" at {self.fps:.4g} a second" if self.fps else ""
            parts.append(f"{count} frames of {width}×{height}{rate}")
        if self.audio is not None:
            parts.append(f"{len(self.audio)} samples at {self.sample_rate} Hz")
        if self.frames is None and self.audio is None:
            parts.append("nothing to see or hear")
        return f"Clip({', '.join(parts)})"

    def _picture_end(self) -> float:
        if self.frame_times is None or not len(self.frame_times):
            return 0.0
        # The last frame stays as long as the others do; nothing in a file says how long.
        return self.frame_times[-1].item() + (1.0 / self.fps if self.fps else 0.0)

    def _sound_end(self) -> float:
        return 0.0 if self.audio is None else len(self.audio) / self.sample_rate

    def _moments(self, seconds: slice) -> tuple[float, float]:
        if not isinstance(seconds, slice) or seconds.step is not None:
            raise TypeError("a clip is cut by seconds, as in clip[1.5:3.0], without a step")
        if not all(moment is None or math.isfinite(moment) for moment in (seconds.start, seconds.stop)):
            raise ValueError(f"a clip is cut at finite seconds, not from {seconds.start} to {seconds.stop}")
        start = 0.0 if seconds.start is None else self._from_start(seconds.start)
        # Without an end there is none, so that the last frame is in, however long it may stay.
        end = math.inf if seconds.stop is None else self._from_start(seconds.stop)
        return start, max(start, end)

    def _from_start(self, moment: int | float) -> float:
        """A moment counted from the clip's end where it is negative, as in lists."""
        return max(0.0, float(moment) + self.duration if moment < 0 else float(moment))


def _check_pictures(frames: Tensor | None, times: Tensor | None) -> None:
    if (frames is None) != (times is None):
        raise ValueError("frames and frame_times come together: one of them is None")
    if frames is None:
        return
    if frames.dtype != torch.uint8 or frames.ndim != 4 or frames.shape[-1] != 3:
        shape = tuple(frames.shape)
        raise ValueError(f"frames must be uint8 (time, height, width, 3), not {frames.dtype} {shape}")
    if times.dtype != torch.float64 or times.shape != frames.shape[:1]:
        raise ValueError(
            f"frame_times must be float64, one for each of {len(frames)} frames, "
            f"not {times.dtype} {tuple(times.shape)}"
        )
    if len(times) and (times[0] < 0 or (times.diff() <= 0).any() or not torch.isfinite(times).all()):
        raise ValueError("frame_times must rise from 0 or later, each later than the one before")


def _check_sound(audio: Tensor | None, sample_rate: int | None) -> None:
    if audio is None:
        return
    if audio.dtype != torch.float32 or audio.ndim != 1:
        raise ValueError(f"audio must be mono float32 (samples,), not {audio.dtype} {tuple(audio.shape)}")
    if not isinstance(sample_rate, int) or sample_rate <= 0:
        raise ValueError(f"sample_rate must be a positive whole number of hertz, not {sample_rate!r}")
