"""Shapes of the bodies in a scene, as signed distances. Chapter 1."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

# Each shape covers about as much as a circle of the same radius.
SQUARE, TRIANGLE, STAR = 0.89, 0.72, 1.3


def circle(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], radius: int | float | Tensor
) -> Float[Tensor, "..."]:
    """How far each point lies within a circle around the origin; outside is negative."""
    return radius - (x**2 + y**2).sqrt()


def square(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], radius: int | float | Tensor
) -> Float[Tensor, "..."]:
    """How far each point lies within an upright square around the origin; outside is negative."""
    return SQUARE * radius - torch.maximum(x.abs(), y.abs())


def triangle(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], radius: int | float | Tensor
) -> Float[Tensor, "..."]:
    """How far each point lies within a triangle that stands on its base; outside is negative."""
    slope = math.sqrt(0.75) * x.abs() - 0.5 * y
    return TRIANGLE * radius - torch.maximum(slope, y)


def star(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], radius: int | float | Tensor
) -> Float[Tensor, "..."]:
    """How far each point lies within a star of five points; outside is negative.

    By symmetry one edge is enough: angles are folded onto a tenth of the turn, between a point and a notch.
    """
    tenth = math.pi / 5
    angle = torch.atan2(x, -y)
    folded = (torch.remainder(angle + tenth, 2 * tenth) - tenth).abs()
    length = (x**2 + y**2).sqrt()
    tip, notch = STAR, 0.5 * STAR
    # The edge runs from the tip, straight up, to the notch, a tenth of a turn on; its normal points outwards.
    edge_x, edge_y = notch * math.sin(tenth), notch * math.cos(tenth) - tip
    size = math.hypot(edge_x, edge_y)
    out_x, out_y = -edge_y / size, edge_x / size
    reach = length * (folded.sin() * out_x + folded.cos() * out_y)
    return tip * out_y * radius - reach


SHAPES: dict[str, Callable[..., Tensor]] = {
    "circle": circle,
    "square": square,
    "triangle": triangle,
    "star": star,
}
