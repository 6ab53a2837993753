"""A timeline: what happens when, in rows of spans under a clip's frames and waveform."""

from collections.abc import Sequence
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from avlab.clip import Clip
from avlab.show.picture import drawn
from avlab.show.seconds import MARGIN, WAVE_HEIGHT, draw_film, draw_wave, film_panel, panels, text_width
from avlab.show.shown import Shown, card
from avlab.show.strip import has_picture, has_sound
from avlab.show.style import INK, PALETTE
from avlab.show.words import described
from avlab.span import Span

_LANE = 25  # pixels for one row of spans
_NAME_SIZE = 11.0  # points, for the names of tracks
_NAME_WIDTH = 170  # pixels; no name pushes the panels further right
_SIZES = (11.0, 9.0, 7.0)  # points, for the labels of spans
_TINT = 0.35  # how much of its colour a span keeps, so that dark words read on it


def timeline(clip: Clip, spans: Sequence[Span], *, alt: str) -> Shown:
    """A clip's frames and waveform, and under them one row of labelled spans for each track.

    Spans hold seconds of the clip. Tracks come in the order of their first span; spans of one track that
    overlap get lanes of their own. A label stands in its span or after it; one that fits in neither place is
    left out, so `alt` should name what matters. Raises ValueError for a clip with nothing in it, and for an
    `alt` that says nothing. Chapter 1.
    """
    alt = described(alt, "alt")
    if clip.duration <= 0:
        raise ValueError("a timeline needs a clip that lasts longer than 0 s")
    names = list(dict.fromkeys(span.track for span in spans))
    tracks = {name: _lanes([span for span in spans if span.track == name]) for name in names}
    left = max([MARGIN, *(min(text_width(name, _NAME_SIZE) + 16, _NAME_WIDTH) for name in names)])
    count, film = film_panel(clip, left=left) if has_picture(clip) else (0, 0)
    heights = [film] * has_picture(clip) + [WAVE_HEIGHT] * has_sound(clip)
    fig, axes = panels(heights + [_LANE * len(lanes) for lanes in tracks.values()], clip.duration, left)
    rows = iter(axes)
    if has_picture(clip):
        draw_film(next(rows), clip, count)
    if has_sound(clip):
        draw_wave(next(rows), clip.audio, clip.sample_rate, INK)
    for row, name, color in zip(rows, names, cycle(PALETTE), strict=False):
        _draw_track(row, name, tracks[name], color)
    return Shown(card(drawn(fig, alt)), alt)


def _lanes(spans: list[Span]) -> list[list[Span]]:
    """Spans in as few rows as keep those of one row from overlapping."""
    lanes: list[list[Span]] = []
    for span in sorted(spans):
        free = next((lane for lane in lanes if lane[-1].end <= span.start + 1e-6), None)
        if free is None:
            lanes.append([span])
        else:
            free.append(span)
    return lanes


def _draw_track(axes: Axes, name: str, lanes: list[list[Span]], color: str) -> None:
    axes.set_ylim(len(lanes), 0)
    where = {"xycoords": "axes fraction", "textcoords": "offset points"}
    axes.annotate(name, (0, 0.5), (-7, 0), ha="right", va="center", fontsize=_NAME_SIZE, **where)
    tint = [1 - _TINT * (1 - part) for part in to_rgb(color)]
    end = axes.get_xlim()[1]
    pixels = float(axes.get_window_extent().width / end)  # for each second
    size = _label_size([span for lane in lanes for span in lane], pixels)
    for place, lane in enumerate(lanes):
        # An event without a length still gets a line of two pixels.
        bars = [(span.start, max(span.duration, 2 / pixels)) for span in lane]
        axes.broken_barh(bars, (place + 0.1, 0.8), facecolor=tint, edgecolor=color, linewidth=1)
        free_until = [*(span.start for span in lane[1:]), end]
        for span, free in zip(lane, free_until, strict=True):
            x, side = _label_place(span, free, text_width(span.label, size) / pixels, 4 / pixels)
            if x is not None:
                axes.text(x, place + 0.53, span.label, ha=side, va="center", fontsize=size)


def _label_size(spans: list[Span], pixels: float) -> float:
    """The largest size at which all those labels fit that fit at the smallest."""

    def fitting(size: float) -> list[Span]:
        return [span for span in spans if text_width(span.label, size) + 2 <= span.duration * pixels]

    return next(size for size in _SIZES if len(fitting(size)) == len(fitting(_SIZES[-1])))


def _label_place(span: Span, free: float, width: float, gap: float) -> tuple[float | None, str]:
    """Where a label of that many seconds stands: in its span, or after it where it is free, or nowhere."""
    if width + gap / 2 <= span.duration:
        return (span.start + span.end) / 2, "center"
    if width + 2 * gap <= free - span.end:
        return span.end + gap, "left"
    return None, ""
