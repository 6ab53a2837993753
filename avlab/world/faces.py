"""A drawn face whose mouth follows the phonemes. Chapter 1."""

import math
import random

import numpy as np
from jaxtyping import Float32, Float64

from avlab.clip import Clip
from avlab.errors import WorldError
from avlab.world.clock import ticks
from avlab.world.drawing import Array, Canvas, Colour, ellipse, film, grid
from avlab.world.looks import Look, look
from avlab.world.speech import Speech
from avlab.world.visemes import mouth

SMALLEST = 24  # pixels: below, the mouth is a dot
INK: Colour = (44, 30, 34)
CAVITY: Colour = (84, 24, 32)
TEETH: Colour = (250, 248, 240)
TONGUE: Colour = (206, 96, 104)


def talking_face(speech: Speech, size: int = 96, fps: int | float = 25, seed: int = 0) -> Clip:
    """A person who says `speech`: `size` by `size` pixels, `fps` frames a second, with the speech's sound.

    Each frame shows the mouth as it is at the frame's own time, as `mouth_opening` gives it; frames
    go on to the sound's end. `seed` chooses the face, how it sways and when it blinks: its own chance,
    independent of what is said. Raises WorldError for sizes and rates that cannot be drawn. Chapter 1.
    """
    if size < SMALLEST:
        raise WorldError("size", f"a face cannot be read at {size} pixels.", f"Choose {SMALLEST} or more.")
    times = ticks(speech.duration, fps)
    person = look(seed)
    lips, lids = mouth(speech, times).numpy(), _lids(times.numpy(), seed)

    def paint(canvas: Canvas, some: slice) -> None:
        x, y = _sway(times[some].numpy(), seed, size)
        _paint(Canvas(canvas.pixels, x, y, scale=size / 2), person, lips[some], lids[some])

    return Clip(film(len(times), (size, size), paint), times, speech.audio, speech.sample_rate)


def _lids(times: Float64[Array, " time"], seed: int) -> Float32[Array, "time 1 1"]:
    """How far the eyes are open: 0 in the middle of a blink, which takes about 0.15 s, and 1 between."""
    draw = random.Random(f"blinks {seed}")
    moments = [draw.uniform(0.6, 2.5)]
    while moments[-1] < times[-1]:
        # In conversation people blink 26 times a minute (Bentivoglio and others 1997).
        moments.append(moments[-1] + draw.uniform(1.2, 3.4))
    shut = np.exp(-(((times[:, None] - np.array(moments)) / 0.06) ** 2)).max(1)
    return (1 - shut).astype(np.float32).reshape(-1, 1, 1)


def _paint(
    canvas: Canvas, person: Look, lips: Float32[Array, "time 5"], lids: Float32[Array, "time 1 1"]
) -> None:
    shape = [lips[:, part].reshape(-1, 1, 1) for part in range(5)]
    _paint_body(canvas, person)
    _paint_head(canvas, person, opening=shape[0])
    for side in (-1, 1):
        _paint_eye(_around(canvas, 0.22 * side, -0.15, 0.22, 0.25), person, side, lids)
    _paint_nose(_around(canvas, 0.0, 0.17, 0.65, 0.35), person)
    _paint_mouth(_around(canvas, 0.0, 0.45, 0.45, 0.35), person, *shape)


def _around(canvas: Canvas, x: float, y: float, across: float, along: float) -> Canvas:
    """The part of the canvas where something around (x, y) is, wherever the head has swayed."""
    size = canvas.pixels.shape[-1]
    edges = [(y - along, y + along), (x - across, x + across)]
    rows, columns = (
        slice(max(0, int((low + 1) / 2 * size)), math.ceil((high + 1) / 2 * size)) for low, high in edges
    )
    return canvas.window(rows, columns)


def _sway(
    times: Float64[Array, " time"], seed: int, size: int
) -> tuple[Float32[Array, "time size size"], Float32[Array, "time size size"]]:
    """Where each pixel lies on the head, which moves and tilts a little: from -1 to 1 across the picture."""
    draw = random.Random(f"sway {seed}")
    drift = [
        amount * np.sin(times * draw.uniform(0.8, 2.2) + draw.uniform(0, 2 * math.pi))
        for amount in (0.025, 0.02, 0.035)
    ]
    right, down, tilt = (part.astype(np.float32).reshape(-1, 1, 1) for part in drift)
    across, along = (2 * axis / size - 1 for axis in grid(size, size))
    x, y = across - right, along - down - 0.6  # the head turns about the neck
    return x * np.cos(tilt) + y * np.sin(tilt), y * np.cos(tilt) - x * np.sin(tilt) + 0.6


