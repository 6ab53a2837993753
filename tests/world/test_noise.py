import pytest
import torch

from avlab.errors import WorldError
from avlab.world import NOISES, noise, say


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_noise_has_its_length_and_its_level(kind, rate):
    wave = noise(kind, 1.3, rate)
    assert wave.shape == (round(1.3 * rate),) and wave.dtype == torch.float32
    assert wave.square().mean() == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("samples", [0, 1, 2, 7])
def test_a_few_samples_are_made_too(kind, samples):
    wave = noise(kind, samples / 16_000 + 1e-6)
    assert len(wave) == samples and wave.isfinite().all()


@pytest.mark.parametrize("kind", NOISES)
def test_the_seed_decides(kind):
    assert torch.equal(noise(kind, 1.0, seed=3), noise(kind, 1.0, seed=3))
    assert not torch.allclose(noise(kind, 1.0, seed=3), noise(kind, 1.0, seed=4), atol=0.1)


@pytest.mark.parametrize(("kind", "slope"), [("white", 0), ("pink", -1), ("brown", -2)])
def test_the_colour_is_the_slope_of_the_spectrum(kind, slope):
    power = torch.fft.rfft(noise(kind, 8.0).double()).abs().square()
    octaves = [power[8 * low : 16 * low].mean() for low in (62, 125, 250, 500, 1000, 2000, 4000)]
    steps = torch.stack(octaves).log2().diff()
    assert steps.mean() == pytest.approx(slope, abs=0.05)
    assert (steps - slope).abs().max() < 0.4


def test_brown_noise_does_not_drift():
    assert torch.fft.rfft(noise("brown", 8.0).double())[: 20 * 8].abs().max() < 1e-2


def test_a_hum_comes_back_fifty_times_a_second():
    hum = noise("hum", 2.0)
    assert torch.allclose(hum[320:], hum[:-320], atol=1e-3)
    assert not torch.allclose(hum[160:], hum[:-160], atol=0.1)


def loudness(kind: str) -> torch.Tensor:
    """The power of each quarter of a second."""
    return noise(kind, 8.0).reshape(-1, 4000).square().mean(1)


def test_steady_noises_are_steady_and_others_are_not():
    for kind in ("white", "pink", "brown", "hum", "fan", "rain"):
        assert loudness(kind).std() < 0.28, kind
    for kind in ("engine", "clicks"):
        assert loudness(kind).std() > 0.33, kind


def test_clicks_are_silent_in_between():
    clicks = noise("clicks", 8.0)
    assert (clicks == 0).float().mean() > 0.8
    assert clicks.abs().max() > 10


def test_a_babble_is_voices():
    """It has no silence, and the long-term spectrum of speech rather than of anything else."""
    babble = noise("babble", 4.0)
    assert loudness("babble").min() > 0.05
    alone = torch.cat([say("bin blue at F two now", voice).audio for voice in ("en-us+f2", "en-gb+m3")])
    assert agreement(babble, alone) > 0.9 > agreement(babble, noise("white", 4.0))


def agreement(one: torch.Tensor, other: torch.Tensor) -> float:
    """The correlation of two long-term spectra, in decibels on 40 bands."""
    bands = [
        torch.fft.rfft(wave).abs().square()[: 1 + len(wave) // 2 // 40 * 40][1:].reshape(40, -1).mean(1).log()
        for wave in (one, other)
    ]
    return torch.corrcoef(torch.stack(bands))[0, 1].item()


def test_music_is_tones_of_the_scale():
    music = noise("music", 0.6)
    power = torch.fft.rfft(music * torch.hann_window(len(music))).abs().square()
    root = round(261.6 * 0.6)
    assert power[root - 2 : root + 3].max() > 100 * power[root + 8 : root + 14].max()


@pytest.mark.parametrize(
    "wrong", [{"kind": "wind"}, {"seconds": 0}, {"seconds": float("nan")}, {"sample_rate": 100}]
)
def test_what_cannot_be_made_is_refused(wrong):
    with pytest.raises(WorldError):
        noise(**{"kind": "pink", "seconds": 1.0} | wrong)


def test_an_unknown_noise_is_told_what_there_is():
    with pytest.raises(WorldError, match="white, pink, brown"):
        noise("wind", 1.0)
