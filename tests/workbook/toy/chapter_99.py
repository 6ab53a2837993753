"""A chapter for the workbook's own tests: four small exercises of different kinds."""

import math

import torch
from torch import Tensor

from avlab.workbook.exercise import Exercise, Misconception

MILLISECONDS = 1000


def positions(samples: int, length: int, hop: int) -> Tensor:
    """Where each frame begins: every `hop` samples, as long as a whole frame fits."""
    if hop <= 0:
        raise ValueError("hop must be positive")
    # The last one must end inside the sound.
    return (
        torch.arange(0, samples - length + 1, hop) if samples >= length else torch.zeros(0, dtype=torch.int64)
    )


def step_is_length(samples, length, hop):
    if hop <= 0:
        raise ValueError
    return torch.arange(0, max(samples - length + 1, 0), length)


def last_frame_hangs_over(samples, length, hop):
    if hop <= 0:
        raise ValueError
    return torch.arange(0, samples, hop)


def in_floats(samples, length, hop):
    return positions(samples, length, hop).float()


def position_cases(random):
    yield 16, 4, 2
    yield 3, 4, 2
    yield 4, 4, 4
    yield 9, 3, 0
    for _ in range(8):
        length = int(random.integers(2, 40))
        yield int(random.integers(100, 900)), length, int(random.integers(1, length))


def root_mean_square(sound: Tensor) -> Tensor:
    """How loud a sound is on average: the root of the mean of the squares."""
    return (sound**2).mean().sqrt()


def without_root(sound):
    return (sound**2).mean()


def mean_of_sizes(sound):
    return sound.abs().mean()


def squares_in_place(sound):
    return sound.pow_(2).mean().sqrt()


def sounds(random):
    yield (torch.tensor([3.0, -3.0]),)
    yield (torch.zeros(5),)
    for length in random.integers(1, 300, 6):
        yield (torch.from_numpy(random.standard_normal(length)),)


def cut(start, end, sample_rate):
    """The samples from `start` to `end` seconds."""
    first = math.floor(start * sample_rate + 0.5)
    return slice(first, math.floor(end * sample_rate + 0.5))


def cut_cases(random):
    for _ in range(6):
        start, length = random.uniform(0, 9, 2)
        yield float(start), float(start + length), 16000


def milliseconds():
    """How many milliseconds two seconds and a half are."""
    seconds = 2.5
    return seconds * MILLISECONDS


EXERCISES = [
    Exercise(
        id="99.positions",
        title="Where frames begin",
        difficulty=2,
        minutes=10,
        hint="The step from frame to frame is `hop`.",
        reference=positions,
        cases=position_cases,
        passed="Twelve sounds, among them one shorter than a frame.",
        mistakes=[
            Misconception(
                step_is_length, "It looks as if the step is the frame's length. The step is `hop`."
            ),
            Misconception(last_frame_hangs_over, "Your last frames reach beyond the sound's end."),
            Misconception(in_floats, "A position is a count: a whole number."),
        ],
    ),
    Exercise(
        id="99.loudness",
        title="How loud",
        difficulty=1,
        minutes=5,
        hint="Read the name backwards.",
        reference=root_mean_square,
        cases=sounds,
        passed="Eight sounds, silence among them.",
        mistakes=[
            Misconception(without_root, "This is the power. Its root is missing."),
            Misconception(mean_of_sizes, "This is the mean size. Square first."),
            Misconception(squares_in_place, "You square the caller's sound."),
        ],
    ),
    Exercise(
        id="99.cut",
        title="Cut",
        difficulty=3,
        minutes=5,
        hint="Sample i sounds at i / sample_rate.",
        reference=cut,
        cases=cut_cases,
        mistakes=[
            Misconception(lambda s, e, r: slice(int(s * r), int(e * r)), "You cut off the fraction."),
            Misconception(
                lambda s, e, r: slice(round(s * r), round(e * r) + 1), "You count the last sample too."
            ),
            Misconception(
                lambda s, e, r: slice(round(s * r), round((e - s) * r)), "This ends after the length."
            ),
        ],
    ),
    Exercise(
        id="99.milliseconds",
        title="Milliseconds",
        difficulty=1,
        minutes=2,
        hint="A second has a thousand.",
        reference=milliseconds,
        name="answer_99_milliseconds",
        mistakes=[
            Misconception(2.5, "These are seconds."),
            Misconception(0.0025, "You divided. Multiply."),
            Misconception(250.0, "A second has a thousand, not a hundred."),
        ],
    ),
]
