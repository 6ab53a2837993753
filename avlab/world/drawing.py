"""Anti-aliased drawing: shapes as signed distances, painted over one another on many frames at once."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from avlab.errors import WorldError

Colour = tuple[int, int, int]  # red, green and blue, 0 to 255

LARGEST = 2160  # pixels a side
BUDGET = 2_000_000_000  # bytes of finished frames
BLOCK = 30_000  # pixels at once: torch splits longer work among threads, which costs more than it gains here

# Colours that people with any kind of colour vision can tell apart: Okabe and Ito's, but Paul Tol's red,
# since theirs is nearly orange.
PALETTE: dict[str, Colour] = {
    "red": (204, 51, 17),
    "yellow": (240, 228, 66),
    "green": (0, 158, 115),
    "blue": (0, 114, 178),
    "cyan": (86, 180, 233),
    "pink": (204, 121, 167),
}


class Canvas:
    """Frames under the brush, and the coordinates of their pixels.

    `pixels` is float (time, 3, height, width) from 0 to 255. `x` and `y` broadcast to (time, height, width)
    in whatever unit the painter likes; `scale` says how many pixels a unit has. Chapter 1.
    """

    def __init__(
        self,
        pixels: Float[Tensor, "time 3 h w"],
        x: Float[Tensor, "#time #h w"],
        y: Float[Tensor, "#time h #w"],
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
        distance: Float[Tensor, "#time h w"],
        colour: Colour,
        strength: int | float | Float[Tensor, "#time 1 1"] = 1.0,
    ) -> None:
        """Lay a colour over what is there, wherever `distance` to the shape's edge is positive.

        The edge is as wide as a pixel, whatever the scale. `strength` below 1 lets the ground shine through.
        """
        cover = (distance * self.scale + 0.5).clamp(0, 1) * strength
        self.pixels.lerp_(_ink(colour), cover[:, None])


def _cut(axis: Float[Tensor, "..."], rows: slice, columns: slice) -> Float[Tensor, "..."]:
    # A coordinate that is the same for all rows has one row only.
    axis = axis[:, rows] if axis.shape[1] > 1 else axis
    return axis[:, :, columns] if axis.shape[2] > 1 else axis


def _ink(colour: Colour) -> Float[Tensor, "1 3 1 1"]:
    return torch.tensor(colour, dtype=torch.float32).view(1, 3, 1, 1)


def film(
    count: int, size: tuple[int, int], paint: Callable[[Canvas, Int64[Tensor, " some"]], None]
) -> UInt8[Tensor, "time h w 3"]:
    """Paint `count` frames of `size` (height, width), a few at a time: uint8, as a `Clip` wants them.

    `paint(canvas, some)` paints the frames whose numbers are in `some`; its canvas is black and measured
    in pixels. Raises WorldError where they would not fit in memory. Chapter 1.
    """
    height, width = size
    if not (1 <= height <= LARGEST and 1 <= width <= LARGEST and 3 * count * height * width <= BUDGET):
        problem = f"{count} frames of {width}×{height} pixels cannot be drawn."
        limits = f"{LARGEST} pixels a side and {BUDGET / 1e9:.0f} GB in all are the most."
        raise WorldError("size", problem, f"Take fewer or smaller frames: {limits}")
    blocks = []
    for some in torch.arange(count).split(max(1, BLOCK // (height * width))):
        canvas = Canvas(torch.zeros(len(some), 3, height, width), *grid(height, width), scale=1.0)
        paint(canvas, some)
        blocks.append((canvas.pixels + 0.5).to(torch.uint8).permute(0, 2, 3, 1))
    return torch.cat(blocks).contiguous()


def grid(height: int, width: int) -> tuple[Float[Tensor, "1 1 w"], Float[Tensor, "1 h 1"]]:
    """The x and the y of every pixel's centre, in pixels from the upper left corner. Chapter 1."""
    return (torch.arange(width) + 0.5).view(1, 1, -1), (torch.arange(height) + 0.5).view(1, -1, 1)


def ellipse(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], a: int | float | Tensor, b: int | float | Tensor
) -> Float[Tensor, "..."]:
    """How far each point lies within an ellipse of half-axes `a` and `b`; outside is negative.

    Exact on the edge and to first order beside it (Inigo Quilez, "Ellipsoid – SDF"). Chapter 1.
    """
    # Not torch.hypot, which takes six times as long.
    ratio = ((x / a) ** 2 + (y / b) ** 2).sqrt()
    slope = ((x / a**2) ** 2 + (y / b**2) ** 2).sqrt().clamp(min=1e-6)
    return ratio * (1 - ratio) / slope
