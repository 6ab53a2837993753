import pytest
from matplotlib.figure import Figure

from avlab import Clip, Span, show

ALT = "Two words over a column that moves right"


@pytest.fixture
def draw(monkeypatch):
    """The axes of a timeline, from the top down."""

    def drawn(clip, spans):
        seen = []
        save = Figure.savefig
        with monkeypatch.context() as patch:
            patch.setattr(
                Figure, "savefig", lambda self, *a, **k: (seen.append(self), save(self, *a, **k))[1]
            )
            show.timeline(clip, spans, alt=ALT)
        return seen[0].axes

    return drawn


def labels(axes) -> set[str]:
    return {text.get_text() for text in axes.texts}


def test_tracks_are_rows_under_frames_and_waveform(clip, draw):
    film, wave, words, events = draw(
        clip,
        [Span(0.0, 0.4, "one", "words"), Span(0.1, 0.9, "flash", "events"), Span(0.5, 0.9, "two", "words")],
    )
    assert film.images
    assert wave.collections or wave.lines
    assert labels(words) == {"words", "one", "two"}
    assert labels(events) == {"events", "flash"}


def test_all_rows_share_one_axis_of_seconds(clip, draw):
    axes = draw(clip, [Span(0.0, 0.4, "one", "words")])
    assert {row.get_xlim() for row in axes} == {(0, 1)}
    assert len({row.get_window_extent().x0 for row in axes}) == 1
    assert [row.xaxis.get_visible() for row in axes] == [False, False, True]
    assert axes[-1].get_xlabel() == "time (s)"


def test_a_span_is_drawn_where_it_is(clip, draw):
    row = draw(clip, [Span(0.25, 0.75, "one", "words")])[-1]
    (path,) = row.collections[0].get_paths()
    assert path.vertices[:, 0].min() == pytest.approx(0.25)
    assert path.vertices[:, 0].max() == pytest.approx(0.75)


def test_an_event_without_a_length_can_still_be_seen(clip, draw):
    row = draw(clip, [Span(0.5, 0.5, "click", "events")])[-1]
    pixels = row.transData.transform([(x, 0) for x in row.collections[0].get_paths()[0].vertices[:, 0]])[:, 0]
    assert pixels.max() - pixels.min() == pytest.approx(2, abs=0.1)


def test_spans_that_overlap_get_lanes_of_their_own(clip, draw):
    row = draw(
        clip,
        [Span(0.0, 0.6, "one", "words"), Span(0.4, 0.9, "two", "words"), Span(0.6, 1.0, "three", "words")],
    )[-1]
    assert row.get_ylim() == (2, 0)
    lanes = {text.get_text(): int(text.get_position()[1]) for text in row.texts if text.get_text() != "words"}
    assert lanes == {"one": 0, "two": 1, "three": 0}


def test_a_label_that_does_not_fit_stands_after_its_span(clip, draw):
    row = draw(clip, [Span(0.2, 0.22, "a long word", "words"), Span(0.6, 0.9, "short", "words")])[-1]
    places = {text.get_text(): (text.get_position()[0], text.get_ha()) for text in row.texts}
    assert places["short"] == (0.75, "center")
    assert places["a long word"][0] == pytest.approx(0.22, abs=0.01)
    assert places["a long word"][1] == "left"


def test_a_label_without_room_is_left_out(clip, draw):
    row = draw(clip, [Span(0.0, 0.02, "a long word", "words"), Span(0.1, 0.9, "short", "words")])[-1]
    assert labels(row) == {"words", "short"}


def test_labels_of_a_track_have_one_size_in_which_they_fit(clip, draw):
    narrow, wide = Span(0.0, 0.06, "seven", "words"), Span(0.1, 0.9, "eight", "words")
    sizes = {text.get_text(): text.get_fontsize() for text in draw(clip, [narrow, wide])[-1].texts}
    assert sizes["seven"] == sizes["eight"] < sizes["words"]


def test_a_half_that_is_missing_has_no_row(clip, draw):
    assert len(draw(Clip(clip.frames, clip.frame_times), [Span(0.0, 1.0, "one", "words")])) == 2
    assert len(draw(Clip(audio=clip.audio, sample_rate=clip.sample_rate), [])) == 1


def test_a_clip_that_does_not_last_is_refused():
    with pytest.raises(ValueError, match="longer than 0 s"):
        show.timeline(Clip(), [], alt=ALT)


def test_the_image_carries_the_words(clip, elements):
    shown = show.timeline(clip, [Span(0.0, 1.0, "one", "words")], alt=ALT)
    assert elements(shown.html, "img")[0]["alt"] == shown.text == ALT