def _paint_body(canvas: Canvas, person: Look) -> None:
    x, y = canvas.x, canvas.y
    canvas.fill(person.ground)
    half = 0.57 * person.face_width + 0.04
    mane = np.where(y > -0.1, half - np.abs(x), ellipse(x, y + 0.1, half, 0.64))
    canvas.paint(np.minimum(mane, 0.9 * person.hair_length - 0.05 - y), person.hair)
    canvas.paint(ellipse(x, y - 1.25, 0.86, 0.5), person.shirt)
    canvas.paint(np.minimum(0.2 - np.abs(x), 0.27 - np.abs(y - 0.57)), person.shade)


def _paint_head(canvas: Canvas, person: Look, opening: Array) -> None:
    x, y, width = canvas.x, canvas.y, 0.54 * person.face_width
    for side in (-1, 1):
        canvas.paint(ellipse(x - side * width, y, 0.08, 0.12), person.shade)
    # The chin goes down with the jaw.
    height = np.where(y > 0, 0.68 * person.jaw + 0.07 * opening, 0.66)
    canvas.paint(ellipse(x, y, width, height), person.skin)
    hairline = -0.4 + person.fringe + person.parting * x + 0.8 * x**2
    scalp = ellipse(x, y + 0.1, width + 0.04, 0.64)
    canvas.paint(np.minimum(scalp, hairline - y), person.hair)


def _paint_eye(canvas: Canvas, person: Look, side: int, open_lid: Array) -> None:
    x, y = canvas.x - side * 0.22 * person.eye_distance, canvas.y + 0.07
    a, b = 0.115 * person.eye_size, 0.073 * person.eye_size * open_lid + 0.002
    canvas.paint(ellipse(x, y + 0.014, a + 0.012, b + 0.02), INK)
    white = ellipse(x, y, a, b)
    canvas.paint(white, (252, 252, 252))
    canvas.paint(np.minimum(white, ellipse(x, y, 0.06, 0.06)), person.iris)
    canvas.paint(np.minimum(white, ellipse(x, y, 0.03, 0.03)), (16, 14, 16))
    canvas.paint(np.minimum(white, ellipse(x - 0.022, y + 0.024, 0.016, 0.016)), (255, 255, 255))
    arch = y + 0.2 - 1.2 * (x - side * 0.02) ** 2
    canvas.paint(ellipse(x, arch, 0.13, 0.022 * person.brow), person.hair)


def _paint_nose(canvas: Canvas, person: Look) -> None:
    x, y = canvas.x, canvas.y
    for side in (-1, 1):
        blush = np.exp(-(((x - side * 0.33) / 0.1) ** 2) - ((y - 0.2) / 0.08) ** 2)
        canvas.paint(np.ones_like(x), (226, 110, 100), 0.22 * blush)
    canvas.paint(ellipse(x, y - 0.155, 0.075, 0.045), person.shade)
    canvas.paint(ellipse(x, y - 0.13, 0.07, 0.045), person.skin)


def _paint_mouth(
    canvas: Canvas,
    person: Look,
    opening: Array,
    width: Array,
    rounding: Array,
    teeth: Array,
    tongue: Array,
) -> None:
    half = person.mouth_width * (0.12 + 0.13 * width - 0.035 * rounding)
    x, y = canvas.x, canvas.y - 0.37 - 0.03 * opening
    y = y + person.smile * np.clip(x / half, -1.2, 1.2) ** 2
    inside, outside = _arch(x, half, 0.75 - 0.2 * rounding), _arch(x, half + 0.025, 0.6)
    roof, floor = -0.1 * opening * inside, 0.19 * opening * inside
    bow = 1 - 0.3 * np.exp(-((x / 0.035) ** 2))
    full = person.lips * (1 + 0.5 * rounding) * outside
    lips = np.minimum(y - roof + 0.05 * full * bow, floor + 0.065 * full - y)
    canvas.paint(np.minimum(lips, half + 0.025 - np.abs(x)), person.lip)
    # Where the lips meet there is a thin dark line; the cavity opens from it.
    hole = np.minimum(np.minimum(y - roof + 0.004, floor + 0.004 - y), half - np.abs(x))
    canvas.paint(hole, CAVITY)
    canvas.paint(np.minimum(hole, y - floor + 0.02 + 0.1 * tongue), TONGUE, np.minimum(0.5 + tongue, 1))
    canvas.paint(np.minimum(hole, roof + 0.085 * teeth - y), TEETH, np.minimum(4 * opening, 1))


def _arch(x: Array, half: Array, power: float | Array) -> Array:
    """1 in the middle of a mouth that is 2 `half` wide, 0 at its corners and beyond."""
    return np.maximum(1 - (x / half) ** 2, 0) ** power
