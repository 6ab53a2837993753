from itertools import pairwise

import pytest
import torch

from avlab.errors import WorldError
from avlab.world import clap, clicks, crossing


def flashes(clip) -> list[float]:
    """When the picture turns bright."""
    bright = (clip.frames.amin(-1) > 240).flatten(1).any(1).int()
    return clip.frame_times[bright.diff(prepend=torch.tensor([0], dtype=torch.int)) == 1].tolist()


def heard(clip) -> list[float]:
    """When a click begins, after at least 20 ms of nothing."""
    sounding = clip.audio.nonzero()[:, 0]
    gaps = sounding.diff(prepend=torch.tensor([-9999])) > clip.sample_rate // 50
    return (sounding[gaps] / clip.sample_rate).tolist()


@pytest.mark.parametrize("offset", [0.0, 0.2, -0.15, 0.08])
def test_clicks_come_the_offset_after_the_flashes(offset):
    clip = clap([0.5, 1.2, 2.0], 3.0, fps=30, offset=offset)
    assert flashes(clip) == pytest.approx([0.5, 1.2, 2.0])
    assert heard(clip) == pytest.approx([0.5 + offset, 1.2 + offset, 2.0 + offset])
    assert clip.duration == pytest.approx(3.0) and len(clip.frames) == 90


@pytest.mark.parametrize("fps", [24, 25, 30_000 / 1001, 60])
def test_a_flash_is_on_the_first_frame_from_its_moment_on(fps):
    at = [0.301, 0.777, 1.5]
    clip = clap(at, 2.0, fps=fps)
    assert all(0 <= seen - moment < 1 / fps for seen, moment in zip(flashes(clip), at, strict=True))
    assert heard(clip) == pytest.approx(at, abs=0.5 / 16_000 + 1e-6)


def test_the_ball_is_at_the_floor_when_it_flashes_and_above_it_otherwise():
    clip = clap([0.5, 1.5], 2.0, fps=50)
    lowest = [frame[:81].float().sum(-1).gt(300).any(1).nonzero().max().item() for frame in clip.frames]
    assert max(lowest[25], lowest[75]) >= 79 and lowest[50] < 30 and lowest[0] < 30
    # It falls faster and faster, and rises slower and slower.
    fall = [b - a for a, b in pairwise(lowest[8:25])]
    assert sum(fall[-4:]) > sum(fall[:4]) + 5


def test_hits_may_be_close_together():
    clip = clap([0.5, 0.7, 0.9], 1.5, fps=50)
    assert flashes(clip) == pytest.approx([0.5, 0.7, 0.9])
    assert torch.isfinite(clip.audio).all()


def test_a_click_outside_the_clip_is_not_heard():
    assert len(heard(clap([0.1, 1.9], 2.0, offset=0.2))) == 1
    assert len(heard(clap([0.1, 1.9], 2.0, offset=-0.2))) == 1


@pytest.mark.parametrize("at", [[], [1.0, 0.5], [0.5, 0.5], [-0.1], [2.0], [float("nan")]])
def test_moments_must_rise_within_the_clip(at):
    with pytest.raises(WorldError, match="must rise"):
        clap(at, 2.0)


def test_clicks_start_at_their_samples():
    audio = clicks([0.25, 0.5], 1.0, 8_000)
    assert len(audio) == 8_000 and audio[:2000].abs().max() == 0
    assert audio[2000].abs() == audio.abs().max() == audio[4000].abs()


def test_the_picture_of_a_crossing_is_the_same_with_and_without_the_click():
    silent, clicking, late = crossing(), crossing(sound_at=1.0), crossing(sound_at=1.7)
    assert silent.frames.equal(clicking.frames) and silent.frames.equal(late.frames)
    assert silent.audio.abs().max() == 0 and len(silent.audio) == len(clicking.audio) == 32_000
    assert heard(clicking) == [1.0] and heard(late) == pytest.approx([1.7])


def test_the_discs_meet_half_way_and_either_story_fits():
    frames = crossing(seconds=2.0, fps=30).frames
    width = [frame[..., 1].gt(100).any(0).nonzero()[:, 0] for frame in frames]
    spread = [(columns.max() - columns.min()).item() for columns in width]
    assert min(range(len(spread)), key=spread.__getitem__) == 30
    assert spread[30] <= 25 and spread[0] > 160
    # The film is the same backwards and in a mirror: nothing in it tells passing from bouncing.
    assert frames[1:].flip(0).equal(frames[1:])
    assert frames.flip(2).equal(frames)
