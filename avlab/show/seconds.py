"""Panels over one another that share an axis of seconds: frames, waveform, spans."""

from itertools import pairwise

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath
from torch import Tensor

from avlab.clip import Clip
from avlab.clocks import frame_on_screen
from avlab.show.style import BLUE, PAGE, PIXELS_PER_INCH, RULE

MARGIN = 3.0  # pixels of the page left and right of the panels
FOOT = 48  # pixels under the last panel, for its ticks and label
WAVE_HEIGHT = 64
_FILM_HEIGHT = 80
_GAP = 6
_COLUMNS = 2 * PAGE  # a picture has no more columns: more samples than that cannot be told apart


def panels(heights: list[int], seconds: float, left: float = MARGIN) -> tuple[Figure, list[Axes]]:
    """A figure of panels of these heights, from the top down, over one axis of `seconds` > 0.

    Laid out by pixels and not by matplotlib, so that frames keep their shape and a page can put a mark at a
    second: panels reach from `left` to `PAGE - MARGIN`.
    """
    total = sum(heights) + _GAP * len(heights) + FOOT
    fig = Figure(figsize=(PAGE / PIXELS_PER_INCH, total / PIXELS_PER_INCH), layout="none")
    axes, bottom = [], total
    for height in heights:
        bottom -= height + _GAP
        box = (left / PAGE, bottom / total, (PAGE - MARGIN - left) / PAGE, height / total)
        axes.append(fig.add_axes(box, xlim=(0, seconds)))
        axes[-1].yaxis.set_visible(False)
        axes[-1].xaxis.set_visible(False)
        axes[-1].spines["bottom"].set_color(RULE)
        axes[-1].spines[["left", "right", "top"]].set_visible(False)
    _label_seconds(axes[-1])
    return fig, axes


def _label_seconds(axes: Axes) -> None:
    axes.xaxis.set_visible(True)
    axes.set_xlabel("time (s)")
    first, last = axes.get_xlim()
    axes.set_xticks([tick for tick in axes.get_xticks() if first <= tick <= last])
    labels = axes.get_xticklabels()
    labels[0].set_ha("left")  # panels begin at the very edge, where half of a centred number would be cut off
    if labels[-1].get_position()[0] > last - 0.03 * (last - first):
        labels[-1].set_ha("right")


def film_panel(clip: Clip, count: int | None = None, left: float = MARGIN) -> tuple[int, int]:
    """How many frames a strip of this clip shows, and the height in pixels at which they keep their shape."""
    _, height, width, _ = clip.frames.shape
    inside = PAGE - MARGIN - left
    if count is None:
        count = min(max(round(inside * height / width / _FILM_HEIGHT), 3), 12)
    return count, max(round(inside / count * height / width), 8)


def draw_film(axes: Axes, clip: Clip, count: int) -> None:
    """Lay `count` frames side by side, each the one on screen in the middle of its stretch of time."""
    step = clip.duration / count
    middles = (torch.arange(count, dtype=torch.float64) + 0.5) * step
    chosen = frame_on_screen(clip.frame_times.cpu(), middles)
    for place, frame in enumerate(clip.frames[chosen.to(clip.frames.device)].cpu().numpy()):
        # A sliver less than its stretch, so that neighbours do not run into one another.
        extent = ((place + 0.01) * step, (place + 0.99) * step, 0, 1)
        axes.imshow(frame, extent=extent, aspect="auto", interpolation="antialiased")
    axes.set(xlim=(0, clip.duration), ylim=(0, 1))
    axes.spines["bottom"].set_visible(False)


def draw_wave(axes: Axes, audio: Float[Tensor, " samples"], sample_rate: int, color: str = BLUE) -> None:
    """Draw a waveform over its seconds; of a long one, the lowest and highest sample in every column."""
    audio = audio.detach().cpu()
    top = 1.1 * max(audio.abs().max().item() if len(audio) else 0.0, 0.01)  # silence is a flat line
    if len(audio) <= 2 * _COLUMNS:
        axes.plot(torch.arange(len(audio)) / sample_rate, audio, color=color)
    else:
        edges = torch.linspace(0, len(audio), _COLUMNS + 1).round().int().tolist()
        pieces = [audio[start:end] for start, end in pairwise(edges)]
        low, high = (torch.stack([extreme(piece) for piece in pieces]) for extreme in (torch.min, torch.max))
        times = [start / sample_rate for start in edges[:-1]]
        axes.fill_between(times, low, high, color=color, linewidth=0.6)
    axes.set_ylim(-top, top)


def text_width(words: str, points: float) -> float:
    """How many pixels of the page these words take at a size in points."""
    if not words.strip():
        return 0.0
    return float(TextPath((0, 0), words, size=points).get_extents().width) * PIXELS_PER_INCH / 72
