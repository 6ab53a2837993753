"""A first scene: coloured shapes that move, flash and sound, and the list of what happened when."""

import math
import random
from dataclasses import dataclass
from itertools import combinations

import torch
from jaxtyping import Float32, Float64, UInt8
from torch import Tensor

from avlab.clip import Clip
from avlab.clocks import SAME_MOMENT
from avlab.errors import WorldError
from avlab.span import Span
from avlab.world.clock import silence, ticks
from avlab.world.drawing import GROUND, PALETTE, Array, Canvas, film
from avlab.world.shapes import SHAPES
from avlab.world.timbres import tone

# A shape is told by its sound.
TIMBRE_OF = {"circle": "beep", "square": "buzz", "triangle": "bell", "star": "hiss"}
SCALE = (262, 294, 330, 392, 440, 523, 587, 659)  # hertz: a pentatonic scale, in which nothing clashes
SOUND, FLASH = 0.35, 0.12  # seconds
PLAY = 0.2  # seconds by which something may come later than its turn
TRIALS = 24
OFF_SCREEN = "off-screen"


@dataclass(frozen=True, eq=False)
class Body:
    """A coloured shape, where it is on each frame, and the sound that it makes.

    `positions` holds the x and y of its centre in pixels from the upper left corner, one row for each
    frame; `radius` is in pixels, `pitch` in hertz. Chapter 1.
    """

    colour: str
    shape: str
    timbre: str
    pitch: float
    radius: float
    positions: Float32[Tensor, "frames 2"]

    @property
    def name(self) -> str:
        """What events call it: "red circle"."""
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True, eq=False, repr=False)
class Scene:
    """A clip together with the truth about it.

    Every event is a span: `track` names who ("red circle", or "off-screen"), `label` what: "flash", or the
    timbre of a sound. A flash starts at the time of the first frame that shows it and ends at that
    of the first that no longer does; a sound starts at its first sample and ends after its last. Chapter 1.
    """

    clip: Clip
    events: list[Span]
    bodies: list[Body]

    def __repr__(self) -> str:
        names = ", ".join(body.name for body in self.bodies)
        return f"Scene({names}; {len(self.events)} events; {self.clip!r})"


def scene(
    seed: int = 0,
    seconds: int | float = 4.0,
    fps: int | float = 30,
    size: tuple[int, int] = (144, 192),
    sample_rate: int = 16_000,
) -> Scene:
    """Two or three shapes on smooth paths that flash and sound, and now and then a sound from outside.

    `size` is (height, width). A body's flash and its sound begin together, the sound at the sample
    nearest to the frame's time; some flashes are silent, some sounds come without a flash. No two
    sounds overlap. The same arguments give the same scene. Raises WorldError where nothing of that
    length, rate or size can be made. Chapter 1.
    """
    times = ticks(seconds, fps)
    # One thing at a time: a turn has room for a sound, however late it begins and wherever the next frame is.
    turn = PLAY + 1 / fps + SOUND
    if seconds < turn:
        raise WorldError("seconds", f"{seconds} s are too short for a scene.", f"Take {turn:.2f} or more.")
    draw, audio = random.Random(seed), silence(seconds, sample_rate)
    bodies = _bodies(draw, times, size)
    events: list[Span] = []
    for number in range(int(seconds / turn)):
        start = number * seconds / int(seconds / turn) + draw.uniform(0, PLAY)
        who, flashes, sounds = _cast(draw, bodies, certain=number == 0)
        if flashes:
            events.append(_flash(who, times, start, seconds))
            start = events[-1].start
        if sounds:
            events.append(_sound(draw, who, bodies, audio, start, sample_rate))
    return Scene(Clip(_draw(times, bodies, events, size), times, audio, sample_rate), events, bodies)


def _bodies(draw: random.Random, times: Float64[Tensor, " frames"], size: tuple[int, int]) -> list[Body]:
    count = draw.choice((2, 3))
    colours, shapes = draw.sample(list(PALETTE), count), draw.sample(list(SHAPES), count)
    pitches = [float(pitch) for pitch in draw.choices(SCALE, k=count)]
    radii = [0.12 * min(size) * draw.uniform(0.9, 1.15) for _ in range(count)]
    # Of several sets of paths the one on which bodies hide each other least.
    trials = [[_path(draw, times, size, 1.7 * radius) for radius in radii] for _ in range(TRIALS)]
    paths = max(trials, key=_apart)
    return [
        Body(colour, shape, TIMBRE_OF[shape], pitch, radius, path)
        for colour, shape, pitch, radius, path in zip(colours, shapes, pitches, radii, paths, strict=True)
    ]


