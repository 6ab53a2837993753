import pytest
import torch

from avlab import show

WORDS = "The square grows faster than its side"


def test_every_value_has_a_panel_and_the_first_is_open(elements):
    shown = show.sweep(lambda n: n * n, [1, 2, 3], label="side", description=WORDS, unit="cm")
    panels = elements(shown.html, "details")
    assert ["open" in panel for panel in panels] == [True, False, False]
    (slider,) = elements(shown.html, "input")
    assert (slider["type"], slider["min"], slider["max"], slider["value"]) == ("range", "0", "2", "0")
    assert (slider["aria-label"], slider["aria-valuetext"]) == ("side", "1 cm")
    assert "<summary" in shown.html and ">2 cm</summary>" in shown.html


def test_the_words_hold_every_result():
    shown = show.sweep(lambda n: n * n, [1, 2], label="side", description=WORDS, unit="cm")
    assert shown.text == f"{WORDS} (side)\n1 cm: 1\n2 cm: 4"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0.1"),
        (1 / 3, "0.333333"),
        (48000, "48000"),
        (True, "True"),
        ("fast", "fast"),
        (torch.tensor(2.5), "2.5"),
    ],
)
def test_values_and_results_are_written_in_few_digits(value, written):
    shown = show.sweep(lambda same: same, [value], label="value", description=WORDS)
    assert shown.text.endswith(f"{written}: {written}")


def test_a_panel_may_be_a_clip_or_anything_of_this_room(clip, elements):
    shown = show.sweep(
        lambda kind: clip if kind == "clip" else show.strip(clip, alt="A column moves right"),
        ["clip", "strip"],
        label="kind",
        description=WORDS,
    )
    assert elements(shown.html, "video")[0]["aria-label"].startswith("kind clip: 1.00 s, 12 frames")
    assert elements(shown.html, "img")[-1]["alt"] == "A column moves right"


def test_a_figure_without_words_is_refused_with_the_remedy():
    with pytest.raises(TypeError, match=r"for side 1 cm .* a Figure.*picture\(figure, alt="):
        show.sweep(lambda n: show.figure()[0], [1], label="side", description=WORDS, unit="cm")


@pytest.mark.parametrize(("values", "label"), [([], "side"), ([1], " ")])
def test_a_sweep_needs_values_and_a_label(values, label):
    with pytest.raises(ValueError, match=r"no values|label is blank"):
        show.sweep(str, values, label=label, description=WORDS)


def test_an_error_inside_the_function_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        show.sweep(lambda n: 1 / n, [1, 0], label="n", description=WORDS)
