"""A film strip: some frames of a clip, side by side over an axis of seconds."""

from avlab.clip import Clip
from avlab.show.picture import drawn
from avlab.show.seconds import draw_film, film_panel, panels
from avlab.show.shown import Shown, card
from avlab.show.words import described


def strip(clip: Clip, count: int = 8, *, alt: str) -> Shown:
    """`count` frames of a clip over its seconds, each the one on screen in the middle of its stretch.

    Raises ValueError when the clip has no frame or no duration, when `count` is below 1, and for an `alt`
    that says nothing. Chapter 1.
    """
    alt = described(alt, "alt")
    if not has_picture(clip) or not clip.duration or count < 1:
        raise ValueError(
            f"a strip needs a clip with frames that lasts, and a count from 1, not {clip}, {count}"
        )
    fig, (film,) = panels([film_panel(clip, count)[1]], clip.duration)
    draw_film(film, clip, count)
    return Shown(card(drawn(fig, alt)), alt)


def has_picture(clip: Clip) -> bool:
    """Whether a clip has at least one frame."""
    return clip.frames is not None and len(clip.frames) > 0


def has_sound(clip: Clip) -> bool:
    """Whether a clip has at least one sample."""
    return clip.audio is not None and len(clip.audio) > 0
