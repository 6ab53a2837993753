"""Reading a film, beside OpenCV and imageio."""

from pathlib import Path

import cv2
import imageio.v3 as imageio
import numpy as np
import torch

import avlab
from avlab import world
from tools.bench.contest import Contest, within

NOTE = "A film without sound, for the others read none."
SECONDS = 10.0


def contests(folder: Path, device: torch.device) -> list[Contest]:
    """Every frame of a film; nobody here decodes on an accelerator."""
    if device.type != "cpu":
        return []
    path = folder / "film.mp4"
    scene = world.scene(seed=0, seconds=SECONDS, size=(360, 480)).clip
    avlab.write(avlab.Clip(frames=scene.frames, frame_times=scene.frame_times), path)
    count, height, width, _ = scene.frames.shape
    peers = {
        "OpenCV": lambda: _with_opencv(path),
        "imageio, by PyAV": lambda: imageio.imread(path, plugin="pyav"),
    }
    what = f"`read`, {count} frames of {width} × {height}"
    # On the way from the film's colours to RGB one may round otherwise than another.
    return [Contest(what, lambda: avlab.read(path).frames, peers, within(1))]


def _with_opencv(path: Path) -> np.ndarray:
    film, frames = cv2.VideoCapture(str(path)), []
    while True:
        there, frame = film.read()
        if not there:
            return np.stack(frames)
        frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
