"""`python -m tools.bench`: ours beside the field's own, in one run; the table goes to book/bench.md.

The two are first held to be equal, then measured in turn, so that a busy moment of the machine falls on both.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

import avlab
from avlab import world
from tools.notebooks.chapters import ROOT
from tools.notebooks.execute import machine

REPEATS = 9
PAGE = ROOT / "book" / "bench.md"
HEAD = """\
# How fast

Made by `make bench` on {machine}, torch {torch}, {threads} threads. Each row is the median of {repeats} runs,
ours and the other in turn, after both were seen to give the same. A ratio above 1 says that ours is faster.

| what | ours (ms) | the other | the other (ms) | ratio | largest difference |
| --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Row:
    """One thing done by two libraries, and by how much their results may differ at most."""

    what: str
    ours: Callable[[], np.ndarray]
    peer: str
    theirs: Callable[[], np.ndarray]
    tolerance: float


def measured(row: Row, repeats: int = REPEATS) -> str:
    """The row of the table. Raises AssertionError where the two do not give the same."""
    ours, theirs = row.ours(), row.theirs()
    assert ours.shape == theirs.shape, f"{row.what}: {ours.shape} and {theirs.shape}"
    difference = np.abs(ours.astype(np.float64) - theirs).max()
    assert difference <= row.tolerance, f"{row.what}: the results differ by {difference:g}"
    pairs = [(_seconds(row.ours), _seconds(row.theirs)) for _ in range(repeats)]
    mine, other = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
    columns = [row.what, f"{mine:.1f}", row.peer, f"{other:.1f}", f"{other / mine:.2f}", f"{difference:g}"]
    return f"| {' | '.join(columns)} |"


def rows(folder: Path) -> list[Row]:
    """Everything that is compared."""
    path = folder / "clip.mp4"
    scene = world.scene(seed=0, seconds=10.0, size=(360, 480)).clip
    avlab.write(avlab.Clip(frames=scene.frames, frame_times=scene.frame_times), path)
    count, height, width, _ = scene.frames.shape
    return [
        Row(
            f"reading a film of {scene.duration:g} s ({count} frames of {width} × {height}, no sound)",
            lambda: avlab.read(path).frames.numpy(),
            "OpenCV",
            lambda: _read_with_opencv(path),
            tolerance=1,
        ),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = [measured(row) for row in rows(Path(folder))]
    about = {"torch": torch.__version__, "threads": torch.get_num_threads(), "repeats": REPEATS}
    page = HEAD.format(machine=machine(), **about) + "\n".join(table) + "\n"
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def _seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _read_with_opencv(path: Path) -> np.ndarray:
    film, frames = cv2.VideoCapture(str(path)), []
    while True:
        there, frame = film.read()
        if not there:
            return np.stack(frames)
        frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))


if __name__ == "__main__":
    main()
