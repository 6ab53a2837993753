from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from avlab import show
from avlab.show.style import CARD, INK, PALETTE, STYLE

# Machado, Oliveira and Fernandes (2009): what is left of linear red, green and blue without one kind of cone.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}


def linear(color: str) -> np.ndarray:
    value = np.array(to_rgb(color))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    darker, lighter = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.clip(matrix @ rgb, 0, None) / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("key", ["text.color", "axes.labelcolor", "xtick.color", "ytick.color"])
def test_words_in_figures_can_be_read(key):
    for ground in ("axes.facecolor", "figure.facecolor", "legend.facecolor", "savefig.facecolor"):
        assert contrast(STYLE[key], STYLE[ground]) >= 4.5


def test_words_on_cards_can_be_read():
    assert contrast(INK, CARD) >= 4.5


def test_lines_stand_out_from_the_ground():
    assert min(contrast(color, CARD) for color in PALETTE[:3]) >= 3


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_are_told_apart_by_every_eye(kind):
    seen = [lab(np.clip(np.array(BLINDNESS[kind]) @ linear(color), 0, 1)) for color in PALETTE]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 10


def test_a_plain_matplotlib_figure_has_the_style_too():
    assert {key: matplotlib.rcParams[key] for key in STYLE} == STYLE


def test_figure_takes_inches_and_the_options_of_subplots():
    fig, axes = show.figure(5.0, 2.0, nrows=2, ncols=3, sharex=True)
    assert axes.shape == (2, 3)
    assert tuple(fig.get_size_inches()) == (5, 2)
