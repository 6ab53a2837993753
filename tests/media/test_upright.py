import struct
from pathlib import Path

import numpy as np
import pytest
import torch

import avlab
from avlab import Clip
from avlab.media.upright import is_on_its_side, upright
from tests.media.made import pictures, plainly_decoded

# What a player does to the stored frame, as (a, b, c, d) of the display matrix, and the same in numpy.
TURNS = {
    "not at all": ((1, 0, 0, 1), lambda frame: frame),
    "a quarter with the clock": ((0, 1, -1, 0), lambda frame: np.rot90(frame, -1)),
    "a quarter against the clock": ((0, -1, 1, 0), lambda frame: np.rot90(frame, 1)),
    "half": ((-1, 0, 0, -1), lambda frame: np.rot90(frame, 2)),
    "left to right": ((-1, 0, 0, 1), lambda frame: frame[:, ::-1]),
    "upside down": ((1, 0, 0, -1), lambda frame: frame[::-1]),
    "over its diagonal": ((0, 1, 1, 0), lambda frame: frame.swapaxes(0, 1)),
    "over its other diagonal": ((0, -1, -1, 0), lambda frame: np.rot90(frame, 2).swapaxes(0, 1)),
}


def turned(source: Path, target: Path, matrix: tuple[int, int, int, int]) -> Path:
    """The same mp4 with another display matrix in the header of its track (ISO/IEC 14496-12, section 8.3.2)."""
    data = bytearray(source.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value << 16 for value in matrix)
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    target.write_bytes(data)
    return target


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    clip = Clip(pictures(5, 32, 48), torch.arange(5, dtype=torch.float64) / 25)
    return avlab.write(clip, tmp_path_factory.mktemp("turned") / "stored.mp4")


@pytest.mark.parametrize("name", TURNS)
def test_frames_are_turned_the_way_up_in_which_they_were_filmed(stored, tmp_path, name):
    matrix, expected = TURNS[name]

    frames = avlab.read(turned(stored, tmp_path / "turned.mp4", matrix)).frames.numpy()

    assert np.array_equal(frames, np.stack([expected(frame) for frame in plainly_decoded(stored)]))


def test_the_size_asked_for_is_that_of_the_upright_frame(stored, tmp_path):
    path = turned(stored, tmp_path / "turned.mp4", (0, 1, -1, 0))

    assert avlab.read(path).frames.shape == (5, 48, 32, 3)
    assert avlab.read(path, size=(24, 16)).frames.shape == (5, 24, 16, 3)
    assert avlab.read(path, size=16).frames.shape == (5, 24, 16, 3)


@pytest.mark.parametrize("name", TURNS)
def test_turning_an_array(name):
    matrix, expected = TURNS[name]
    frame = np.arange(2 * 3 * 3).reshape(2, 3, 3)

    assert np.array_equal(upright(frame, matrix), expected(frame))
    assert is_on_its_side(matrix) == (expected(frame).shape[0] == 3)
