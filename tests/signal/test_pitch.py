import librosa
import numpy as np
import pytest
import torch

from avlab.signal.frames import frame
from avlab.signal.pitch import pitch
from avlab.world import say


def voice(hertz: float, harmonics: dict[int, float], sample_rate: int = 16_000) -> torch.Tensor:
    """Half a second of a steady sound: the amplitude of each harmonic, in arbitrary phases."""
    time = torch.arange(sample_rate // 2, dtype=torch.float64) / sample_rate
    return sum(
        level * torch.sin(2 * torch.pi * hertz * n * time + n * n) for n, level in harmonics.items()
    ).float()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("hertz", [60.5, 80, 123.4, 200, 250.5, 333, 399])
def test_a_tone_has_its_pitch(hertz, dtype):
    found = pitch(voice(hertz, {1: 0.1}).to(dtype))

    assert found.dtype == dtype and len(found) == 47
    np.testing.assert_allclose(found, hertz, rtol=1e-3)


@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 44_100])
def test_at_another_rate_it_is_the_same(sample_rate):
    sound = voice(150, {1: 1, 2: 0.5}, sample_rate)

    np.testing.assert_allclose(pitch(sound, sample_rate, window=sample_rate // 20), 150, rtol=1e-3)


# Where the spectrum or the lag misleads: a faint or missing fundamental, one strong harmonic, a pitch that is
# repeated many times within the range.
@pytest.mark.parametrize(
    ("hertz", "harmonics"),
    [
        (110, {2: 1, 3: 1, 4: 1, 5: 1}),
        (110, {1: 0.3, 2: 1, 3: 0.3}),
        (200, {1: 0.2, 5: 1, 6: 0.5}),
        (350, {n: 1 / n for n in range(1, 20)}),
        (90, dict.fromkeys(range(1, 60), 1)),
    ],
)
@pytest.mark.parametrize("noise", [0, 0.02])
def test_no_octave_is_mistaken(hertz, harmonics, noise):
    sound = voice(hertz, harmonics)
    sound = sound / sound.std() + noise * torch.randn(len(sound), generator=torch.Generator().manual_seed(0))

    np.testing.assert_allclose(pitch(sound), hertz, rtol=5e-3)


def test_what_is_higher_than_the_range_is_taken_for_an_octave_below():
    assert pitch(voice(500, {1: 1})).nanmean() == pytest.approx(250, rel=1e-3)
    assert pitch(voice(500, {1: 1}), highest=600).nanmean() == pytest.approx(500, rel=1e-3)


def test_what_is_lower_than_the_range_has_no_pitch():
    assert pitch(voice(50, {1: 1})).isnan().all()


def test_a_glide_is_followed():
    time = torch.arange(16_000, dtype=torch.float64) / 16_000
    sound = torch.sin(2 * torch.pi * (100 * time + 50 * time.square()))  # from 100 Hz to 200 Hz
    found = pitch(sound)
    # What is compared are 372 samples and those one period later.
    middle = (torch.arange(len(found)) * 160 + (372 + 16_000 / found) / 2) / 16_000

    np.testing.assert_allclose(found, 100 + 100 * middle, rtol=5e-3)


def by_the_paper(samples: np.ndarray, shortest: int, longest: int) -> float:
    """YIN's equations 6 and 8 as sums, its absolute threshold of 0.1, and its parabola."""
    compared = len(samples) - longest - 1
    difference = [np.sum((samples[:compared] - samples[k : k + compared]) ** 2) for k in range(longest + 2)]
    normal = [1.0] + [difference[k] / np.mean(difference[1 : k + 1]) for k in range(1, longest + 2)]
    lags = range(shortest, longest + 1)
    troughs = [
        k for k in lags if normal[k] <= normal[k - 1] and normal[k] < normal[k + 1] and normal[k] < 0.3
    ]
    if not troughs:
        return np.nan
    k = next((k for k in troughs if normal[k] < 0.1), min(troughs, key=normal.__getitem__))
    a, b, c = difference[k - 1 : k + 2]
    return 16_000 / (k + (a - c) / (2 * (a - 2 * b + c)))


def test_speech_has_the_pitch_of_the_papers_equations(speech):
    found = pitch(speech.double())
    expected = [by_the_paper(samples, 40, 267) for samples in frame(speech.double(), 640, 160).numpy()]

    assert np.isfinite(expected).mean() > 0.3
    np.testing.assert_allclose(found, expected, rtol=1e-3)
    agree = np.isclose(pitch(speech), expected, rtol=1e-3, equal_nan=True)
    assert agree.mean() > 0.98  # in 32 bits a trough may lie on the other side of the threshold


@pytest.mark.parametrize("name", ["en-us", "en-us+f3", "es"])
def test_speech_has_the_pitch_that_librosa_finds(name):
    audio = say("we were away in a yellow room", voice=name).audio
    found = pitch(audio).numpy()
    theirs = librosa.yin(
        audio.numpy(),
        fmin=60,
        fmax=400,
        sr=16_000,
        frame_length=640,
        hop_length=160,
        center=False,
    )
    voiced = np.isfinite(found)

    # librosa compares the window with itself, and with silence beyond its end: a little low, a little high.
    assert len(found) == len(theirs) and voiced.mean() > 0.5
    off = np.abs(found / theirs - 1)[voiced]
    assert np.median(off) < 0.005 and np.mean(off > 0.05) < 0.03


def test_vowels_are_voiced_and_hisses_are_not():
    spoken = say("she sees fish, he saw a ship, we see a sea")
    found = pitch(spoken.audio)
    middle = (torch.arange(len(found)) * 160 + 320) / 16_000

    def voiced(sounds: set[str]) -> float:
        spans = [phoneme for phoneme in spoken.phonemes if phoneme.label.strip("ˈˌː") in sounds]
        during = torch.stack([(middle > span.start) & (middle < span.end) for span in spans]).any(0)
        return found[during].isfinite().float().mean().item()

    assert voiced({"s", "ʃ", "f"}) < 0.1
    assert voiced({"i", "ɪ", "ɔ", "ɐ"}) > 0.65


def test_noise_and_silence_have_no_pitch():
    noise = torch.randn(100_000, generator=torch.Generator().manual_seed(0))

    assert pitch(noise).isnan().float().mean() > 0.99
    assert pitch(torch.zeros(16_000)).isnan().all()
    assert pitch(torch.full((16_000,), 0.3)).isnan().all()  # a constant, whose rounding must not be voiced


@pytest.mark.parametrize("level", [1e-15, 1e-6, 1e6])
def test_neither_loudness_nor_a_constant_changes_the_pitch(level, speech):
    torch.testing.assert_close(pitch(speech * level), pitch(speech), equal_nan=True, rtol=1e-3, atol=0)
    torch.testing.assert_close(
        pitch(speech.double() + 10), pitch(speech.double()), equal_nan=True, rtol=1e-3, atol=0
    )


def test_a_batch_is_heard_item_by_item(batch):
    found = pitch(batch.unflatten(0, (2, 2)))

    assert found.shape == (2, 2, 97)
    torch.testing.assert_close(
        found.flatten(0, 1), torch.stack([pitch(sound) for sound in batch]), equal_nan=True
    )


@pytest.mark.parametrize("shape", [(0,), (1,), (2, 639), (0, 1000)])
def test_without_a_whole_window_there_is_no_pitch(shape):
    assert pitch(torch.zeros(shape)).shape == ((*shape[:-1], 3) if shape == (0, 1000) else (*shape[:-1], 0))


def test_a_gradient_is_finite(speech):
    audio = torch.cat([speech, torch.zeros(1000)]).requires_grad_()
    pitch(audio).nansum().backward()

    assert audio.grad.isfinite().all() and audio.grad.abs().max() > 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lowest": 0}, "no pitch is from 0 to 400.0 Hz"),
        ({"lowest": 500}, "no pitch is from 500 to 400.0 Hz"),
        ({"highest": 9000}, "give lowest < highest, both above 0 and up to 8000"),
        ({"window": 400}, "window is 400 samples, too short for two periods of 60.0 Hz: give at least 536"),
        ({"hop": 0}, "hop is 0"),
    ],
)
def test_settings_that_cannot_be_met_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        pitch(torch.zeros(1000), **settings)


def test_it_follows_the_device(device):
    assert pitch(torch.zeros(1000, device=device)).device.type == device.type
