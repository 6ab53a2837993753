"""The clocks of what is made here: when each frame is drawn, how many samples there are. Chapter 1."""

import math

import torch
from jaxtyping import Float32, Float64
from torch import Tensor

from avlab.clocks import SAME_MOMENT
from avlab.errors import WorldError

SAMPLE_RATES = (8_000, 96_000)  # hertz
LONGEST = 7_200  # seconds


def ticks(seconds: int | float, fps: int | float) -> Float64[Tensor, " frames"]:
    """The times of the frames that begin within `seconds`, at `fps` frames a second: k / fps.

    Raises WorldError where there is no such clock. Chapter 1.
    """
    if not (math.isfinite(fps) and 0 < fps <= 1000):
        raise WorldError("fps", f"{fps} frames a second cannot be drawn.", "Choose from above 0 to 1000.")
    _check_seconds(seconds)
    return torch.arange(math.ceil((seconds - SAME_MOMENT) * fps), dtype=torch.float64) / fps


def silence(seconds: int | float, sample_rate: int) -> Float32[Tensor, " samples"]:
    """Zeros for `seconds` of sound. Raises WorldError for a rate or a length that no sound has. Chapter 1."""
    _check_seconds(seconds)
    check_rate(sample_rate)
    return torch.zeros(round(seconds * sample_rate))


def check_rate(sample_rate: int) -> None:
    """Refuse a sample rate that no recording here has. Raises WorldError. Chapter 1."""
    least, most = SAMPLE_RATES
    if not least <= sample_rate <= most:
        problem = f"{sample_rate} is out of range."
        raise WorldError("sample_rate", problem, f"Choose from {least} to {most} hertz.")


def _check_seconds(seconds: int | float) -> None:
    if not (math.isfinite(seconds) and 0 < seconds <= LONGEST):
        problem = f"a clip cannot last {seconds} s."
        raise WorldError("seconds", problem, f"Choose from above 0 to {LONGEST}.")
