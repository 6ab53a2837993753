import numpy as np
import pytest
import torch

import avlab
from tests.media.made import plainly_decoded

pytestmark = pytest.mark.media


def test_two_video_and_two_sound_streams(media):
    path = media / "nasa_13013.mp4"

    first, second = avlab.read(path), avlab.read(path, video_stream=1, audio_stream=1, sample_rate=None)

    assert first.frames.shape[1:] == (180, 320, 3)
    assert first.fps == pytest.approx(25)
    assert second.frames.shape == (390, 270, 480, 3)
    steps = second.frame_times.diff()
    assert torch.allclose(steps, torch.full_like(steps, 1001 / 30000), rtol=0, atol=1e-6)
    assert second.sample_rate == 16000
    assert avlab.read(path, pictures=False, sample_rate=None).sample_rate == 8000
    assert first.duration == pytest.approx(13.06, abs=0.1)
    with pytest.raises(avlab.errors.UnknownStream):
        avlab.read(path, video_stream=2)


def test_opus_in_matroska(media):
    clip = avlab.read(media / "flipping_a_pancake.mkv")

    assert clip.frames.shape == (310, 240, 426, 3)
    assert clip.fps == pytest.approx(30, abs=0.01)
    assert len(clip.audio) / clip.sample_rate == pytest.approx(10.38, abs=0.05)


@pytest.mark.parametrize(("name", "seconds"), [("jfk.flac", 11.0), ("ls_test.flac", 6.665)])
def test_flac_is_what_soundfile_reads(media, name, seconds):
    soundfile = pytest.importorskip("soundfile")
    theirs, sample_rate = soundfile.read(media / name, dtype="float64", always_2d=True)

    clip = avlab.read(media / name, sample_rate=None)

    assert clip.sample_rate == sample_rate
    assert clip.duration == pytest.approx(seconds, abs=0.01)
    assert np.array_equal(clip.audio.numpy(), theirs.mean(axis=1).astype(np.float32))


def test_resampled_speech_is_close_to_librosas(media):
    librosa = pytest.importorskip("librosa")
    theirs, _ = librosa.load(media / "jfk.flac", sr=16000, mono=True)

    ours = avlab.read(media / "jfk.flac").audio.numpy()

    assert len(ours) == pytest.approx(len(theirs), abs=1)
    count = min(len(ours), len(theirs))
    # Two low-pass filters of different steepness: they differ near 8 kHz, where speech has little.
    assert np.sqrt(np.mean((ours[:count] - theirs[:count]) ** 2)) < 0.03 * np.sqrt(np.mean(theirs**2))


@pytest.mark.parametrize("name", ["bikes.mp4", "scene_cuts.mp4", "flipping_a_pancake.mkv", "nasa_13013.mp4"])
def test_frames_are_those_of_plain_decoding(media, name):
    frames = avlab.read(media / name, sound=False).frames.numpy()

    assert np.array_equal(frames, plainly_decoded(media / name))


@pytest.mark.parametrize("name", ["bikes.mp4", "flipping_a_pancake.mkv", "nasa_13013.mp4"])
def test_a_part_is_what_the_whole_has_there(media, name):
    whole, part = avlab.read(media / name)[4.321:5.678], avlab.read(media / name, start=4.321, end=5.678)

    assert torch.equal(part.frames, whole.frames)
    assert torch.allclose(part.frame_times, whole.frame_times, rtol=0, atol=1e-9)
    if whole.audio is not None:
        # The noise that AAC puts in place of noise is drawn anew each time; Opus forgets slowly.
        assert torch.allclose(part.audio, whole.audio, atol=2e-3)


@pytest.mark.parametrize("name", ["bikes.mp4", "flipping_a_pancake.mkv", "jfk.flac", "nasa_13013.mp4"])
def test_pieces_put_together_are_the_whole(media, name):
    whole, pieces = avlab.read(media / name), list(avlab.stream(media / name, seconds=2.5))

    if whole.frames is not None:
        assert torch.equal(torch.cat([piece.frames for piece in pieces]), whole.frames)
    if whole.audio is not None:
        assert torch.equal(torch.cat([piece.audio for piece in pieces]), whole.audio)
