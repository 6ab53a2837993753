"""The sounds that bodies make: what tells a beep from a bell at the same pitch. Chapter 1."""

import numpy as np
import torch
from jaxtyping import Float32, Float64
from torch import Tensor

from avlab.errors import WorldError
from avlab.world.clock import check_rate
from avlab.world.drawing import Array

TIMBRES = ("beep", "buzz", "bell", "hiss", "click")
# Partials of a free bar, as in a glockenspiel; each dies sooner than the one below.
BAR = (1.0, 2.756, 5.404, 8.933)


def tone(
    timbre: str,
    pitch: int | float = 440.0,
    seconds: int | float = 0.3,
    sample_rate: int = 16_000,
    gain: int | float = 0.3,
    seed: int = 0,
) -> Float32[Tensor, " samples"]:
    """One sound: "beep" (a pure tone), "buzz" (a saw), "bell", "hiss" (noise) or "click" (a tick of 10 ms).

    `pitch` is in hertz; `gain` is the loudest sample; a hiss takes its noise from `seed`. The very first
    sample is not 0, so the sound begins where it is said to. Raises WorldError for an unknown timbre, and
    for a pitch or a rate that cannot be made. Chapter 1.
    """
    if timbre not in TIMBRES:
        raise WorldError(timbre, "there is no such timbre.", f"There are: {', '.join(TIMBRES)}.")
    check_rate(sample_rate)
    if not 0 < pitch < sample_rate / 2:
        problem = f"{pitch} Hz cannot sound at {sample_rate} samples a second."
        raise WorldError("pitch", problem, f"Choose from above 0 to below {sample_rate // 2}.")
    # Half a sample in, so that no sine starts at 0.
    time = (np.arange(max(1, round(seconds * sample_rate))) + 0.5) / sample_rate
    wave = _waves(timbre, pitch, time, sample_rate, seed)
    attack = np.minimum(time / 0.001, 1) if timbre != "click" else 1
    wave = wave * attack * np.clip((seconds - time) / 0.02, 0, 1)
    return torch.from_numpy((gain * wave / np.abs(wave).max()).astype(np.float32))


# numpy, which stays on one thread: see drawing.
def _waves(
    timbre: str, pitch: int | float, time: Float64[Array, " samples"], sample_rate: int, seed: int
) -> Float64[Array, " samples"]:
    turns = 2 * np.pi * pitch * time
    if timbre == "beep":
        return np.sin(turns) * np.exp(-3 * time)
    if timbre == "buzz":
        # A saw as the sum of its partials below half the sample rate: a plain saw would alias.
        partials = range(1, max(2, int(sample_rate / 2 / pitch)))
        return sum(np.sin(turns * n) / n for n in partials) * np.exp(-3 * time)
    if timbre == "bell":
        audible = [ratio for ratio in BAR if pitch * ratio < sample_rate / 2]
        return sum(np.sin(turns * ratio) * np.exp(-6 * ratio * time) / ratio for ratio in audible)
    if timbre == "hiss":
        noise = np.random.default_rng(seed).standard_normal(len(time) + 1)
        # The difference of neighbours tilts the spectrum upwards; pitch has no meaning for noise.
        return np.diff(noise) * np.exp(-5 * time)
    return np.cos(turns * 4) * np.exp(-time / 0.0025)
