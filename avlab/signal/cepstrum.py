"""Cepstral coefficients: the shape of a spectrum in a dozen numbers. Chapter 2."""

import torch
from jaxtyping import Float
from torch import Tensor

from avlab.signal.mel import mel_spectrogram
from avlab.signal.spectrum import Padding

_RANGE = 80.0  # dB below the loudest band that still count, as in librosa


def cosines(count: int, size: int) -> Float[Tensor, "count size"]:
    """The first `count` rows of the orthonormal cosine transform (DCT-II) of `size` numbers, in float64.

    Row 0 is level; row k has k half waves. Multiplied with a vector it tells how much of each is in it; its
    transpose goes back. Raises ValueError for more rows than numbers. Chapter 2.
    """
    if not 1 <= count <= size:
        raise ValueError(f"{count} coefficients of {size} bands: ask for at least 1 and at most {size}")
    places = torch.arange(size, dtype=torch.float64) + 0.5
    waves = torch.cos(torch.pi / size * torch.arange(count, dtype=torch.float64)[:, None] * places)
    scale = torch.full((count, 1), (2 / size) ** 0.5, dtype=torch.float64)
    scale[0] = (1 / size) ** 0.5
    return waves * scale


def decibels(
    power: Float[Tensor, "*batch bands frames"], within: float | None = _RANGE
) -> Float[Tensor, "*batch bands frames"]:
    """Power in decibels (10 log10), at most `within` below the loudest of its own sound.

    Source: `librosa.power_to_db`, which takes one maximum for a whole batch; here each sound has its own.
    Chapter 2.
    """
    levels = 10 * power.clamp(min=1e-10).log10()
    if within is None:
        return levels
    return torch.maximum(levels, levels.amax(dim=(-2, -1), keepdim=True) - within)


def mfcc(
    audio: Float[Tensor, "*batch samples"],
    n_mfcc: int = 13,
    n_mels: int = 40,
    n_fft: int = 400,
    hop: int = 160,
    sample_rate: int = 16000,
    *,
    pad: Padding = "reflect",
) -> Float[Tensor, "*batch n_mfcc frames"]:
    """Mel-frequency cepstral coefficients: the cosine transform, over bands, of mel levels in decibels.

    Number 0 is the level of the whole frame, 1 the slope of its spectrum, and so on to finer shapes. Frames
    and padding are those of `stft`. Raises ValueError for more coefficients than bands.

    Source: Davis and Mermelstein 1980; equal to `librosa.feature.mfcc` with the same settings. Chapter 2.
    """
    levels = decibels(mel_spectrogram(audio, n_mels, n_fft, hop, sample_rate, pad=pad))
    return cosines(n_mfcc, n_mels).to(levels) @ levels
