from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from avlab.clocks import SAME_MOMENT, frame_on_screen, match_in_time, samples_between


def seconds(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_the_frame_on_screen_is_the_last_one_whose_time_has_come():
    times = seconds(0.0, 0.04, 0.08, 0.5)

    assert frame_on_screen(times, seconds(0.0, 0.039, 0.04, 0.3, 0.5, 99.0)).tolist() == [0, 0, 1, 2, 3, 3]


def test_before_the_first_frame_the_first_is_on_screen():
    assert frame_on_screen(seconds(0.5, 0.6), seconds(0.0, 0.49)).tolist() == [0, 0]


def test_a_moment_that_rounding_put_just_before_a_frame_shows_that_frame():
    times = torch.arange(3000, dtype=torch.float64) * 1001 / 30000
    rounded = (times * 90000).round() / 90000 - 1e-9

    assert frame_on_screen(times, rounded).tolist() == list(range(3000))


def test_moments_may_come_in_any_order():
    assert frame_on_screen(seconds(0.0, 1.0, 2.0), seconds(2.5, 0.1, 1.1)).tolist() == [2, 0, 1]


def test_without_a_frame_nothing_can_be_on_screen():
    with pytest.raises(ValueError, match="no frame"):
        frame_on_screen(seconds(), seconds(0.0))


@given(
    edges=st.lists(st.floats(0, 1000), min_size=3, max_size=8, unique=True),
    sample_rate=st.sampled_from([8000, 11025, 16000, 44100]),
)
def test_pieces_that_meet_share_no_sample_and_leave_none_out(edges, sample_rate):
    edges = sorted(edges)
    pieces = [samples_between(a, b, sample_rate) for a, b in pairwise(edges)]

    assert all(a.stop == b.start for a, b in pairwise(pieces))
    assert (pieces[0].start, pieces[-1].stop) == (
        round(edges[0] * sample_rate),
        round(edges[-1] * sample_rate),
    )


def test_a_second_has_as_many_samples_as_its_rate():
    assert samples_between(2, 3, 16000) == slice(32000, 48000)


def test_the_nearest_in_time_is_matched_and_the_far_is_not():
    assert match_in_time(seconds(0.0, 1.02, 5.0), seconds(1.0, 0.01, 2.0), 0.05).tolist() == [1, 0, -1]


def test_a_distance_of_exactly_the_limit_still_matches():
    assert match_in_time(seconds(1.0), seconds(1.1), 0.1 - SAME_MOMENT / 2).tolist() == [0]


def test_nothing_matches_when_there_is_nothing():
    assert match_in_time(seconds(0.0, 1.0), seconds(), 1.0).tolist() == [-1, -1]
