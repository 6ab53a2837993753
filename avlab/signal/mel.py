"""Mel filters and Whisper's picture of a sound, the log-mel spectrogram. Chapter 2."""

import math
from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from avlab.signal.frames import frame
from avlab.signal.spectrum import Padding, padded, power, transformed

# Slaney's mel scale: equal steps of 200/3 Hz up to 1000 Hz, and above it equal ratios, 27 steps to 6.4 times.
_STEP, _BREAK, _RATIO = 200 / 3, 1000.0, math.log(6.4) / 27

# So many frames at a time stay in a processor's cache (2 MB of samples); a whole hour would not.
_BLOCK = 2048


def hz_to_mel(hertz: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Hertz to mel on Slaney's scale: straight up to 1000 Hz (15 mel), logarithmic above. Chapter 2."""
    above = _BREAK / _STEP + torch.log(hertz.clamp(min=_BREAK) / _BREAK) / _RATIO
    return torch.where(hertz < _BREAK, hertz / _STEP, above)


def mel_to_hz(mel: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Mel to hertz, the inverse of `hz_to_mel`. Chapter 2."""
    knee = _BREAK / _STEP
    return torch.where(mel < knee, mel * _STEP, _BREAK * torch.exp((mel - knee) * _RATIO))


def mel_filters(
    n_mels: int = 80,
    n_fft: int = 400,
    sample_rate: int = 16000,
    lowest: int | float = 0,
    highest: int | float | None = None,
) -> Float[Tensor, "n_mels bins"]:
    """Triangles that sum the bins of a spectrum into `n_mels` bands, equally wide to the ear.

    Their corners are `n_mels` + 2 points equally far apart in mel from `lowest` to `highest` hertz (half the
    sample rate if not given). Each is divided by half its width in hertz, so that its area is 1 (Slaney's
    norm): noise with equal power in all bins then fills all bands alike. Raises ValueError for bands out of
    order or above half the sample rate.

    Source: `librosa.filters.mel`; the first 80 and 128 at 16 kHz are the ones that come with openai-whisper.
    Chapter 2.
    """
    highest = sample_rate / 2 if highest is None else highest
    if n_mels < 1 or not 0 <= lowest < highest <= sample_rate / 2:
        raise ValueError(
            f"{n_mels} bands from {lowest} to {highest} Hz at {sample_rate} samples a second: "
            f"give at least one band, and rising limits of at most {sample_rate / 2} Hz"
        )
    ends = hz_to_mel(torch.tensor([lowest, highest], dtype=torch.float64))
    corners = mel_to_hz(torch.linspace(ends[0], ends[1], n_mels + 2, dtype=torch.float64))
    bins = torch.arange(n_fft // 2 + 1, dtype=torch.float64) * sample_rate / n_fft
    left, centre, right = (corners[i : i + n_mels, None] for i in range(3))
    triangles = torch.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)).clamp(min=0)
    return (triangles * 2 / (right - left)).float()


def mel_spectrogram(
    audio: Float[Tensor, "*batch samples"],
    n_mels: int = 80,
    n_fft: int = 400,
    hop: int = 160,
    sample_rate: int = 16000,
    *,
    pad: Padding = "reflect",
) -> Float[Tensor, "*batch n_mels frames"]:
    """The power in each mel band of each frame: `mel_filters @ power(stft(audio))`, block by block.

    Frames, padding and errors are those of `stft`, bands those of `mel_filters`. An hour of sound needs
    little more memory than its result, for no spectrum of the whole is ever held. Chapter 2.
    """
    filters = _filters(n_mels, n_fft, sample_rate).to(audio).mT
    longer = padded(audio, n_fft, pad)
    frames = frame(longer.reshape(-1, longer.shape[-1]), n_fft, hop)
    blocks = frames.split(max(_BLOCK // max(len(frames), 1), 1), dim=1)
    bands = torch.cat([power(transformed(block)) @ filters for block in blocks], dim=1)
    return bands.mT.reshape(*audio.shape[:-1], n_mels, bands.shape[1])


def log_mel(
    audio: Float[Tensor, "*batch samples"], n_mels: int = 80
) -> Float[Tensor, "*batch n_mels frames"]:
    """Whisper's input: log10 of the mel power, no more than 8 below its largest value, shifted and scaled.

    `audio` is at 16,000 samples a second; a frame comes every 10 ms, samples // 160 of them and at least one
    (`stft`'s last frame is left out). 80 bands for Whisper tiny to large-v2, 128 for large-v3 and turbo. What
    is shorter than 201 samples, where openai-whisper raises, is lengthened with silence.

    The largest value is that of **each sound of a batch**; a batch equals the loop over its items. Two
    conventions are in use, and you choose by what you pass: openai-whisper's `transcribe` takes the whole
    recording (and 30 s of silence after it) and cuts windows out of the result, so one maximum serves all;
    transformers cuts or pads the sound to 30 s first, so each window has its own.

    Source: openai-whisper, `log_mel_spectrogram`. Chapter 2.
    """
    return whisper_levels(mel_spectrogram(audio, n_mels))


def whisper_levels(mel: Float[Tensor, "*batch n_mels frames"]) -> Float[Tensor, "*batch n_mels fewer"]:
    """Power in mel bands as Whisper wants it: no last frame, logarithms, a floor, and small numbers.

    Powers below 1e-10 count as 1e-10. The floor is 8 (in powers of ten: 80 dB) below the loudest of each
    sound. Adding 4 and dividing by 4 brings what is left to about -1 … 1. Chapter 2.
    """
    levels = mel[..., :-1].clamp(min=1e-10).log10()
    loudest = levels.amax(dim=(-2, -1), keepdim=True)
    return (torch.maximum(levels, loudest - 8) + 4) / 4


@lru_cache(maxsize=8)
def _filters(n_mels: int, n_fft: int, sample_rate: int) -> Float[Tensor, "n_mels bins"]:
    return mel_filters(n_mels, n_fft, sample_rate)
