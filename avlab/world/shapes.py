"""Shapes of the bodies in a scene, as signed distances. Chapter 1."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from avlab.world.drawing import Array

# Each shape covers about as much as a circle of the same radius.
SQUARE, TRIANGLE, STAR = 0.89, 0.72, 1.3
NOTCH = 0.5  # between two tips of a star, in tips


def circle(
    x: Float[Array, "..."], y: Float[Array, "..."], radius: int | float | Array
) -> Float[Array, "..."]:
    """How far each point lies within a circle around the origin; outside is negative."""
    return radius - np.sqrt(x**2 + y**2)


def square(
    x: Float[Array, "..."], y: Float[Array, "..."], radius: int | float | Array
) -> Float[Array, "..."]:
    """How far each point lies within an upright square around the origin; outside is negative."""
    return SQUARE * radius - np.maximum(np.abs(x), np.abs(y))


def triangle(
    x: Float[Array, "..."], y: Float[Array, "..."], radius: int | float | Array
) -> Float[Array, "..."]:
    """How far each point lies within a triangle that stands on its base; outside is negative."""
    slope = math.sqrt(0.75) * np.abs(x) - 0.5 * y
    return TRIANGLE * radius - np.maximum(slope, y)


def star(x: Float[Array, "..."], y: Float[Array, "..."], radius: int | float | Array) -> Float[Array, "..."]:
    """How far each point lies within a star of five points; outside is negative.

    Mirrored at its axes, every edge falls onto the one beside the upper tip (Inigo Quilez, "Star 5 – SDF").
    """
    tenth = math.pi / 5
    x, y = np.abs(x), -y
    for normal in ((math.cos(tenth), -math.sin(tenth)), (-math.cos(tenth), -math.sin(tenth))):
        beyond = 2 * np.maximum(x * normal[0] + y * normal[1], 0)
        x, y = x - beyond * normal[0], y - beyond * normal[1]
    x = np.abs(x)
    # The edge runs from the tip down to the notch, a tenth of a turn on; its normal points outwards.
    edge_x, edge_y = NOTCH * math.sin(tenth), NOTCH * math.cos(tenth) - 1
    size = math.hypot(edge_x, edge_y)
    out_x, out_y = -edge_y / size, edge_x / size
    return STAR * radius * out_y - (x * out_x + y * out_y)


SHAPES: dict[str, Callable[..., Array]] = {
    "circle": circle,
    "square": square,
    "triangle": triangle,
    "star": star,
}
