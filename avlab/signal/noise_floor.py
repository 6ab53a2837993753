"""How strong the noise is under the speech, and how far the speech stands above it. Chapter 2."""

import torch
from jaxtyping import Float
from torch import Tensor

WINDOW, STEP = 200, 50  # frames: 2 s, in which speech leaves every bin now and then; looked at every 0.5 s
LOWER = 0.2
BIAS = 1 / 0.47  # the lower fifth of smoothed noise ends at 0.47 of its mean (Hann windows of 2.5 hops)
DEEPEST = 1e-6  # of the strongest bin: digital silence would have any speech stand endlessly far above it
LEAST_SNR = 10**-2.5  # -25 dB. A floor, so that noise left over stays even (Cappé 1994)


def noise_floor(power: Float[Tensor, "*batch bins frames"]) -> Float[Tensor, "*batch bins frames"]:
    """The mean power of the noise in each bin, found without being told where nobody speaks.

    Even within a sentence a bin is often free of speech: between two harmonics, in a "p", in a breath. So of
    the 200 powers around each moment (2 s at a hop of 10 ms) the lowest fifth is noise, and where that fifth
    ends tells the mean: it is always the same share of it (`BIAS`). A shorter clip is taken as a whole.

    So it follows noise that changes over seconds. What comes and goes faster (clicks, music, other people) it
    misses, and a note held for 2 s it takes for noise.

    Source: Stahl, Fischer and Bippus, "Quantile based noise estimation", 2000; smoothing, bias and a window
    that moves are those of minimum statistics, Martin 2001. Chapter 2.
    """
    frames = power.shape[-1]
    power = _with_neighbours(power)
    starts = [*range(0, frames - WINDOW, STEP), max(frames - WINDOW, 0)]
    floors = torch.stack([_lower_fifth(power[..., start : start + WINDOW]) for start in starts], -1)
    centred = ((torch.arange(frames, device=power.device) - WINDOW / 2) / STEP).round()
    return BIAS * floors[..., centred.long().clamp(0, len(starts) - 1)]


def a_posteriori_snr(
    power: Float[Tensor, "*batch bins frames"], floor: Float[Tensor, "*batch bins #frames"]
) -> Float[Tensor, "*batch bins frames"]:
    """The power heard over the mean power of the noise: 1 on average where there is only noise. Chapter 2."""
    strongest = power.amax((-2, -1), keepdim=True)
    return power / floor.maximum(DEEPEST * strongest).clamp(min=torch.finfo(power.dtype).tiny)


def a_priori_snr(
    heard: Float[Tensor, "*batch bins frames"], smoothing: float | int = 0.9
) -> Float[Tensor, "*batch bins frames"]:
    """How much stronger the speech is than the noise, from `heard`, the `a_posteriori_snr` of both together.

    A single frame says little: noise alone has a ratio of 1 on average, and above 3 in one frame of twenty.
    So the estimate is mostly (`smoothing`) the speech found in the frame before, and for the rest what this
    frame says, `heard` - 1: it is "decision-directed". In noise it stays low and even; where speech begins it
    follows a frame late.

    Source: Ephraim and Malah 1984, equation 51, with Wiener's gain in place of theirs. Their `smoothing` is
    0.98; at a hop of 10 ms, 0.9 did better here. Chapter 2.
    """
    before, estimates = torch.zeros_like(heard[..., 0]), []
    for now in heard.unbind(-1):
        estimate = smoothing * before + (1 - smoothing) * (now - 1).clamp(min=0)
        estimates.append(estimate.clamp(min=LEAST_SNR))
        before = (estimates[-1] / (1 + estimates[-1])).square() * now
    return torch.stack(estimates, -1)


def _with_neighbours(power: Float[Tensor, "*batch bins frames"]) -> Float[Tensor, "*batch bins frames"]:
    # Half of each frame and a quarter of those beside it: a hum of 50 Hz is weak and strong by turns.
    around = torch.cat([power[..., :1], power, power[..., -1:]], -1)
    return power / 2 + (around[..., :-2] + around[..., 2:]) / 4


def _lower_fifth(power: Float[Tensor, "*batch bins frames"]) -> Float[Tensor, "*batch bins"]:
    rank = 1 + int(LOWER * (power.shape[-1] - 1))
    return power.kthvalue(rank, dim=-1).values
