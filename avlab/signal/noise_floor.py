"""How strong the noise is under the speech, and how far the speech stands above it. Chapter 2."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

# Of every second frame: 2 s, in which speech leaves every bin now and then; looked at every 0.5 s.
WINDOW, STEP = 100, 25
LOWER = 0.2
BIAS = 1 / 0.47  # the lower fifth of smoothed noise ends at 0.47 of its mean (Hann windows of 2.5 hops)
DEEPEST = 1e-6  # of the strongest bin: digital silence would have any speech stand endlessly far above it
LEAST_SNR = 10**-2.5  # -25 dB. A floor, so that noise left over stays even (Cappé 1994)
SEGMENT, WARM_UP = 200, 50  # frames: with 20 to warm up, a few estimates were off by half of a hundredth


def noise_floor(power: Float[Tensor, "*batch bins frames"]) -> Float[Tensor, "*batch bins frames"]:
    """The mean power of the noise in each bin, found without being told where nobody speaks.

    Even within a sentence a bin is often free of speech: between two harmonics, in a "p", in a breath. So of
    the powers around each moment (2 s at a hop of 10 ms) the lowest fifth is noise, and where that fifth ends
    tells the mean: it is always the same share of it (`BIAS`). Neighbours overlap, so every second frame will
    do. A shorter clip is taken as a whole.

    So it follows noise that changes over seconds. What comes and goes faster (clicks, music, other people) it
    misses, and a note held for 2 s it takes for noise.

    Source: Stahl, Fischer and Bippus, "Quantile based noise estimation", 2000; smoothing, bias and a window
    that moves are those of minimum statistics, Martin 2001. Chapter 2.
    """
    smooth, frames = _every_second(power), power.shape[-1]
    last = max(smooth.shape[-1] - WINDOW, 0)
    starts = [*range(0, last, STEP), last]
    floors = torch.stack([_lower_fifth(smooth[..., start : start + WINDOW]) for start in starts], -2)
    centred = ((torch.arange(frames, device=power.device) - WINDOW) / (2 * STEP)).round()
    return BIAS * floors[..., centred.long().clamp(0, len(starts) - 1), :].mT


def a_posteriori_snr(
    power: Float[Tensor, "*batch bins frames"], floor: Float[Tensor, "*batch bins #frames"]
) -> Float[Tensor, "*batch bins frames"]:
    """The power heard over the mean power of the noise: 1 on average where there is only noise. Chapter 2."""
    least = DEEPEST * power.amax((-2, -1), keepdim=True)
    return power / floor.maximum(least.clamp(min=torch.finfo(power.dtype).tiny))


def a_priori_snr(
    heard: Float[Tensor, "*batch bins frames"], smoothing: float | int = 0.9
) -> Float[Tensor, "*batch bins frames"]:
    """How much stronger the speech is than the noise, from `heard`, the `a_posteriori_snr` of both together.

    A single frame says little: noise alone has a ratio of 1 on average, and above 3 in one frame of twenty.
    So the estimate is mostly (`smoothing`) the speech found in the frame before, and for the rest what this
    frame says, `heard` - 1: it is "decision-directed". In noise it stays low and even; where speech begins it
    follows a frame late.

    What was long ago is forgotten. So instead of one long run, segments of 200 frames run side by side, each
    warmed up by the 50 frames before it. For speech in noise every estimate is the same to 1e-5 of it.

    Source: Ephraim and Malah 1984, equation 51, with Wiener's gain in place of theirs. Their `smoothing` is
    0.98; at a hop of 10 ms, 0.9 did better here. Chapter 2.
    """
    frames = heard.shape[-1]
    # Frames before bins, as in memory. Silence in front leaves the first segment as it would begin.
    rows = F.pad(heard.mT, (0, 0, WARM_UP, -frames % SEGMENT)).unfold(-2, WARM_UP + SEGMENT, SEGMENT)
    before, estimates = torch.zeros_like(rows[..., 0]), []
    for now in rows.unbind(-1):
        estimate = smoothing * before + (1 - smoothing) * (now - 1).clamp(min=0)
        estimates.append(estimate.clamp(min=LEAST_SNR))
        before = (estimates[-1] / (1 + estimates[-1])).square() * now
    side_by_side = torch.stack(estimates[WARM_UP:], -2)
    return side_by_side.flatten(-3, -2)[..., :frames, :].mT


def _every_second(power: Float[Tensor, "*batch bins frames"]) -> Float[Tensor, "*batch bins half"]:
    # Half of a frame and a quarter of those beside it: a hum of 50 Hz is weak and strong by turns.
    around = torch.cat([power[..., :1], power, power[..., -1:]], -1)
    return around[..., 1:-1:2] / 2 + (around[..., :-2:2] + around[..., 2::2]) / 4


def _lower_fifth(power: Float[Tensor, "*batch bins frames"]) -> Float[Tensor, "*batch bins"]:
    rank = 1 + int(LOWER * (power.shape[-1] - 1))
    return power.kthvalue(rank, dim=-1).values
