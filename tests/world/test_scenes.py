from itertools import combinations, pairwise

import pytest
import torch

from avlab.errors import WorldError
from avlab.world import scene
from avlab.world.drawing import PALETTE
from avlab.world.scenes import TIMBRE_OF

SEEDS = range(12)
WHITE = 185  # every colour's darkest part is below this, and above it in a flash


def flashing_frames(made) -> list[bool]:
    """Which frames hold pixels that only a flash makes."""
    return (made.clip.frames.amin(-1) >= WHITE).flatten(1).any(1).tolist()


def onsets(audio: torch.Tensor, rate: int) -> list[int]:
    """The samples at which sound begins after at least 20 ms of nothing."""
    sounding = audio.nonzero()[:, 0]
    gaps = (sounding.diff(prepend=torch.tensor([-rate])) > rate // 50).nonzero()[:, 0]
    return sounding[gaps].tolist()


@pytest.fixture(scope="module", params=[30, 30_000 / 1001, 24, 12.5], ids=lambda fps: f"{fps:.2f}")
def scenes(request):
    return request.param, [scene(seed, fps=request.param, size=(96, 128)) for seed in SEEDS]


def test_flashes_are_on_the_frames_that_the_events_say(scenes):
    _, made = scenes
    for one in made:
        times = one.clip.frame_times
        said = torch.zeros(len(times), dtype=torch.bool)
        for event in one.events:
            if event.label == "flash":
                assert event.start in times.tolist()
                said |= (times >= event.start) & (times < event.end)
        assert said.tolist() == flashing_frames(one)


def test_a_flash_is_where_its_body_is(scenes):
    _, made = scenes
    for one in made:
        bodies = {body.name: body for body in one.bodies}
        for event in one.events:
            if event.label == "flash":
                frame = one.clip.frame_times.tolist().index(event.start)
                x, y = bodies[event.track].positions[frame].round().int().tolist()
                assert one.clip.frames[frame, y, x].min() >= WHITE


def test_sounds_begin_at_the_samples_that_the_events_say(scenes):
    _, made = scenes
    for one in made:
        rate = one.clip.sample_rate
        said = [round(event.start * rate) for event in one.events if event.label != "flash"]
        assert onsets(one.clip.audio, rate) == said
        for event in one.events:
            assert event.start * rate == pytest.approx(round(event.start * rate)) or event.label == "flash"


def test_a_body_flashes_and_sounds_at_the_same_moment(scenes):
    fps, made = scenes
    together = 0
    for one in made:
        for a, b in pairwise(one.events):
            if a.label == "flash" and b.track == a.track and abs(a.start - b.start) < 0.5 / fps:
                together += 1
                assert abs(a.start - b.start) <= 0.5 / one.clip.sample_rate + 1e-12
    assert together > len(made)


def test_sounds_do_not_overlap_and_fit(scenes):
    _, made = scenes
    for one in made:
        sounds = [event for event in one.events if event.label != "flash"]
        assert all(a.end <= b.start for a, b in pairwise(sounds))
        assert all(0 <= event.start < event.end <= one.clip.duration for event in one.events)
        assert all(a.start <= b.start for a, b in pairwise(sounds))


def test_bodies_sound_as_their_shape_does_and_strangers_do_not():
    strangers = silent = unlit = 0
    for seed in range(40):
        one = scene(seed, fps=10, size=(48, 64))
        bodies = {body.name: body for body in one.bodies}
        flashes = {round(event.start, 3) for event in one.events if event.label == "flash"}
        sounds = {round(event.start, 3) for event in one.events if event.label != "flash"}
        silent, unlit = silent + len(flashes - sounds), unlit + len(sounds - flashes)
        for event in one.events:
            if event.track == "off-screen":
                strangers += 1
                assert event.label not in {body.timbre for body in one.bodies}
            elif event.label != "flash":
                assert event.label == bodies[event.track].timbre == TIMBRE_OF[bodies[event.track].shape]
    assert strangers > 10 and silent > 10 and unlit > 10


def test_bodies_differ_and_are_where_they_say():
    for seed in SEEDS:
        one = scene(seed)
        assert 2 <= len(one.bodies) <= 3
        for part in ("colour", "shape", "name"):
            assert len({getattr(body, part) for body in one.bodies}) == len(one.bodies)
        quiet = flashing_frames(one).index(False)
        for body in one.bodies:
            assert body.positions.shape == (len(one.clip.frames), 2)
            x, y = body.positions[quiet].int().tolist()
            assert one.clip.frames[quiet, y, x].tolist() in [list(PALETTE[b.colour]) for b in one.bodies]


def test_bodies_move_smoothly_within_the_picture():
    for seed in SEEDS:
        one = scene(seed)
        for body in one.bodies:
            assert (body.positions > 1.5 * body.radius).all()
            assert (body.positions < torch.tensor([192, 144]) - 1.5 * body.radius).all()
            assert body.positions.diff(dim=0).norm(dim=1).max() < 6
            assert body.positions.diff(n=2, dim=0).norm(dim=1).max() < 0.5
            assert (body.positions[0] - body.positions).norm(dim=1).max() > body.radius


def test_bodies_seldom_hide_each_other():
    hidden = total = 0
    for seed in range(30):
        one = scene(seed, fps=10)
        for a, b in combinations(one.bodies, 2):
            near = (a.positions - b.positions).norm(dim=1) < 0.7 * (a.radius + b.radius)
            hidden, total = hidden + near.sum().item(), total + len(near)
    assert hidden < 0.05 * total


def test_a_scene_is_the_same_each_time_and_others_differ():
    a, b, c = scene(3), scene(3), scene(4)
    assert a.clip.frames.equal(b.clip.frames) and a.clip.audio.equal(b.clip.audio) and a.events == b.events
    assert not a.clip.audio.equal(c.clip.audio) and a.events != c.events
    assert repr(a).startswith(f"Scene({a.bodies[0].name}, ")


def test_a_scene_has_the_size_length_and_rates_that_were_asked_for():
    one = scene(1, seconds=2.5, fps=30_000 / 1001, size=(60, 100), sample_rate=44_100)
    assert one.clip.frames.shape == (75, 60, 100, 3)
    assert one.clip.frame_times[1].item() == pytest.approx(1001 / 30_000)
    assert len(one.clip.audio) == 110_250 and one.clip.sample_rate == 44_100
    assert one.clip.audio.abs().max() <= 1


@pytest.mark.parametrize(
    "how", [{"seconds": 0.3}, {"seconds": -1}, {"fps": 0}, {"size": (0, 10)}, {"sample_rate": 100}]
)
def test_what_cannot_be_made_is_refused(how):
    with pytest.raises(WorldError):
        scene(**how)
