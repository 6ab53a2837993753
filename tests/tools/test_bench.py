import numpy as np
import pytest

from tools.bench import Row, measured


def row(theirs):
    return Row("counting", lambda: np.zeros(3), "abacus", lambda: theirs, tolerance=0.5)


def test_a_row_names_both_and_tells_their_difference():
    cells = [cell.strip() for cell in measured(row(np.full(3, 0.25)), repeats=3).strip("|").split("|")]
    assert cells[0] == "counting" and cells[2] == "abacus" and cells[5] == "0.25"


def test_results_that_differ_are_not_measured():
    with pytest.raises(AssertionError, match="differ by 1"):
        measured(row(np.ones(3)))
    with pytest.raises(AssertionError, match=r"\(3,\) and \(4,\)"):
        measured(row(np.zeros(4)))


def test_bytes_are_compared_as_numbers():
    wraps = Row("bytes", lambda: np.uint8([0]), "other", lambda: np.uint8([255]), tolerance=1)
    with pytest.raises(AssertionError, match="differ by 255"):
        measured(wraps)
