"""The short-time Fourier transform: which frequencies sound, moment by moment. Chapter 2."""

from functools import lru_cache
from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional as F

from avlab.signal.frames import frame

Padding = Literal["reflect", "constant"] | None


def hann(size: int, like: Float[Tensor, "..."] | None = None) -> Float[Tensor, " size"]:
    """The periodic Hann window: half a cosine bow of `size` samples, whose next sample would begin it again.

    The periodic one, not the symmetric: shifted copies of it add up to a constant, which `istft` needs, and
    Whisper and librosa use it. On the device and in the dtype of `like`. Chapter 2.
    """
    like = torch.empty(0) if like is None else like
    return _hann(size, like.dtype, like.device).clone()


@lru_cache(maxsize=16)
def _hann(size: int, dtype: torch.dtype, device: torch.device) -> Float[Tensor, " {size}"]:
    # Equal to torch.hann_window to the last bit: where a band holds 80 dB less than its neighbour, a window
    # that is rounded otherwise moves Whisper's log-mel by 3e-5.
    angles = torch.arange(size, dtype=dtype, device=device) * (2 * torch.pi / size)
    return 0.5 - 0.5 * angles.cos()


def padded(audio: Float[Tensor, "*batch samples"], n_fft: int, pad: Padding) -> Float[Tensor, "*batch more"]:
    """The sound with half a window on each side, so that frame i is centred on sample i * hop.

    "reflect" mirrors the sound there and "constant" puts silence. A mirror needs more than half a window of
    sound: what is shorter is first lengthened with silence, to half a window and one sample. Chapter 2.
    """
    half = n_fft // 2
    missing = (n_fft if pad is None else half + 1) - audio.shape[-1]
    if missing > 0:  # padding with nothing would still copy the sound
        audio = F.pad(audio, (0, missing))
    if pad is None:
        return audio
    flat = audio.reshape(-1, 1, audio.shape[-1])  # torch mirrors only what has a channel
    return F.pad(flat, (half, half), mode=pad).reshape(*audio.shape[:-1], audio.shape[-1] + 2 * half)


def stft(
    audio: Float[Tensor, "*batch samples"], n_fft: int = 400, hop: int = 160, *, pad: Padding = "reflect"
) -> Complex[Tensor, "*batch bins frames"]:
    """The spectrum of every frame: a window of `n_fft` samples every `hop` samples, Fourier transformed.

    Bin k is the frequency k * sample_rate / n_fft in hertz, for k up to n_fft / 2. The window is `hann`. With
    `pad` "reflect" or "constant" frame i is centred on sample i * hop, and for even `n_fft` there are
    1 + samples // hop of them; with None frame i begins at sample i * hop and only whole windows count. Sound
    that is too short for one frame is lengthened with silence. Raises ValueError for a window below 2 or a
    hop below 1.

    Source: `torch.stft` (its defaults, a Hann window given); `librosa.stft` pads with "constant". Chapter 2.
    """
    _check(n_fft, hop)
    return transformed(frame(padded(audio, n_fft, pad), n_fft, hop)).mT


def transformed(frames: Float[Tensor, "*batch window"]) -> Complex[Tensor, "*batch bins"]:
    """The spectrum of each frame, seen through a Hann window. Chapter 2."""
    size = frames.shape[-1]
    if not frames.numel():  # which the FFT of some processors refuses
        return torch.zeros(*frames.shape[:-1], size // 2 + 1, dtype=torch.complex64).to(frames.device)
    return torch.fft.rfft(frames * _hann(size, frames.dtype, frames.device))


def istft(
    spectrum: Complex[Tensor, "*batch bins frames"],
    n_fft: int = 400,
    hop: int = 160,
    *,
    length: int | None = None,
) -> Float[Tensor, "*batch samples"]:
    """The sound whose `stft` (with padding) comes nearest to `spectrum`, `length` samples of it.

    Every frame goes back to samples, is windowed again and added where it was; the sum is divided by that of
    the squared windows. So an unchanged spectrum gives back its sound, and a changed one the nearest in
    squares. Without `length` there are hop * (frames - 1) samples. Raises ValueError where the bins are not
    those of `n_fft`, where there is no frame, or where the windows leave a gap between them (`hop` not below
    `n_fft`).

    Source: Griffin and Lim 1984; `torch.istft`. Chapter 2.
    """
    _check(n_fft, hop)
    if spectrum.shape[-2] != n_fft // 2 + 1:
        raise ValueError(
            f"{spectrum.shape[-2]} bins are not a spectrum of windows of {n_fft}: that has {n_fft // 2 + 1}"
        )
    if not spectrum.shape[-1]:
        raise ValueError("there is no frame to make a sound of")
    if hop >= n_fft:
        raise ValueError(f"hop {hop} leaves samples that no window of {n_fft} reaches: choose a smaller hop")
    half, length = n_fft // 2, hop * (spectrum.shape[-1] - 1) if length is None else length
    if not spectrum.numel():
        return spectrum.real.new_zeros(*spectrum.shape[:-2], length)
    window = hann(n_fft, spectrum.real)
    frames = torch.fft.irfft(spectrum.mT, n=n_fft) * window
    weight = window.square().expand(frames.shape[-2], -1)
    sound = _overlap_add(frames, hop)[..., half : half + length]
    sound = sound / _overlap_add(weight, hop)[half : half + length].clamp(min=torch.finfo(window.dtype).tiny)
    return F.pad(sound, (0, length - sound.shape[-1]))


def power(spectrum: Complex[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The squared magnitude of each number. No root is taken, so the gradient at 0 is 0. Chapter 2."""
    return spectrum.real.square() + spectrum.imag.square()


def _overlap_add(frames: Float[Tensor, "*batch frames window"], hop: int) -> Float[Tensor, "*batch samples"]:
    *batch, count, size = frames.shape
    columns = rearrange(frames.reshape(-1, count, size), "batch frame sample -> batch sample frame")
    samples = hop * (count - 1) + size
    return F.fold(columns, (1, samples), (1, size), stride=(1, hop)).reshape(*batch, samples)


def _check(n_fft: int, hop: int) -> None:
    if n_fft < 2 or hop < 1:
        raise ValueError(
            f"a window of {n_fft} samples every {hop}: a window needs 2 samples, a hop at least 1"
        )
