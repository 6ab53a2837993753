import pytest

from avlab import show


def test_every_cell_has_a_heading_for_its_column_and_its_row(elements):
    shown = show.table(
        [("sound", 64000), ("pictures", 120)], ("stream", "count"), caption="What four seconds hold"
    )
    assert [cell["scope"] for cell in elements(shown.html, "th")] == ["col", "col", "row", "row"]
    assert len(elements(shown.html, "td")) == 2
    assert "What four seconds hold</caption>" in shown.html
    assert shown.text == "What four seconds hold\nstream | count\nsound | 64000\npictures | 120"


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"\['sound'\] has 1 cells under a header of 2"):
        show.table([("sound",)], ("stream", "count"), caption="What four seconds hold")
