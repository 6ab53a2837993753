import io
from base64 import b64decode
from inspect import unwrap

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from avlab import show
from avlab.show.style import CARD

ALT = "A line rises from 0 to 2 V in one second"


def rising(**labels):
    fig, axes = show.figure()
    axes.plot([0, 1], [0, 2])
    axes.set(xlabel="time (s)", ylabel="voltage (V)", title="Ramp")
    axes.set(**labels)
    return fig


def decoded(source: str) -> Image.Image:
    head, _, content = source.partition(";base64,")
    assert head in ("data:image/png", "data:image/webp")
    return Image.open(io.BytesIO(b64decode(content)))


def test_a_figure_becomes_an_image_with_its_words(elements):
    shown = show.picture(rising(), ALT)
    (image,) = elements(shown.html, "img")
    assert image["alt"] == shown.text == ALT
    assert (image["width"], image["height"]) == ("660", "300")
    assert "max-width:100%" in image["style"]


def test_an_image_is_sharp_on_a_screen_of_two_pixels_to_one(elements):
    image = decoded(elements(show.picture(rising(), ALT).html, "img")[0]["src"])
    assert image.size == (1320, 600)


def test_a_figure_lies_on_the_colour_of_its_card(elements):
    image = decoded(elements(show.picture(rising(), ALT).html, "img")[0]["src"]).convert("RGB")
    assert "#{:02x}{:02x}{:02x}".format(*image.getpixel((1, 1))) == CARD


def test_nothing_in_an_image_tells_when_or_by_what_it_was_made(elements):
    assert not decoded(elements(show.picture(rising(), ALT).html, "img")[0]["src"]).info.keys() & {
        "Software",
        "date",
    }


@pytest.mark.parametrize("labels", [{"xlabel": ""}, {"ylabel": ""}, {"xlabel": "time"}, {"ylabel": "(V)"}])
def test_an_axis_with_numbers_and_without_a_unit_is_refused(labels):
    with pytest.raises(ValueError, match=r"the [xy] axis of 'Ramp' .*unit in brackets"):
        show.picture(rising(**labels), ALT)


def test_a_logarithmic_axis_needs_its_unit_too():
    with pytest.raises(ValueError, match="the x axis"):
        show.picture(rising(xscale="log", xlim=(1e-3, 1), xlabel="time"), ALT)


def test_axes_without_numbers_need_no_label():
    fig, (words, none, hidden) = show.figure(ncols=3)
    words.bar(["hearing", "seeing"], [1, 2])
    words.set_ylabel("share (of 3)")
    none.set_axis_off()
    hidden.xaxis.set_visible(False)
    hidden.set_yticks([])
    assert show.picture(fig, "Two bars, the second twice as high").html


def test_of_axes_that_share_their_numbers_only_one_needs_the_label():
    fig, (upper, lower) = show.figure(nrows=2, sharex=True)
    upper.plot([0, 1])
    upper.set_ylabel("voltage (V)")
    lower.plot([0, 1])
    lower.set(xlabel="time (s)", ylabel="current (A)")
    assert show.picture(fig, "Voltage over current, both rise").html


@pytest.mark.parametrize("ylabel", ["voltage (V)", "voltage"])
def test_a_figure_of_pyplot_is_closed_whether_it_is_shown_or_refused(ylabel):
    fig, axes = plt.subplots()
    axes.set(xlabel="time (s)", ylabel=ylabel)
    try:
        show.picture(fig, ALT)
    except ValueError:
        assert ylabel == "voltage"
    assert fig.number not in plt.get_fignums()


@pytest.mark.parametrize("kind", [torch.as_tensor, np.asarray])
def test_a_small_frame_is_shown_enlarged_and_exact(kind, elements):
    frame = torch.arange(20 * 30 * 3).remainder(251).to(torch.uint8).reshape(20, 30, 3)
    (image,) = elements(show.picture(kind(frame.numpy()), "Stripes of many colours").html, "img")
    assert (image["width"], image["height"]) == ("240", "160")
    assert "pixelated" in image["style"]
    assert np.array_equal(np.asarray(decoded(image["src"]).convert("RGB")), frame.numpy())


def test_a_photograph_is_compressed_as_one(elements):
    noise = torch.randint(0, 256, (30, 40, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    photograph = np.asarray(Image.fromarray(noise.numpy()).resize((640, 480), Image.Resampling.BICUBIC))
    shown = show.picture(photograph, "Soft clouds of colour")
    assert elements(shown.html, "img")[0]["src"].startswith("data:image/webp")
    assert len(shown.html) < 100_000


@pytest.mark.parametrize(
    "wrong", [torch.zeros(4, 4, 3), torch.zeros(3, 4, 4, dtype=torch.uint8), np.zeros((4, 4), np.uint8)]
)
def test_an_image_of_another_kind_is_refused(wrong):
    with pytest.raises(ValueError, match="uint8 \\(height, width, 3\\), not"):
        unwrap(show.picture)(wrong, "Four by four pixels")
