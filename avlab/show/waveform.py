"""A waveform: how far the air is pushed, against seconds."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

from avlab.show.picture import picture
from avlab.show.seconds import draw_wave
from avlab.show.shown import Shown
from avlab.show.sound import as_clip
from avlab.show.style import figure


def waveform(
    audio: Float[Tensor, " samples"] | Float[np.ndarray, " samples"], sample_rate: int, *, alt: str
) -> Shown:
    """Samples in [-1, 1] against seconds; of a long sound, the lowest and highest in every column.

    Raises ValueError for sound that is not mono, and for an `alt` that says nothing. Chapter 1.
    """
    clip = as_clip(audio, sample_rate)
    fig, axes = figure(height=2.3)
    draw_wave(axes, clip.audio, clip.sample_rate)
    axes.set(xlim=(0, max(clip.duration, 1e-3)), xlabel="time (s)", ylabel="amplitude (±1)")
    return picture(fig, alt)
