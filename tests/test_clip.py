import math
from itertools import pairwise

import pytest
import torch

from avlab import Clip
from avlab.clip import _check_pictures, _check_sound


def clip_of(frames: int = 50, fps: float = 25.0, audio: int = 32000, sample_rate: int = 16000) -> Clip:
    """Frame i is a grey of value i, sample i is i / 2^20: each tells which one it is."""
    pictures = torch.arange(frames, dtype=torch.uint8)[:, None, None, None].expand(frames, 4, 6, 3).clone()
    times = torch.arange(frames, dtype=torch.float64) / fps
    return Clip(pictures, times, torch.arange(audio) / 2.0**20, sample_rate)


def names(clip: Clip) -> list[int]:
    return clip.frames[:, 0, 0, 0].tolist()


def test_both_halves_are_cut_at_the_same_moments():
    piece = clip_of()[0.5:1.0]

    assert names(piece) == list(range(13, 25))
    assert piece.frame_times[0].item() == pytest.approx(0.02)
    assert (piece.audio * 2**20).tolist() == list(range(8000, 16000))


def test_pieces_that_meet_give_the_clip_again():
    clip = clip_of(frames=60, fps=30000 / 1001)
    edges = [0.0, 1 / 3, 0.7, 1.5]

    pieces = [clip[a:b] for a, b in pairwise([*edges, None])]

    assert [name for piece in pieces for name in names(piece)] == names(clip)
    assert torch.equal(torch.cat([piece.audio for piece in pieces]), clip.audio)


def test_a_frame_at_the_edge_belongs_to_the_later_piece():
    clip = clip_of()

    assert names(clip[0.4:0.48]) == [10, 11]


def test_negative_seconds_count_from_the_end():
    assert names(clip_of()[-0.12:]) == [47, 48, 49]
    assert len(clip_of()[:-1.5].audio) == 8000


def test_a_clip_cut_beyond_its_end_ends_with_it():
    clip = clip_of()

    assert len(clip[1.9:99].audio) == 1600
    assert len(clip[50:99].audio) == len(clip[50:99].frames) == 0


def test_an_end_before_the_start_leaves_nothing():
    assert clip_of()[1.0:0.5].duration == 0


def test_the_only_frame_of_a_clip_survives_slicing():
    still = clip_of(frames=1, audio=0)

    assert names(still[0:]) == names(still[:0.5]) == [0]


def test_slices_of_half_a_clip():
    silent = Clip(clip_of().frames, clip_of().frame_times)
    heard = Clip(audio=clip_of().audio, sample_rate=16000)

    assert silent[0.5:1.0].audio is None
    assert names(silent[0.5:1.0]) == list(range(13, 25))
    assert heard[0.5:1.0].frames is None
    assert len(heard[0.5:1.0].audio) == 8000


def test_a_clip_is_cut_without_a_step():
    with pytest.raises(TypeError, match=r"clip\[1.5:3.0\]"):
        clip_of()[0:1:2]


@pytest.mark.parametrize("moment", [math.nan, math.inf, -math.inf])
def test_a_clip_is_cut_at_finite_seconds(moment):
    with pytest.raises(ValueError, match="finite"):
        clip_of()[moment:2.0]
    with pytest.raises(ValueError, match="finite"):
        clip_of()[0.0:moment]


def test_a_clip_lasts_as_long_as_the_longer_half():
    assert clip_of(frames=50, audio=16000).duration == pytest.approx(2.0)
    assert clip_of(frames=10, audio=48000).duration == 3.0
    assert Clip().duration == 0.0


def test_fps_is_the_usual_step_whatever_a_clock_rounds_and_a_pause_adds():
    times = (torch.arange(90, dtype=torch.float64) * 1001 / 30000 * 1000).round() / 1000
    times[60:] += 5.0
    clip = Clip(torch.zeros(90, 2, 2, 3, dtype=torch.uint8), times)

    assert clip.fps == pytest.approx(30000 / 1001, rel=1e-3)


def test_a_single_frame_has_no_rate():
    assert clip_of(frames=1).fps is None


def test_a_clip_says_what_it_is():
    assert repr(clip_of()) == "Clip(2.00 s, 50 frames of 6×4 at 25 a second, 32000 samples at 16000 Hz)"
    assert repr(Clip()) == "Clip(0.00 s, nothing to see or hear)"


PICTURES = torch.zeros(2, 4, 6, 3, dtype=torch.uint8)
TIMES = torch.tensor([0.0, 0.04], dtype=torch.float64)


@pytest.mark.parametrize(
    ("frames", "times", "says"),
    [
        (PICTURES, None, "come together"),
        (None, TIMES, "come together"),
        (PICTURES.float(), TIMES, "uint8"),
        (PICTURES.movedim(-1, 1), TIMES, r"\(time, height, width, 3\)"),
        (PICTURES, torch.zeros(3, dtype=torch.float64), "one for each"),
        (PICTURES, TIMES.float(), "float64"),
        (PICTURES, TIMES * 0, "must rise"),
        (PICTURES, TIMES - 0.1, "must rise"),
        (PICTURES, TIMES * math.nan, "must rise"),
    ],
)
def test_pictures_that_do_not_fit_their_times_are_refused(frames, times, says):
    # The check itself: the tests' type checks would speak before `Clip(…)` does.
    with pytest.raises(ValueError, match=says):
        _check_pictures(frames, times)


@pytest.mark.parametrize(
    ("audio", "sample_rate", "says"),
    [
        (torch.zeros(2, 8), 16000, "mono"),
        (torch.zeros(8, dtype=torch.float64), 16000, "float32"),
        (torch.zeros(8), None, "hertz"),
        (torch.zeros(8), 0, "hertz"),
    ],
)
def test_sound_without_a_rate_or_in_the_wrong_numbers_is_refused(audio, sample_rate, says):
    with pytest.raises(ValueError, match=says):
        _check_sound(audio, sample_rate)


def test_a_clip_checks_itself_when_it_is_made():
    with pytest.raises(ValueError, match="must rise"):
        Clip(PICTURES, TIMES.flip(0))
    with pytest.raises(ValueError, match="hertz"):
        Clip(audio=torch.zeros(8))
