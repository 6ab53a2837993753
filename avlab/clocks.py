"""Two clocks: pictures come at times of their own, sound at every 1/rate of a second. Chapter 1."""

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

# Two times closer than this are the same moment. The finest clock in common use, MPEG's 90 kHz, ticks every
# 11 µs.
SAME_MOMENT = 1e-6


def frame_on_screen(
    frame_times: Float64[Tensor, " frames"], moments: Float64[Tensor, " moments"]
) -> Int64[Tensor, " moments"]:
    """Which frame is on screen at each moment: the last one whose time has come.

    `frame_times` are seconds, rising; `moments` are seconds in any order. Before the first frame
    the answer is frame 0, since a player shows its first picture while it waits.
    Raises ValueError when there is no frame. Chapter 1.
    """
    if not len(frame_times):
        raise ValueError("frame_times is empty: there is no frame that could be on screen")
    shown = torch.searchsorted(frame_times, moments + SAME_MOMENT, right=True) - 1
    return shown.clamp(min=0)


def samples_between(start: int | float, end: int | float, sample_rate: int) -> slice:
    """The samples that sound from `start` to `end` seconds, as a slice.

    Sample i sounds at i / sample_rate. Both edges are rounded in the same way, so that pieces that
    meet in time share no sample and leave none out, however many there are. Chapter 1.
    """
    return slice(round(start * sample_rate), round(end * sample_rate))


def match_in_time(
    moments: Float64[Tensor, " moments"], times: Float64[Tensor, " times"], within: float
) -> Int64[Tensor, " moments"]:
    """For each moment, which of `times` is nearest to it, or -1 where none is within `within` seconds.

    This is how a beep finds its flash: by the clock, not by counting. Both are seconds, in any
    order; of two equally near times the first in the list wins. Chapter 1.
    """
    if not len(times):
        return torch.full((len(moments),), -1)
    gaps = (moments[:, None] - times[None, :]).abs()
    nearest = gaps.argmin(dim=1)
    return torch.where(gaps.amin(dim=1) <= within + SAME_MOMENT, nearest, -1)
