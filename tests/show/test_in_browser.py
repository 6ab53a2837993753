"""Players play, sliders slide, and pages fit, in a real browser."""

import pytest

from avlab import Clip, show

WORDS = "A column moves right while a tone fades"
PANELS = "[...document.querySelectorAll('[data-sweep]')].map(s => [...s.children].filter(c => c.tagName == 'DETAILS').map(d => d.checkVisibility()))"


@pytest.fixture
def silent(clip):
    return Clip(clip.frames, clip.frame_times)


def test_a_player_plays_and_its_mark_runs(visit, make_clip):
    page = visit(show.player(make_clip(seconds=4), WORDS).html)
    page.wait_for_function("document.querySelector('video').readyState == 4")
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0.3")
    assert page.evaluate("document.querySelector('video').videoWidth") == 256
    mark = page.locator("[data-mark]")
    assert mark.is_visible()
    assert float(mark.evaluate("m => parseFloat(m.style.left)")) > 0


def test_sound_plays(visit, clip):
    page = visit(show.sound(clip.audio, clip.sample_rate, WORDS).html)
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.2")
    assert page.evaluate("document.querySelector('audio').duration") == pytest.approx(clip.duration, abs=0.06)


def test_a_click_on_the_strip_moves_the_clip_there(visit, make_clip):
    page = visit(show.player(make_clip(seconds=4), WORDS).html)
    page.wait_for_function("document.querySelector('video').readyState == 4")
    ground = page.locator("div[onclick]")
    box = ground.bounding_box()
    ground.click(position={"x": box["width"] * 0.75, "y": 20})
    page.wait_for_function("!document.querySelector('video').seeking")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(3, abs=0.1)


def test_a_slider_moves_by_the_keys_and_leaves_other_sliders_alone(visit):
    squares = show.sweep(
        lambda n: n * n, [1, 2, 3], label="side", description="Squares of three sides", unit="cm"
    )
    page = visit(squares.html, squares.html)
    slider = page.locator("input").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(PANELS) == [[False, True, False], [True, False, False]]
    assert page.locator("output").all_text_contents() == ["2 cm", "1 cm"]
    assert slider.get_attribute("aria-valuetext") == "2 cm"
    page.keyboard.press("End")
    assert page.evaluate(PANELS) == [[False, False, True], [True, False, False]]


def test_a_slider_inside_a_panel_moves_only_its_own(visit):

    def inner(n):
        return show.sweep(lambda m: n * m, [1, 10], label="inner", description="Products of two numbers")

    page = visit(show.sweep(inner, [2, 3], label="outer", description="A slider for each number").html)
    page.locator("input").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator("input").last.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("figure p:visible").all_text_contents()[-1] == "30"


def test_what_plays_is_stopped_when_the_slider_moves_on(visit, make_clip):
    clip = make_clip(seconds=4)
    page = visit(show.sweep(lambda n: clip, [1, 2], label="n", description="The same clip twice").html)
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0.1")
    page.locator("input").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[...document.querySelectorAll('video')].map(v => v.paused)") == [True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_fits_a_telephone(visit, clip, scheme):
    wide = show.table([("a", "b" * 80)], ("name", "words"), caption="One very long word")
    shown = show.row(show.player(clip, WORDS), show.timeline(clip, [], alt=WORDS), wide)
    page = visit(
        '<meta name="viewport" content="width=device-width">',
        shown.html,
        viewport={"width": 360, "height": 640},
        color_scheme=scheme,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("video").evaluate("v => getComputedStyle(v.parentNode).color") == "rgb(29, 33, 41)"
