import pytest
import torch

from avlab.errors import WorldError
from avlab.world import TIMBRES, tone


@pytest.mark.parametrize("timbre", TIMBRES)
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_sound_has_its_length_its_level_and_starts_at_once(timbre, rate):
    wave = tone(timbre, 440, 0.3, rate, gain=0.25)
    assert len(wave) == round(0.3 * rate) and wave.dtype == torch.float32
    assert wave.abs().max() == pytest.approx(0.25)
    assert wave[0] != 0 and wave[: rate // 500].abs().max() > 0.02
    assert wave[-10:].abs().max() < 0.03  # it ends without a tick


def spectrum(timbre: str, pitch: float) -> torch.Tensor:
    """Power at each hertz from 0 to 8,000."""
    wave = tone(timbre, pitch, 1.0, 16_000)
    return torch.fft.rfft(wave * torch.hann_window(len(wave))).abs().square()


@pytest.mark.parametrize("pitch", [262, 440, 659])
def test_a_beep_is_its_pitch_and_a_buzz_its_multiples(pitch):
    beep, buzz = spectrum("beep", pitch), spectrum("buzz", pitch)
    assert beep.argmax() == buzz.argmax() == pitch
    assert beep[pitch - 10 : pitch + 11].sum() > 0.99 * beep.sum()
    partials = torch.stack([buzz[n * pitch - 10 : n * pitch + 11].sum() for n in range(1, 8000 // pitch)])
    assert partials.sum() > 0.98 * buzz.sum() and partials[1] > 0.1 * partials[0]


def test_a_bell_has_partials_that_are_no_multiples():
    bell = spectrum("bell", 500)
    assert bell[1378 - 30 : 1378 + 31].sum() > 20 * bell[1500 - 30 : 1500 + 31].sum()


def test_a_hiss_is_noise_and_its_seed_decides():
    hiss = spectrum("hiss", 440)
    flatness = hiss[500:].clamp(min=1e-12).log().mean().exp() / hiss[500:].mean()
    assert flatness > 0.2
    assert tone("hiss", seed=4).equal(tone("hiss", seed=4))
    assert not tone("hiss", seed=4).equal(tone("hiss", seed=5))


def test_a_click_is_loudest_at_its_first_sample_and_short():
    click = tone("click", 500, 0.03)
    assert click.abs().argmax() == 0
    assert click[round(0.012 * 16_000) :].abs().max() < 0.01 * click.abs().max()


def test_a_high_pitch_does_not_fold_back():
    assert tone("buzz", 5_000, 0.2).abs().max() > 0 and tone("bell", 5_000, 0.2).abs().max() > 0


def test_an_unknown_timbre_names_those_there_are():
    with pytest.raises(WorldError, match="beep, buzz, bell, hiss, click"):
        tone("moo")


@pytest.mark.parametrize("how", [{"pitch": 0}, {"pitch": -5}, {"pitch": 8_000}, {"sample_rate": 0}])
def test_what_cannot_sound_is_refused(how):
    with pytest.raises(WorldError):
        tone("buzz", **how)
