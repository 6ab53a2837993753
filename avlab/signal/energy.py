"""How loud a sound is, moment by moment. Chapter 2."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from avlab.signal.frames import frame


def energy(
    audio: Float[Tensor, "*batch samples"], window: int = 400, hop: int = 160
) -> Float[Tensor, "*batch frames"]:
    """The root mean square of every whole window of `window` samples, one every `hop` samples.

    It is in the units of the samples: a sine of amplitude 1 has 0.71. Frames are those of `frame`, whose
    errors are raised. Source: `librosa.feature.rms` with `center=False`. Chapter 2.
    """
    # A norm, since the gradient of a square root is infinite in silence; that of a norm is 0 there.
    return torch.linalg.vector_norm(frame(audio, window, hop), dim=-1) / math.sqrt(window)
