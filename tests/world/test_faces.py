import pytest
import torch

from avlab import Clip
from avlab.errors import WorldError
from avlab.world import mouth_opening, say, talking_face
from avlab.world.faces import CAVITY


@pytest.fixture(scope="module")
def speech():
    return say("Mamma, Bob put a big map on top.")


def mouth_of(clip: Clip, size: int) -> torch.Tensor:
    """The part of the frames where the mouth is."""
    return clip.frames[
        :, round(0.6 * size) : round(0.82 * size), round(0.3 * size) : round(0.7 * size)
    ].float()


def test_a_face_says_the_speech(speech):
    clip = talking_face(speech)
    assert clip.frames.shape == (len(mouth_opening(speech)), 96, 96, 3)
    assert clip.frame_times.tolist() == [k / 25 for k in range(len(clip.frames))]
    assert clip.audio is speech.audio and clip.sample_rate == speech.sample_rate
    assert 0 <= clip.duration - speech.duration < 1 / 25


def test_the_dark_of_the_mouth_grows_and_shrinks_with_its_opening(speech):
    opening = mouth_opening(speech)
    for seed in range(6):
        clip = talking_face(speech, size=128, seed=seed)
        dark = ((mouth_of(clip, 128) - torch.tensor(CAVITY)).abs().amax(-1) < 25).sum((1, 2)).float()
        assert torch.corrcoef(torch.stack([dark, opening]))[0, 1] > 0.85
        assert dark[opening < 0.01].max() < 0.2 * dark.max()


def test_a_mouth_that_is_shut_shows_no_teeth():
    clip, opening = talking_face(say("bobby bobby"), size=128, seed=1), mouth_opening(say("bobby bobby"))
    white = (mouth_of(clip, 128).amin(-1) > 235).sum((1, 2))
    assert white[opening == 0].max() == 0 and white.max() > 0


def test_the_mouth_moves_and_the_rest_nearly_rests(speech):
    clip = talking_face(speech, size=96)
    change = clip.frames.float().diff(dim=0).abs().mean((0, 3))
    assert change[58:78, 34:62].mean() > 4 * change[:10].mean()


def test_people_differ_and_stay_themselves(speech):
    faces = [talking_face(speech, size=48, seed=seed).frames for seed in range(6)]
    assert all(not a.equal(b) for i, a in enumerate(faces) for b in faces[:i])
    assert talking_face(speech, size=48, seed=3).frames.equal(faces[3])


def test_how_somebody_looks_does_not_tell_what_they_say():
    a, b = (talking_face(say(text), size=64, seed=5).frames for text in ("two", "seven again now"))
    assert a[0, :34].equal(b[0, :34])  # all above the mouth


def test_people_blink():
    speech = say("She sells sea shells by the sea shore, and he sells none of them today.")
    for seed in range(3):
        clip = talking_face(speech, seed=seed)
        eyes = clip.frames[:, 36:52, 26:70].float()
        white = (eyes.amin(-1) > 200).sum((1, 2))
        shut = white < 0.3 * white.median()
        assert 1 <= shut.sum() < 0.3 * len(white)


def test_a_face_may_speak_with_the_voice_of_another():
    # McGurk and MacDonald (1976): the lips of one syllable, the sound of another.
    seen, heard = talking_face(say("gah")), say("bah")
    both = Clip(seen.frames, seen.frame_times, heard.audio, heard.sample_rate)
    assert both.audio.equal(heard.audio) and abs(both.duration - seen.duration) < 0.08
    lips = talking_face(say("bah"))
    assert mouth_opening(say("bah"))[0] == 0 < mouth_opening(say("gah"))[1]
    assert not lips.frames[: len(seen.frames)].equal(seen.frames)


@pytest.mark.parametrize("fps", [12.5, 30_000 / 1001, 60])
def test_other_clocks(speech, fps):
    clip = talking_face(speech, size=32, fps=fps)
    assert len(clip.frames) == len(mouth_opening(speech, fps))
    assert clip.frame_times[-1] < speech.duration <= clip.frame_times[-1] + 1 / fps + 1e-6


@pytest.mark.parametrize(("how", "says"), [({"size": 23}, "24 or more"), ({"size": 9999}, "cannot be drawn")])
def test_what_cannot_be_drawn_is_refused(speech, how, says):
    with pytest.raises(WorldError, match=says):
        talking_face(speech, **how)
