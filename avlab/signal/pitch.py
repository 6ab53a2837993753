"""Pitch: how often a second a sound repeats itself, by the YIN method. Chapter 2."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from avlab.signal.frames import frame

# How deep a trough of the normalised difference must be: to be taken before deeper ones that come later (the
# paper's threshold), and to count as voiced at all. With 0.3 four of five moments in our voices' vowels are
# voiced, and one in thirty in their hisses.
_DEEP, _VOICED = 0.1, 0.3
# A difference below this share of the energy is the rounding of 32-bit numbers, not a repetition.
_ROUNDING = 1e-5


def pitch(
    audio: Float[Tensor, "*batch samples"],
    sample_rate: int = 16_000,
    lowest: int | float = 60.0,
    highest: int | float = 400.0,
    window: int = 640,
    hop: int = 160,
) -> Float[Tensor, "*batch frames"]:
    """The fundamental frequency in hertz of every whole window, NaN where the sound does not repeat.

    NaN and not 0, since a plot then has a gap there, and since a mean that forgets to leave it out says so.
    Frames are those of `frame`. Only pitches from `lowest` to `highest` hertz are looked for: a voice above
    `highest` repeats itself at half its pitch too, and is taken for that. Raises ValueError when the range
    is empty or above what `sample_rate` can hold, and when the window does not hold two periods of `lowest`.
    Source: de Cheveigné and Kawahara, YIN, a fundamental frequency estimator for speech and music (2002),
    without its last step (a better estimate from neighbouring frames). Chapter 2.
    """
    shortest, longest = _lags(sample_rate, lowest, highest, window)
    frames = frame(audio, window, hop)
    if not frames.numel():
        return frames.sum(-1)  # MKL's FFT refuses to transform nothing
    difference = _difference(frames, longest + 1)
    lag, voiced = _trough(_normalised(difference), shortest, longest)
    period = lag + _parabolic_shift(difference, lag)
    return torch.where(voiced, sample_rate / period, torch.nan)


def _lags(sample_rate: int, lowest: int | float, highest: int | float, window: int) -> tuple[int, int]:
    if not 0 < lowest < highest <= sample_rate / 2:
        problem = f"no pitch is from {lowest} to {highest} Hz at {sample_rate} samples a second"
        raise ValueError(f"{problem}: give lowest < highest, both above 0 and up to {sample_rate / 2:g}")
    shortest, longest = math.floor(sample_rate / highest), math.ceil(sample_rate / lowest)
    if window < 2 * longest + 2:
        problem = f"window is {window} samples, too short for two periods of {lowest} Hz"
        raise ValueError(f"{problem}: give at least {2 * longest + 2}, or raise lowest")
    return shortest, longest


def _difference(frames: Float[Tensor, "*batch window"], longest: int) -> Float[Tensor, "*batch {longest}+1"]:
    """How much the frame's beginning differs from what sounds 0 … `longest` samples later (equation 6).

    The sum of (x[j] - x[j + lag])² is the energy of both parts less twice their correlation, and the FFT
    gives the correlations for all lags at once.
    """
    window = frames.shape[-1]
    compared = window - longest
    frames = frames - frames.mean(-1, keepdim=True)  # a constant only costs digits
    begin = torch.fft.rfft(frames[..., :compared], n=window)
    correlation = torch.fft.irfft(begin.conj() * torch.fft.rfft(frames), n=window)[..., : longest + 1]
    energy = F.pad(frames.square().cumsum(-1), (1, 0))
    energy = energy[..., compared:] - energy[..., : longest + 1]
    rounding = _ROUNDING * energy[..., :1] + torch.finfo(frames.dtype).tiny
    return (energy[..., :1] + energy - 2 * correlation).clamp(min=0) + rounding


def _normalised(difference: Float[Tensor, "*batch lags"]) -> Float[Tensor, "*batch lags"]:
    """The difference over its mean at all lags up to this one, and 1 at lag 0 (equation 8)."""
    lags = torch.arange(1, difference.shape[-1]).to(difference)
    mean = difference[..., 1:].cumsum(-1) / lags
    return F.pad(difference[..., 1:] / mean, (1, 0), value=1.0)


def _trough(
    normalised: Float[Tensor, "*batch lags"], shortest: int, longest: int
) -> tuple[Int64[Tensor, "*batch"], Bool[Tensor, "*batch"]]:
    """The lag of the first trough that is deep, or else of the deepest; and whether it tells of a voice.

    Always the deepest would often be an octave too low: what repeats after one period does after two as well.
    """
    before, here, after = (normalised[..., shortest + i : longest + 1 + i] for i in (-1, 0, 1))
    depths = torch.where((here <= before) & (here < after), here, torch.inf)
    deep = depths < _DEEP
    chosen = torch.where(deep.any(-1), deep.int().argmax(-1), depths.argmin(-1))
    return shortest + chosen, depths.amin(-1) < _VOICED


def _parabolic_shift(
    difference: Float[Tensor, "*batch lags"], lag: Int64[Tensor, "*batch"]
) -> Float[Tensor, "*batch"]:
    """How far from `lag` the bottom lies of the parabola through the difference there and beside it."""
    before, here, after = (difference.gather(-1, lag[..., None] + i)[..., 0] for i in (-1, 0, 1))
    curvature = before - 2 * here + after
    bends = curvature > 0
    return torch.where(bends, (before - after) / 2 / torch.where(bends, curvature, 1), 0).clamp(-1, 1)
