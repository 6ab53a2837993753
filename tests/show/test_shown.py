import pytest

from avlab import show


def test_a_shown_thing_gives_notebooks_its_page_and_its_words():
    shown = show.Shown("<p>One</p>", "one")
    assert shown._repr_mimebundle_() == {"text/html": "<p>One</p>", "text/plain": "one"}
    assert repr(shown) == "one"


def test_a_row_holds_everything_in_order_and_wraps(elements):
    row = show.row(show.Shown("<b>1</b>", "one"), show.Shown("<b>2</b>", "two"))
    assert row.text == "one\ntwo"
    assert row.html.index("<b>1</b>") < row.html.index("<b>2</b>")
    assert "flex-wrap:wrap" in elements(row.html, "div")[0]["style"]


def test_names_are_functions_and_not_the_files_they_stand_in():
    assert all(callable(getattr(show, name)) for name in show.__all__ if name != "PALETTE")


def test_an_empty_row_is_refused():
    with pytest.raises(ValueError, match="nothing to show"):
        show.row()


def test_no_page_needs_a_script_or_a_style_sheet_or_has_an_id(clip, elements):
    everything = show.row(
        show.player(clip, "A column moves right"),
        show.sound(clip.audio, clip.sample_rate, "A tone that fades"),
        show.sweep(lambda n: clip, [1, 2], label="n", description="The same clip twice"),
        show.table([("a", 1)], ("name", "count"), caption="One row of names"),
    )
    for tag in ("script", "style", "link", "iframe", "source"):
        assert not elements(everything.html, tag)
    assert " id=" not in everything.html


def test_what_is_written_in_words_is_not_taken_for_html(clip):
    words = 'The <script>alert("x")</script> of a tone & more'
    for shown in (
        show.player(clip, words),
        show.sound(clip.audio, clip.sample_rate, words),
        show.strip(clip, alt=words),
        show.sweep(str, ["<script>"], label="<script>", description=words, unit="<script>"),
        show.table([("<script>",)], ("<script>",), caption=words),
    ):
        assert "<script" not in shown.html
        assert words in shown.text


def test_the_same_call_gives_the_same_bytes(clip):
    calls = [
        lambda: show.player(clip, "A column moves right"),
        lambda: show.waveform(clip.audio, clip.sample_rate, alt="A tone that fades"),
        lambda: show.spectrogram(clip.audio, clip.sample_rate, alt="A line at 440 Hz"),
        lambda: show.sweep(lambda n: n, [1, 2], label="n", description="A number by itself"),
    ]
    for call in calls:
        assert call().html == call().html
