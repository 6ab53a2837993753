"""Noise taken out of speech by turning down the bins that hold more noise than speech. Chapter 2."""

from jaxtyping import Complex, Float
from torch import Tensor

from avlab.signal.noise_floor import a_posteriori_snr, a_priori_snr, noise_floor
from avlab.signal.spectrum import istft, power, stft

SMALLEST = 1e-20  # a bin of digital silence is 0: nothing can be divided by it


def spectral_subtraction(
    audio: Float[Tensor, "*batch samples"],
    noise: Float[Tensor, "*other noise"] | None = None,
    over: int | float = 3.0,
    floor: int | float = 0.01,
) -> Float[Tensor, "*batch samples"]:
    """Speech in noise, cleaned: the noise's mean power is subtracted from every bin of every frame.

    `audio` is at 16,000 samples a second, where the windows have 25 ms. What is subtracted is `over` times
    the mean, because in a single bin the noise is often far above its mean; and never below `floor` times the
    mean, because what is left would be single tones that come and go ("musical noise"): a little even noise
    hides them. With `over` 1 and `floor` 0 it is plain subtraction.

    `noise` is a recording of the noise alone, as loud as it is in the sound; without it the noise is found
    in the sound itself (`noise_floor`). Where it changes as fast as speech, as music and babble do, little
    is gained. Raises ValueError for an empty recording of noise, `over` below 0, or `floor` outside 0 to 1.

    Source: Boll 1979; `over` and `floor` are Berouti, Schwartz and Makhoul's, 1979. Chapter 2.
    """
    if over < 0 or not 0 <= floor <= 1:
        raise ValueError(f"over {over}, floor {floor}: over is 0 or more, and floor from 0 to 1")
    spectrum = stft(audio)
    heard = _heard(spectrum, noise).clamp(min=SMALLEST)
    left = (1 - over / heard).maximum(floor / heard).clamp(max=1)
    return istft(spectrum * left.sqrt(), length=audio.shape[-1])


def wiener(
    audio: Float[Tensor, "*batch samples"],
    noise: Float[Tensor, "*other noise"] | None = None,
    smoothing: float | int = 0.9,
) -> Float[Tensor, "*batch samples"]:
    """Speech in noise, cleaned: every bin keeps the share of it that is speech, snr / (1 + snr).

    `audio` is at 16,000 samples a second, where the windows have 25 ms. That share is the gain of least mean
    squared error, were the ratio of speech to noise known. It is estimated (`a_priori_snr`): `smoothing`
    nearer to 1 leaves less musical noise and blurs the onsets; with 0.9 the SI-SNR gained most here. `noise`
    is as in `spectral_subtraction`.
    Raises ValueError for an empty recording of noise, or `smoothing` outside 0 to 1.

    Source: Scalart and Vieira Filho, "Speech enhancement based on a priori signal to noise estimation", 1996.
    Chapter 2.
    """
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing {smoothing}: it is a share, from 0 to 1")
    spectrum = stft(audio)
    snr = a_priori_snr(_heard(spectrum, noise), smoothing)
    return istft(spectrum * (snr / (1 + snr)), length=audio.shape[-1])


def _heard(
    spectrum: Complex[Tensor, "*batch bins frames"], noise: Float[Tensor, "*other noise"] | None
) -> Float[Tensor, "*batch bins frames"]:
    """The power of every bin over that of the noise in it."""
    heard = power(spectrum)
    if noise is None:
        return a_posteriori_snr(heard, noise_floor(heard))
    if not noise.shape[-1]:
        raise ValueError("the recording of noise is empty: leave it out, and the noise is found in the sound")
    floor = power(stft(noise)).mean(-1, keepdim=True)
    return a_posteriori_snr(heard, floor.expand(*heard.shape[:-1], 1))
