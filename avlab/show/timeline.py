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
    pixels = _pixels_a_second(axes)
    size = _label_size([span for lane in lanes for span in lane], pixels)
    for place, lane in enumerate(lanes):
        # An event without a length still gets a line of two pixels.
        bars = [(span.start, max(span.duration, 2 / pixels)) for span in lane]
        axes.broken_barh(bars, (place + 0.1, 0.8), facecolor=tint, edgecolor=color, linewidth=1)
        for span, free_until in zip(
            lane, [*(span.start for span in lane[1:]), axes.get_xlim()[1]], strict=True
        ):
            _label(axes, span, free_until, place, size)


def _pixels_a_second(axes: Axes) -> float:
    return float(axes.get_window_extent().width / axes.get_xlim()[1])


def _label_size(spans: list[Span], pixels: float) -> float:
    """The largest size at which all labels fit that fit at the smallest."""
    able = [span for span in spans if text_width(span.label, _SIZES[-1]) + 2 <= span.duration * pixels]
    return next(
        size for size in _SIZES if all(text_width(s.label, size) + 2 <= s.duration * pixels for s in able)
    )


def _label(axes: Axes, span: Span, free_until: float, lane: int, size: float) -> None:
    """Write a label into its span, or after it where it fits there, or not at all."""
    pixels = _pixels_a_second(axes)
    width = text_width(span.label, size)
    if width + 2 <= span.duration * pixels:
        axes.text(
            (span.start + span.end) / 2, lane + 0.53, span.label, ha="center", va="center", fontsize=size
        )
    elif width + 8 <= (free_until - span.end) * pixels:
        axes.text(span.end + 4 / pixels, lane + 0.53, span.label, va="center", fontsize=size)
