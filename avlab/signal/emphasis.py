"""Pre-emphasis: lifting the high frequencies, which are weak in speech. Chapter 2."""

import torch
from jaxtyping import Float
from torch import Tensor


def pre_emphasis(
    audio: Float[Tensor, "*batch samples"], coefficient: int | float = 0.97
) -> Float[Tensor, "*batch samples"]:
    """Each sample less `coefficient` times the one before it; the first stays as it is.

    With 0.97 at 16 kHz a steady tone of 100 Hz sinks by 26 dB, while one of 8 kHz rises by 6 dB. Source:
    `scipy.signal.lfilter([1, -coefficient], [1], audio)`. Chapter 2.
    """
    return torch.cat([audio[..., :1], audio[..., 1:] - coefficient * audio[..., :-1]], dim=-1)
