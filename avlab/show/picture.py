"""A figure or a frame on the page, with alternative text, and no axis without its unit."""

import html
import io
import re

import matplotlib.pyplot as plt
import numpy as np
from jaxtyping import UInt8
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from avlab.show.shown import Shown, card, data_uri
from avlab.show.style import PIXELS_PER_INCH
from avlab.show.words import described

_SHARPNESS = 2  # image pixels for each pixel of the page: most screens now have two
_SMALL = 240  # a frame narrower than this many pixels is shown enlarged
_NUMBER = re.compile(r"[−+-]?\d|\$|[−+-]?\.\d")
_LABEL_WITH_UNIT = re.compile(r"\S.*\(.+\)$", re.DOTALL)


def picture(
    figure: Figure | UInt8[Tensor, "height width 3"] | UInt8[np.ndarray, "height width 3"], alt: str
) -> Shown:
    """A matplotlib figure, or one frame (uint8, height × width × 3), with its alternative text.

    A small frame is enlarged by a whole number, pixel by pixel. A figure is closed. Raises ValueError when
    `alt` does not say what is to be seen, when an axis that shows numbers has a label without a unit, or
    when an image is not of that shape and type. Chapter 1.
    """
    alt = described(alt, "alt")
    if isinstance(figure, Figure):
        return Shown(card(drawn(figure, alt)), alt)
    pixels = figure.numpy(force=True) if isinstance(figure, Tensor) else np.asarray(figure)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[-1] != 3:
        raise ValueError(f"an image must be uint8 (height, width, 3), not {pixels.dtype} {pixels.shape}")
    image = Image.fromarray(pixels)
    return Shown(card(_tag(image, alt, image.width * max(1, -(-_SMALL // image.width)), "pixelated")), alt)


def drawn(figure: Figure, alt: str) -> str:
    """The `<img>` of a figure, at the size of the page; the figure is closed."""
    try:
        _check_axes(figure)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=_SHARPNESS * PIXELS_PER_INCH, pil_kwargs={"compress_level": 0})
    finally:
        plt.close(figure)
    image = Image.open(file).convert("RGB")
    return _tag(image, alt, round(image.width / _SHARPNESS))


def _tag(image: Image.Image, alt: str, width: int, rendering: str = "auto") -> str:
    height = round(image.height * width / image.width)
    # The site's dark theme dims images and gives them a white ground; on a card of our own they need neither.
    style = (
        "display:block;max-width:100%;height:auto;margin:0;padding:0;background:none;filter:none;"
        f"image-rendering:{rendering}"
    )
    return (
        f'<img src="{image_uri(image)}" alt="{html.escape(alt)}" '
        f'width="{width}" height="{height}" style="{style}">'
    )


def image_uri(image: Image.Image) -> str:
    """A small image exactly; a large one as a PNG of 256 colours, or as WebP where that is far smaller."""
    if image.width < _SMALL:
        return data_uri(_saved(image, "WEBP", lossless=True), "image/webp")
    drawing, photograph = _saved(_few_colours(image), "PNG", optimize=True), _saved(image, "WEBP", quality=80)
    if len(photograph) < 0.6 * len(drawing):
        return data_uri(photograph, "image/webp")
    return data_uri(drawing, "image/png")


def _few_colours(image: Image.Image) -> Image.Image:
    few = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    # The ground, which the corner shows, must stay what it was: it meets the card's.
    ground, palette = 3 * few.getpixel((0, 0)), few.getpalette()
    palette[ground : ground + 3] = image.getpixel((0, 0))
    few.putpalette(palette)
    return few


def _saved(image: Image.Image, format: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def _check_axes(figure: Figure) -> None:
    figure.draw_without_rendering()  # tick labels are known only once they have been placed
    for axes in figure.axes:
        for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            if axes.axison and _shows_numbers(axis) and not _LABEL_WITH_UNIT.match(axis.get_label_text()):
                title = axes.get_title() or axes.get_title(loc="left") or "the figure"
                raise ValueError(
                    f"the {name} axis of {title!r} is labelled {axis.get_label_text()!r}: it shows numbers, "
                    "so it needs a name and a unit in brackets, as in 'time (s)', 'frames (count)' or "
                    "'probability (0 to 1)'. If its numbers say nothing, switch the axis off with "
                    f"axes.{name}axis.set_visible(False)."
                )


def _shows_numbers(axis: Axis) -> bool:
    ticks = (label for label in axis.get_ticklabels() if label.get_visible())
    return axis.get_visible() and any(_NUMBER.match(label.get_text()) for label in ticks)
