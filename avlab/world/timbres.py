"""The sounds that bodies make: what tells a beep from a bell at the same pitch. Chapter 1."""

import torch
from jaxtyping import Float32
from torch import Tensor

from avlab.errors import WorldError

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
    sample is not 0, so the sound begins where it is said to. Raises WorldError for an unknown timbre.
    Chapter 1.
    """
    if timbre not in TIMBRES:
        raise WorldError(timbre, "there is no such timbre.", f"There are: {', '.join(TIMBRES)}.")
    # Half a sample in, so that no sine starts at 0.
    time = (torch.arange(max(1, round(seconds * sample_rate)), dtype=torch.float64) + 0.5) / sample_rate
    wave = _waves(timbre, pitch, time, sample_rate, seed)
    attack, release = (0.0 if timbre == "click" else 0.001), 0.02
    wave = wave * (time / max(attack, 1e-9)).clamp(max=1) * ((seconds - time) / release).clamp(0, 1)
    return (gain * wave / wave.abs().max().clamp(min=1e-9)).float()


def _waves(timbre: str, pitch: int | float, time: Tensor, sample_rate: int, seed: int) -> Tensor:
    turns = 2 * torch.pi * pitch * time
    if timbre == "beep":
        return turns.sin() * torch.exp(-3 * time)
    if timbre == "buzz":
        # A saw as the sum of its partials below half the sample rate: a plain saw would alias.
        partials = range(1, max(2, int(sample_rate / 2 / pitch)))
        return sum((turns * n).sin() / n for n in partials) * torch.exp(-3 * time)
    if timbre == "bell":
        audible = [ratio for ratio in BAR if pitch * ratio < sample_rate / 2]
        return sum((turns * ratio).sin() * torch.exp(-6 * ratio * time) / ratio for ratio in audible)
    if timbre == "hiss":
        noise = torch.randn(len(time), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        # The difference of neighbours tilts the spectrum upwards; pitch has no meaning for noise.
        return noise.diff(prepend=noise.new_ones(1)) * torch.exp(-5 * time)
    return (turns * 4).cos() * torch.exp(-time / 0.0025)