def _apart(paths: list[Float32[Tensor, "frames 2"]]) -> float:
    """The shortest distance between any two of the paths at the same time."""
    return min((a - b).norm(dim=1).min().item() for a, b in combinations(paths, 2))


def _path(
    draw: random.Random, times: Float64[Tensor, " frames"], size: tuple[int, int], margin: float
) -> Float32[Tensor, "frames 2"]:
    return torch.stack([_swing(draw, times, side, margin) for side in reversed(size)], 1).float()


def _swing(
    draw: random.Random, times: Float64[Tensor, " frames"], side: int, margin: float
) -> Float64[Tensor, " frames"]:
    """Back and forth between the edges, more or less far, without ever leaving the picture."""
    room = side / 2 - margin
    reach = draw.uniform(0.5, 1.0) * room
    middle = side / 2 + draw.uniform(-1, 1) * (room - reach)
    turns = draw.uniform(0.12, 0.28) * times + draw.random()
    return middle + reach * torch.sin(2 * math.pi * turns)


def _cast(draw: random.Random, bodies: list[Body], certain: bool) -> tuple[Body | None, bool, bool]:
    """Who acts (None is somebody off-screen), and whether it flashes and sounds; sometimes neither."""
    chance = 0.0 if certain else draw.random()
    flashes, sounds = chance < 0.6, chance < 0.5 or 0.6 <= chance < 0.85
    unseen = 0.7 <= chance < 0.85
    return None if unseen else draw.choice(bodies), flashes, sounds


def _flash(who: Body, times: Float64[Tensor, " frames"], moment: float, seconds: int | float) -> Span:
    """A flash on the first frame from `moment` on, and on those that follow within its length."""
    first = min(int(torch.searchsorted(times, moment - SAME_MOMENT)), len(times) - 1)
    start = times[first].item()
    last = int(torch.searchsorted(times, start + FLASH - SAME_MOMENT))
    return Span(start, times[last].item() if last < len(times) else seconds, "flash", who.name)


def _sound(
    draw: random.Random,
    who: Body | None,
    bodies: list[Body],
    audio: Float32[Tensor, " samples"],
    moment: float,
    sample_rate: int,
) -> Span:
    """Add a sound to `audio`, and say when it is heard."""
    if who is None:
        unseen = [timbre for timbre in TIMBRE_OF.values() if timbre not in {body.timbre for body in bodies}]
        timbre, pitch = draw.choice(unseen), float(draw.choice(SCALE))
    else:
        timbre, pitch = who.timbre, who.pitch
    start = round(moment * sample_rate)
    gain, noise = draw.uniform(0.15, 0.5), draw.randrange(2**31)
    wave = tone(timbre, pitch, SOUND, sample_rate, gain, noise)[: len(audio) - start]
    audio[start : start + len(wave)] += wave
    end = (start + len(wave)) / sample_rate
    return Span(start / sample_rate, end, timbre, who.name if who else OFF_SCREEN)


def _draw(
    times: Float64[Tensor, " frames"], bodies: list[Body], events: list[Span], size: tuple[int, int]
) -> UInt8[Tensor, "frames h w 3"]:
    lit = [_lit(times, body, events) for body in bodies]

    def paint(canvas: Canvas, some: slice) -> None:
        canvas.fill(GROUND)
        for body, flash in zip(bodies, lit, strict=True):
            _paint_body(canvas, body, body.positions[some].numpy(), flash[some].numpy())

    return film(len(times), size, paint)


def _paint_body(
    canvas: Canvas, body: Body, places: Float32[Array, "some 2"], flash: Float32[Array, " some"]
) -> None:
    reach = 1.7 * body.radius
    (left, top), (right, bottom) = (places.min(0) - reach).tolist(), (places.max(0) + reach).tolist()
    rows = slice(max(0, int(top)), math.ceil(bottom))
    columns = slice(max(0, int(left)), math.ceil(right))
    near = canvas.window(rows, columns)
    x, y, glow = (part.reshape(-1, 1, 1) for part in (*places.T, flash))
    shape = SHAPES[body.shape](near.x - x, near.y - y, body.radius * (1 + 0.2 * glow))
    near.paint(shape, PALETTE[body.colour])
    near.paint(shape, (255, 255, 255), 0.75 * glow)


def _lit(times: Float64[Tensor, " frames"], body: Body, events: list[Span]) -> Float32[Tensor, " frames"]:
    """1 on the frames on which the body flashes, 0 on the others."""
    flashes = [event for event in events if event.label == "flash" and event.track == body.name]
    lit = [(times >= flash.start) & (times < flash.end) for flash in flashes]
    return torch.stack(lit).any(0).float() if lit else torch.zeros(len(times))
