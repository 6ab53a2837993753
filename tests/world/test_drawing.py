import math

import numpy as np
import pytest
import torch

from avlab.errors import WorldError
from avlab.world.drawing import PALETTE, Canvas, ellipse, film, grid
from avlab.world.shapes import SHAPES


def area(name: str, radius: float, centre=(40.3, 40.7)) -> float:
    def paint(canvas, some):
        distance = SHAPES[name](canvas.x - centre[0], canvas.y - centre[1], radius)
        canvas.paint(distance, (255, 255, 255))

    return film(1, (80, 80), paint).float().mean().item() / 255 * 6400


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_about_as_large_as_a_circle(name):
    assert 0.6 < area(name, 20) / (math.pi * 400) < 1.1


def test_the_circle_and_the_square_have_their_areas():
    assert area("circle", 20) == pytest.approx(math.pi * 400, rel=0.002)
    assert area("square", 20) == pytest.approx((2 * 0.89 * 20) ** 2, rel=0.002)


def test_the_star_is_five_triangles_upon_a_pentagon():
    tip, notch = 1.3 * 20, 0.65 * 20
    assert area("star", 20) == pytest.approx(5 * tip * notch * math.sin(math.pi / 5), rel=0.01)
    star = SHAPES["star"]
    for turn in range(10):
        angle, reach = turn * math.pi / 5, (notch if turn % 2 else tip)
        x, y = np.array([reach * math.sin(angle)]), np.array([-reach * math.cos(angle)])
        assert abs(star(x, y, 20.0)[0]) < 1e-3


def test_the_triangle_stands_on_its_base():
    inside = SHAPES["triangle"](np.array([0.0, 0.0, 12.0, 12.0]), np.array([-20.0, 10.0, 10.0, -20.0]), 20.0)
    assert (inside > 0).tolist() == [True, True, True, False]


def test_edges_are_soft_and_moving_a_shape_keeps_its_light():
    areas = [area("circle", 9.5, (40 + shift, 40)) for shift in (0.0, 0.25, 0.5, 0.75)]
    assert max(areas) - min(areas) < 0.005 * max(areas)
    assert area("circle", 9.6) > area("circle", 9.5) + 3


def test_an_ellipse_measures_distance_near_its_edge():
    x, y = np.array([9.0, 11.0, 0.0, 0.0]), np.array([0.0, 0.0, 4.0, 6.0])
    assert ellipse(x, y, 10, 5).tolist() == pytest.approx([1, -1, 1, -1], abs=0.25)


def test_a_window_paints_on_the_same_canvas():
    canvas = Canvas(np.zeros((2, 3, 20, 30), np.float32), *grid(20, 30), scale=1.0)
    near = canvas.window(slice(5, 15), slice(10, 20))
    near.paint(SHAPES["circle"](near.x - 15, near.y - 10, 4), (255, 0, 0))
    rows, columns = canvas.pixels[0, 0].nonzero()
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (6, 13, 11, 18)


def test_film_is_the_same_in_blocks_of_any_size(monkeypatch):
    def paint(canvas, some):
        edge = 5 + np.arange(37, dtype=np.float32)[some].reshape(-1, 1, 1)
        canvas.paint(edge - canvas.x + 0 * canvas.y, PALETTE["red"])

    frames = film(37, (8, 50), paint)
    assert frames.shape == (37, 8, 50, 3) and frames.dtype == torch.uint8 and frames.is_contiguous()
    monkeypatch.setattr("avlab.world.drawing.BLOCK", 5 * 8 * 50)
    assert film(37, (8, 50), paint).equal(frames)
    assert [(frame[0, :, 0] > 100).sum().item() for frame in frames[:4]] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("count", "size"), [(1, (0, 10)), (1, (10, -1)), (1, (10, 5000)), (2000, (1000, 1000))]
)
def test_what_would_not_fit_is_refused(count, size):
    with pytest.raises(WorldError, match="cannot be drawn"):
        film(count, size, lambda canvas, some: None)


def test_colours_differ_for_every_kind_of_eye():
    # Dichromats by Viénot, Brettel and Mollon (1999): protan, deutan; and full colour vision.
    linear = (torch.tensor(list(PALETTE.values())) / 255.0) ** 2.2
    protan = torch.tensor([[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]])
    deutan = torch.tensor([[0.2928, 0.7072, 0.0], [0.2928, 0.7072, 0.0], [-0.0223, 0.0223, 1.0]])
    for eye in (torch.eye(3), protan, deutan):
        seen = (linear @ eye.T).clamp(0, 1) ** (1 / 2.2)
        apart = torch.cdist(seen, seen) + torch.eye(len(seen))
        assert apart.min() > 0.15
