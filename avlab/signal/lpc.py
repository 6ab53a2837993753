"""Linear prediction: a sound as a resonator, each sample foretold from those before it. Chapter 2."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def lpc(audio: Float[Tensor, "*batch samples"], order: int) -> Float[Tensor, "*batch {order}+1"]:
    """The coefficients 1, a_1 … a_order of the filter that turns each frame into what cannot be foretold.

    The prediction is x[t] ≈ -(a_1 x[t-1] + … + a_order x[t-order]), and 1 / A(z) is the resonator (for
    speech: the mouth). Burg's method chooses them for the least error of predicting forwards and backwards,
    so that the resonator is always stable. Silence has 1, 0, … 0. Raises ValueError when `order` is below 1
    or the frame has no more than `order` samples. Source: Marple, A New Autoregressive Spectrum Analysis
    Algorithm (1980), section III; `librosa.lpc`. Chapter 2.
    """
    if not 1 <= order < audio.shape[-1]:
        problem = f"order is {order} for frames of {audio.shape[-1]} samples"
        raise ValueError(f"{problem}: give at least 1, and frames that are longer than the order")
    coefficients = torch.ones_like(audio[..., :1])
    forward, backward = audio[..., 1:], audio[..., :-1]
    for _ in range(order):
        # How much of each error the other foretells, between -1 and 1. The power is summed anew for each
        # order: Marple updates it from the last, to save time, which in 32 bits costs two to four digits.
        power = (forward.square() + backward.square()).sum(-1, keepdim=True)
        silent = power == 0
        reflection = -2 * (forward * backward).sum(-1, keepdim=True) / torch.where(silent, 1, power)
        # Levinson's step: the filter of one order more is the old one and its mirror image.
        padded = F.pad(coefficients, (0, 1))
        coefficients = padded + reflection * padded.flip(-1)
        forward, backward = (
            (forward + reflection * backward)[..., 1:],
            (backward + reflection * forward)[..., :-1],
        )
    return coefficients


def lpcc(coefficients: Float[Tensor, "*batch coefficients"], n: int) -> Float[Tensor, "*batch {n}"]:
    """The first `n` cepstral coefficients c_1 … c_n of the resonator 1 / A(z), from what `lpc` returns.

    They describe the smooth spectrum without its loudness (c_0), and are less entangled than the a_k. Of an
    order p there can be more than p: the recursion goes on. Raises ValueError when `n` is below 1, or the
    coefficients do not begin with 1. Source: Atal, Effectiveness of Linear Prediction Characteristics of
    the Speech Wave (1974). Chapter 2.
    """
    if n < 1:
        raise ValueError(f"n is {n}: it counts cepstral coefficients, so give at least 1")
    if coefficients.shape[-1] < 1 or not (coefficients[..., 0] == 1).all():
        raise ValueError("the coefficients do not begin with 1: pass them as `lpc` returns them")
    a = F.pad(coefficients, (0, max(0, n + 1 - coefficients.shape[-1])))
    c = [-a[..., 1]]
    for m in range(2, n + 1):
        earlier = torch.stack(c, dim=-1) * torch.arange(1, m).to(a) / m
        c.append(-a[..., m] - (earlier * a[..., 1:m].flip(-1)).sum(-1))
    return torch.stack(c, dim=-1)
