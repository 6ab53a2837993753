"""Anti-aliased drawing: shapes as signed distances, painted over one another on many frames at once.

In numpy, which stays on one thread. Pictures are small: torch spreads each step over its threads, and on a
machine that has other things to do too they wait for each other fifty times as long as they work.
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from avlab.errors import WorldError

Colour = tuple[int, int, int]  # red, green and blue, 0 to 255

LARGEST = 2160  # pixels a side
BUDGET = 2_000_000_000  # bytes of finished frames
BLOCK = 150_000  # pixels at once

# Colours that people with any kind of colour vision can tell apart: Okabe and Ito's, but Paul Tol's red,
# since theirs is nearly orange, and a lighter pink.
PALETTE: dict[str, Colour] = {
    "red": (204, 51, 17),
    "yellow": (240, 228, 66),
    "green": (0, 158, 115),
    "blue": (0, 114, 178),
    "cyan": (86, 180, 233),
    "pink": (245, 150, 180),
}
GROUND: Colour = (22, 24, 34)  # dark, so that a flash is seen


Array = np.ndarray


class Canvas:
    """Frames under the brush, and the coordinates of their pixels.

    `pixels` is float (time, 3, height, width) from 0 to 255. `x` and `y` broadcast to (time, height, width)
    in whatever unit the painter likes; `scale` says how many pixels a unit has. Chapter 1.
    """

    def __init__(
        self,
        pixels: Float[Array, "time 3 h w"],
        x: Float[Array, "#time #h w"],
        y: Float[Array, "#time h #w"],
        scale: float,
    ):
        self.pixels, self.x, self.y, self.scale = pixels, x, y, scale

    def fill(self, colour: Colour) -> None:
        """One colour everywhere."""
        self.pixels[:] = _ink(colour)

    def window(self, rows: slice, columns: slice) -> "Canvas":
        """A part of the canvas, to paint on faster what lies within it."""
        x, y = (_cut(axis, rows, columns) for axis in (self.x, self.y))
        return Canvas(self.pixels[:, :, rows, columns], x, y, self.scale)

    def paint(
        self,
        distance: Float[Array, "#time h w"],
        colour: Colour,
        strength: int | float | Float[Array, "#time #h #w"] = 1.0,
    ) -> None:
        """Lay a colour over what is there, wherever `distance` to the shape's edge is positive.

        The edge is as wide as a pixel, whatever the scale. `strength` below 1 lets the ground shine through.
        """
        cover = np.clip(distance * self.scale + 0.5, 0, 1) * strength
        self.pixels += (_ink(colour) - self.pixels) * cover[:, None]


def _cut(axis: Float[Array, "..."], rows: slice, columns: slice) -> Float[Array, "..."]:
    # A coordinate that is the same for all rows has one row only.
    axis = axis[:, rows] if axis.shape[1] > 1 else axis
    return axis[:, :, columns] if axis.shape[2] > 1 else axis


def _ink(colour: Colour) -> Float[Array, "1 3 1 1"]:
    return np.array(colour, np.float32).reshape(1, 3, 1, 1)


def film(
    count: int, size: tuple[int, int], paint: Callable[[Canvas, slice], None]
) -> UInt8[Tensor, "time h w 3"]:
    """Paint `count` frames of `size` (height, width), a few at a time: uint8, as a `Clip` wants them.

    `paint(canvas, some)` paints the frames of the slice `some`; its canvas is black and measured in
    pixels. Raises WorldError where they would not fit in memory. Chapter 1.
    """
    height, width = size
    if not (1 <= height <= LARGEST and 1 <= width <= LARGEST and 3 * count * height * width <= BUDGET):
        problem = f"{count} frames of {width}×{height} pixels cannot be drawn."
        limits = f"{LARGEST} pixels a side and {BUDGET / 1e9:.0f} GB in all are the most."
        raise WorldError("size", problem, f"Take fewer or smaller frames: {limits}")
    frames = np.empty((count, height, width, 3), np.uint8)
    step = max(1, BLOCK // (height * width))
    for start in range(0, count, step):
        some = slice(start, min(start + step, count))
        pixels = np.zeros((some.stop - start, 3, height, width), np.float32)
        paint(Canvas(pixels, *grid(height, width), scale=1.0), some)
        frames[some] = np.moveaxis(pixels + 0.5, 1, -1)
    return torch.from_numpy(frames)


def grid(height: int, width: int) -> tuple[Float[Array, "1 1 w"], Float[Array, "1 h 1"]]:
    """The x and the y of every pixel's centre, in pixels from the upper left corner. Chapter 1."""
    across, along = (np.arange(side, dtype=np.float32) + 0.5 for side in (width, height))
    return across.reshape(1, 1, -1), along.reshape(1, -1, 1)


def ellipse(
    x: Float[Array, "..."], y: Float[Array, "..."], a: int | float | Array, b: int | float | Array
) -> Float[Array, "..."]:
    """How far each point lies within an ellipse of half-axes `a` and `b`; outside is negative.

    Exact on the edge and to first order beside it (Inigo Quilez, "Ellipsoid – SDF"). Chapter 1.
    """
    ratio = np.sqrt((x / a) ** 2 + (y / b) ** 2)
    slope = np.sqrt((x / a**2) ** 2 + (y / b**2) ** 2)
    return ratio * (1 - ratio) / np.maximum(slope, 1e-6)
