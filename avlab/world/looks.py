"""What a drawn person looks like, from a seed. Chapter 1."""

import random
from typing import NamedTuple

from avlab.world.drawing import Colour

SKINS: tuple[Colour, ...] = (
    (255, 224, 196),
    (241, 194, 150),
    (224, 172, 122),
    (188, 128, 84),
    (141, 91, 58),
    (98, 63, 44),
)
HAIRS: tuple[Colour, ...] = (
    (32, 26, 28),
    (68, 44, 32),
    (112, 70, 40),
    (168, 116, 58),
    (196, 92, 40),
    (150, 150, 156),
)
EYES: tuple[Colour, ...] = ((70, 44, 28), (92, 116, 58), (64, 112, 160), (96, 100, 110))
SHIRTS: tuple[Colour, ...] = ((0, 114, 178), (0, 158, 115), (213, 94, 0), (204, 121, 167), (90, 90, 120))
GROUNDS: tuple[Colour, ...] = (
    (214, 226, 240),
    (232, 226, 208),
    (216, 234, 218),
    (238, 220, 226),
    (222, 220, 236),
)


class Look(NamedTuple):
    """Colours and proportions of a face, as factors near 1 where nothing else is said.

    `hair_length` is 0 for short and 1 for down to the shoulders; `fringe` how far the hair comes down
    the forehead; `parting` leans the hairline to one side; `smile` lifts the corners of the mouth.
    """

    skin: Colour
    hair: Colour
    iris: Colour
    shirt: Colour
    ground: Colour
    face_width: float
    jaw: float
    eye_distance: float
    eye_size: float
    brow: float
    mouth_width: float
    lips: float
    hair_length: float
    fringe: float
    parting: float
    smile: float

    @property
    def lip(self) -> Colour:
        """The colour of the lips: the skin's, redder."""
        return tuple(
            round(0.55 * part + 0.45 * red) for part, red in zip(self.skin, (178, 62, 72), strict=True)
        )

    @property
    def shade(self) -> Colour:
        """The skin's colour where it turns away from the light."""
        return tuple(round(part * factor) for part, factor in zip(self.skin, (0.84, 0.76, 0.74), strict=True))


def look(seed: int) -> Look:
    """The face of person number `seed`; the same number always looks the same. Chapter 1."""
    draw = random.Random(seed)
    near = draw.uniform
    return Look(
        skin=draw.choice(SKINS),
        hair=draw.choice(HAIRS),
        iris=draw.choice(EYES),
        shirt=draw.choice(SHIRTS),
        ground=draw.choice(GROUNDS),
        face_width=near(0.92, 1.05),
        jaw=near(0.95, 1.06),
        eye_distance=near(0.94, 1.06),
        eye_size=near(0.9, 1.12),
        brow=near(0.75, 1.25),
        mouth_width=near(0.9, 1.12),
        lips=near(0.75, 1.3),
        hair_length=draw.choice((0.0, 0.0, 0.6, 1.0)),
        fringe=near(-0.06, 0.08),
        parting=near(-0.25, 0.25),
        smile=near(0.0, 0.03),
    )
