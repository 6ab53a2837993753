import pytest

from avlab import Span


def test_a_span_lasts_from_its_start_to_its_end():
    assert Span(1.25, 2.0, "blue").duration == 0.75


def test_a_shifted_span_keeps_its_length_label_and_track():
    span = Span(1.0, 1.5, "flash", "red circle").shifted(-0.25)

    assert span == Span(0.75, 1.25, "flash", "red circle")


def test_spans_sort_by_time():
    late, early = Span(2.0, 2.5, "a"), Span(0.5, 3.0, "b")

    assert sorted([late, early]) == [early, late]


def test_a_span_is_not_changed_in_place():
    with pytest.raises(AttributeError):
        Span(0.0, 1.0, "beep").start = 2.0
