"""Frames: a sound cut into short overlapping windows, within which it hardly changes. Chapter 2."""

from jaxtyping import Float
from torch import Tensor


def frame(
    audio: Float[Tensor, "*batch samples"], window: int, hop: int
) -> Float[Tensor, "*batch frames window"]:
    """Every whole window of `window` samples, one beginning every `hop` samples.

    The frames are a view: they share their memory with `audio`, and writing into one changes its
    neighbours. Samples after the last whole window are left out, so a sound shorter than a window has
    zero frames; otherwise there are 1 + (samples - window) // hop. Raises ValueError when `window` or
    `hop` is below 1. Source: `librosa.util.frame`, with time before samples. Chapter 2.
    """
    for name, samples in (("window", window), ("hop", hop)):
        if samples < 1:
            raise ValueError(f"{name} is {samples}: it counts samples, so give at least 1")
    if audio.shape[-1] < window:
        return audio[..., :0, None].expand(*audio.shape[:-1], 0, window)
    return audio.unfold(-1, window, hop)
