"""What the mouth does while a phoneme is said: visemes, and how each melts into the next. Chapter 1."""

import unicodedata
from typing import NamedTuple

import torch
from jaxtyping import Float32, Float64
from torch import Tensor

from avlab.world.clock import ticks
from avlab.world.speech import Speech

# How far, in seconds, a sound reaches into its neighbours: the deviation of a Gaussian.
REACH = 0.022
# Lips are shut this long before they burst open.
CLOSURE = 0.03


class Viseme(NamedTuple):
    """A shape of the mouth, each part from 0 to 1, and how strongly it insists on it against its neighbours.

    `opening` is the gap between the lips, `width` the distance of the corners, `rounding` how far the
    lips are pursed, `teeth` and `tongue` how much of them shows.
    """

    opening: float
    width: float
    rounding: float
    teeth: float
    tongue: float
    dominance: float


# Lips that meet aim beyond the point where they touch, and are pressed together there (Löfqvist and Gracco
# 1997): hence openings below zero. [h] and the glottal stop are made in the throat, and leave the mouth to
# their neighbours.
REST = Viseme(-0.05, 0.50, 0.10, 0.0, 0.0, 1.0)
_VISEMES = {
    "pbm": Viseme(-0.35, 0.52, 0.05, 0.0, 0.0, 5.0),
    "βɸ": Viseme(0.02, 0.45, 0.20, 0.0, 0.0, 3.0),
    "fvɱʋ": Viseme(0.06, 0.56, 0.00, 0.9, 0.0, 3.0),
    "θð": Viseme(0.20, 0.55, 0.00, 0.5, 1.0, 1.5),
    "tdnɾʈɖɳ": Viseme(0.20, 0.58, 0.00, 0.6, 0.3, 1.0),
    "lɫɭʎɬɮ": Viseme(0.30, 0.58, 0.00, 0.3, 0.9, 1.2),
    "szʦ": Viseme(0.10, 0.66, 0.00, 1.0, 0.0, 1.5),
    "ʃʒɕʑʂʐ": Viseme(0.18, 0.36, 0.75, 0.9, 0.0, 2.0),
    "kgɡŋxɣqɢχʁʀcɟɲ": Viseme(0.28, 0.52, 0.00, 0.2, 0.0, 0.7),
    "ɹɻrɽ": Viseme(0.22, 0.40, 0.50, 0.3, 0.1, 1.2),
    "wʍɥ": Viseme(0.08, 0.18, 1.00, 0.0, 0.0, 2.5),
    "hɦʔħʕ": Viseme(0.30, 0.52, 0.00, 0.2, 0.0, 0.1),
    "ijçʝ": Viseme(0.26, 0.92, 0.00, 0.6, 0.1, 2.0),
    "ɪᵻɨɯ": Viseme(0.34, 0.74, 0.00, 0.4, 0.1, 1.3),
    "eɛ": Viseme(0.55, 0.72, 0.00, 0.4, 0.1, 1.8),
    "aæɐɑʌ": Viseme(0.85, 0.64, 0.00, 0.3, 0.1, 2.2),
    "ɒɔoɵøœɤ": Viseme(0.62, 0.36, 0.70, 0.1, 0.0, 2.2),
    "ʊuʉyʏ": Viseme(0.26, 0.20, 1.00, 0.0, 0.0, 2.2),
    "əɚɜɘ": Viseme(0.38, 0.52, 0.10, 0.2, 0.0, 0.9),
}
_OF_LETTER = {letter: viseme for letters, viseme in _VISEMES.items() for letter in letters}


def visemes(phoneme: str) -> list[Viseme]:
    """The shapes that a phoneme in IPA takes in turn: two for "aɪ" and "tʃ", one for most. Chapter 1."""
    letters = [letter for letter in phoneme if unicodedata.category(letter) not in ("Lm", "Mn")]
    # A symbol that is in no table opens the mouth half-way, as the neutral vowel does.
    return [_OF_LETTER.get(letter, _OF_LETTER["ə"]) for letter in letters] or [_OF_LETTER["ə"]]


def mouth(speech: Speech, times: Float64[Tensor, " times"]) -> Float32[Tensor, "times 5"]:
    """Opening, width, rounding, teeth and tongue of the speaker's mouth at each of `times`, in seconds.

    Every sound pulls the mouth towards its viseme, by its dominance and by how much of a Gaussian
    around the moment it fills (after Cohen and Massaro, "Modeling coarticulation in synthetic
    visual speech", 1993). Chapter 1.
    """
    bounds, targets = _segments(speech)
    return torch.cat([_blend(block, bounds, targets) for block in times.split(512)])


def mouth_opening(speech: Speech, fps: int | float = 25) -> Float32[Tensor, " frames"]:
    """How far the mouth is open on each frame of `talking_face(speech, fps=fps)`: 0 shut, 1 wide.

    Raises WorldError for an fps that is no clock. Chapter 1.
    """
    return mouth(speech, ticks(speech.duration, fps))[:, 0]


def _segments(speech: Speech) -> tuple[Float64[Tensor, "segments 2"], Float64[Tensor, "segments 6"]]:
    bounds, targets, silent_from = [], [], float("-inf")
    for phoneme in speech.phonemes:
        if phoneme.start > silent_from:
            bounds.append((silent_from, phoneme.start))
            targets.append(REST)
        shapes = visemes(phoneme.label)
        edges = torch.linspace(phoneme.start, phoneme.end, len(shapes) + 1, dtype=torch.float64).tolist()
        lead = CLOSURE if shapes[0].opening < 0 else 0.0
        bounds.extend(zip([edges[0] - lead, *edges[1:]], edges[1:], strict=False))
        targets.extend(shapes)
        silent_from = phoneme.end
    bounds.append((silent_from, float("inf")))
    targets.append(REST)
    return torch.tensor(bounds, dtype=torch.float64), torch.tensor(targets, dtype=torch.float64)


def _blend(
    times: Float64[Tensor, " times"],
    bounds: Float64[Tensor, "segments 2"],
    targets: Float64[Tensor, "segments 6"],
) -> Float32[Tensor, "times 5"]:
    near = (bounds[:, 0] < times[-1] + 6 * REACH) & (bounds[:, 1] > times[0] - 6 * REACH)
    start, end = ((bounds[near] - times[:, None, None]) / REACH).unbind(-1)
    pull = (torch.special.ndtr(end) - torch.special.ndtr(start)) * targets[near, 5]
    return (pull @ targets[near, :5] / pull.sum(1, keepdim=True)).clamp(0, 1).float()
