"""Resampling: the same sound at another rate, with nothing folded back. Chapter 2."""

import math

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float, Float64
from torch import Tensor

from avlab.signal.frames import frame

# The filter reaches over this many samples of the slower rate, to either side. That is long enough to fall
# from 1 at 0.92 of the slower rate's Nyquist frequency to -100 dB at that frequency; the middle is the cut.
_REACH, _CUT, _KAISER_BETA = 80, 0.96, 10.1
# Speed: one FFT stays within a core's cache, many are done in one call, and memory is bounded.
_SAMPLES_IN_A_BLOCK, _SAMPLES_AT_ONCE = 4096, 1 << 20


def resample(
    audio: Float[Tensor, "*batch samples"], from_rate: int, to_rate: int
) -> Float[Tensor, "*batch new_samples"]:
    """The same sound at `to_rate` instead of `from_rate` samples a second.

    It keeps its place in time: what was at second t still is, and there are ceil(samples * to_rate /
    from_rate) new samples. Frequencies up to 0.92 of the slower rate's half pass unchanged; above that
    half nothing is left (-100 dB), so that nothing is folded back. Before and after the sound is silence.
    Raises ValueError when a rate is below 1.

    A low-pass filter (a sinc under a Kaiser window) is applied as a product of spectra. Then the spectrum
    is cut short, or made longer with zeros: its inverse transform has fewer, or more, samples for the same
    time. Blocks that overlap by the reach of the filter make this possible for a sound of any length.
    Source: Oppenheim and Schafer, Discrete-Time Signal Processing, on changing the rate, on the Kaiser
    window and on overlap-save. Chapter 2.
    """
    for name, rate in (("from_rate", from_rate), ("to_rate", to_rate)):
        if rate < 1:
            raise ValueError(f"{name} is {rate}: it counts samples a second, so give at least 1")
    if from_rate == to_rate:
        return audio
    # A step is the shortest time that holds a whole number of samples at both rates: `down` old, `up` new.
    common = math.gcd(from_rate, to_rate)
    down, up = from_rate // common, to_rate // common
    new_samples = math.ceil(audio.shape[-1] * up / down)
    if not math.prod(audio.shape[:-1]):
        return audio.new_empty(*audio.shape[:-1], new_samples)  # MKL's FFT refuses to transform nothing
    margin = math.ceil(_REACH / min(down, up))
    block = _power_of_two(max(4 * margin, _SAMPLES_IN_A_BLOCK // max(down, up)))
    return _by_blocks(audio, down, up, margin, block)[..., :new_samples]


def _by_blocks(
    audio: Float[Tensor, "*batch samples"], down: int, up: int, margin: int, block: int
) -> Float[Tensor, "*batch new_samples"]:
    # A block of `block` steps, of which the filter needs `margin` at either end to be right about the others.
    window, hop = block * down, (block - 2 * margin) * down
    response = _response(down, up, window).to(audio)
    end = max(1, math.ceil(audio.shape[-1] / hop)) * hop
    at_once = max(1, _SAMPLES_AT_ONCE // (math.prod(audio.shape[:-1]) * window)) * hop
    pieces = []
    for start in range(0, end, at_once):
        part = _between(audio, start - margin * down, min(start + at_once, end) + margin * down)
        spectra = torch.fft.rfft(frame(part, window, hop))[..., : len(response)] * response
        new = torch.fft.irfft(spectra, n=block * up)[..., margin * up : (block - margin) * up]
        pieces.append(rearrange(new, "... blocks samples -> ... (blocks samples)"))
    return torch.cat(pieces, dim=-1)


def _response(down: int, up: int, window: int) -> Float64[Tensor, " bins"]:
    # What the filter does to each frequency that both rates can hold. It looks as far ahead as back, so
    # that its response is real and delays nothing.
    reach = math.ceil(_REACH * max(1, down / up))
    cut = _CUT * min(1, up / down)
    time = torch.arange(-reach, reach + 1, dtype=torch.float64)
    taper = torch.kaiser_window(len(time), periodic=False, beta=_KAISER_BETA, dtype=torch.float64)
    taps = cut * torch.sinc(cut * time) * taper
    centred = F.pad(taps, (0, window - len(taps))).roll(-reach)
    # irfft divides by the number of new samples, where rfft had summed over the old ones.
    return torch.fft.rfft(centred).real[: window * min(down, up) // (2 * down) + 1] * (up / down)


# The samples from `start` to `end`, with silence for those that are before the sound or after it.
def _between(audio: Float[Tensor, "*batch samples"], start: int, end: int) -> Float[Tensor, "*batch part"]:
    inside = audio[..., max(0, start) : end]
    before = max(0, -start)
    return F.pad(inside, (before, end - start - before - inside.shape[-1]))


def _power_of_two(at_least: int) -> int:
    return 1 << (at_least - 1).bit_length()
