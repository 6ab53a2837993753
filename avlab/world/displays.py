"""Small displays with one question each: does the click come with the flash? Do they pass, or bounce?"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float32, Float64, Shaped
from torch import Tensor

from avlab.clip import Clip
from avlab.clocks import SAME_MOMENT
from avlab.errors import WorldError
from avlab.world.clock import silence, ticks
from avlab.world.drawing import GROUND, PALETTE, Array, Canvas, film
from avlab.world.shapes import circle
from avlab.world.timbres import tone

FLOOR = (90, 94, 110)
WHITE = (255, 255, 255)
FLIGHT = 0.4  # seconds from the floor to the top of a bounce
FLASH = 0.08  # seconds
CLICK = 0.03  # seconds


def clicks(
    at: Sequence[int | float], seconds: int | float, sample_rate: int = 16_000
) -> Float32[Tensor, " samples"]:
    """Silence with a click at each moment of `at`, in seconds: its loudest sample is its first. Chapter 1."""
    audio = silence(seconds, sample_rate)
    for moment in at:
        start = round(moment * sample_rate)
        if 0 <= start < len(audio):
            wave = tone("click", 500, CLICK, sample_rate, gain=0.8)[: len(audio) - start]
            audio[start : start + len(wave)] += wave
    return audio.clamp(-1, 1)


def clap(
    at: Sequence[int | float],
    seconds: int | float,
    fps: int | float = 30,
    offset: int | float = 0.0,
    sample_rate: int = 16_000,
    size: tuple[int, int] = (96, 128),
) -> Clip:
    """A ball that hits the floor with a flash at each moment of `at`, and clicks `offset` seconds later.

    A measurement of the clip's synchrony should find `offset`: negative, the sound is early. The flash
    is on the first frame at or after the moment, as a camera would have it, and lasts 80 ms; the click
    begins at the sample nearest to its moment; a click outside the clip is not heard. `size` is
    (height, width). Raises WorldError unless `at` rises and lies within the clip. Chapter 1.
    """
    times = ticks(seconds, fps)
    hits = torch.tensor(list(at), dtype=torch.float64)
    if not (len(hits) and hits[0] >= 0 and (hits.diff() > 0).all() and hits[-1] < seconds):
        problem = "the moments must rise, and lie within the clip."
        raise WorldError("at", problem, f"Give one or more from 0 to below {seconds} s.")
    radius, floor = 0.11 * size[0], 0.85 * size[0]
    heights = _column(_bounces(times, hits) * (floor - 2.2 * radius))
    since = times - hits[(torch.searchsorted(hits, times + SAME_MOMENT) - 1).clamp(min=0)]
    lit = _column((since >= -SAME_MOMENT) & (since < FLASH - SAME_MOMENT))

    def paint(canvas: Canvas, some: slice) -> None:
        canvas.fill(GROUND)
        flash = lit[some]
        ground = canvas.y - floor + 0 * canvas.x
        canvas.paint(ground, FLOOR)
        canvas.paint(ground, WHITE, 0.5 * flash)
        up = canvas.y - floor + radius + heights[some]
        ball = circle(canvas.x - size[1] / 2, up, radius * (1 + 0.4 * flash))
        canvas.paint(ball, PALETTE["yellow"])
        canvas.paint(ball, WHITE, flash)

    audio = clicks([hit + offset for hit in at], seconds, sample_rate)
    return Clip(film(len(times), size, paint), times, audio, sample_rate)


def crossing(
    sound_at: int | float | None = None,
    seconds: int | float = 2.0,
    fps: int | float = 30,
    sample_rate: int = 16_000,
    size: tuple[int, int] = (96, 192),
) -> Clip:
    """Two equal discs that run towards each other, meet at `seconds` / 2, and run apart: through, or back?

    The picture does not say. With a click when they meet (`sound_at=1.0`) most people see them bounce,
    without one pass through each other (Sekuler, Sekuler and Lau, "Sound alters visual motion
    perception", Nature 1997). Frames and length are the same for every `sound_at`, in seconds; None is
    silence. Raises WorldError where there is no such clip. Chapter 1.
    """
    times = ticks(seconds, fps)
    radius = 0.12 * size[0]
    apart = _column((1 - 2 * times / seconds) * (size[1] / 2 - 2 * radius))

    def paint(canvas: Canvas, some: slice) -> None:
        canvas.fill(GROUND)
        for side in (-1, 1):
            across = canvas.x - size[1] / 2 - side * apart[some]
            canvas.paint(circle(across, canvas.y - size[0] / 2, radius), PALETTE["cyan"])

    audio = clicks([] if sound_at is None else [sound_at], seconds, sample_rate)
    return Clip(film(len(times), size, paint), times, audio, sample_rate)


def _column(values: Shaped[Tensor, " time"]) -> Float32[Array, "time 1 1"]:
    """One number a frame, so that it spreads over the frame's pixels."""
    return values.float().numpy().reshape(-1, 1, 1)


def _bounces(times: Float64[Tensor, " time"], hits: Float64[Tensor, " hits"]) -> Float64[Tensor, " time"]:
    """Height above the floor, 0 to 1: a parabola on either side of each hit, and rest at its top beyond."""
    edges = torch.cat([hits.new_tensor([-math.inf]), hits, hits.new_tensor([math.inf])])
    after = torch.searchsorted(hits, times, right=True)
    before, behind = edges[after], edges[after + 1]
    # Hits that are close leave time for a low bounce only.
    flight = ((behind - before) / 2).clamp(max=FLIGHT)
    away = torch.minimum(times - before, behind - times)
    fall = 1 - (away / flight).clamp(max=1)
    return (flight / FLIGHT) ** 2 * (1 - fall**2)
