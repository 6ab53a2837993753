import math
import sys

import numpy as np
import pytest
import torch
from scipy.signal import firwin, resample_poly
from torch.profiler import profile

from avlab.signal.resample import resample

RATES = [
    (44_100, 16_000),
    (48_000, 16_000),
    (22_050, 16_000),
    (16_000, 8_000),
    (16_000, 11_025),
    (8_000, 16_000),
    (16_000, 44_100),
    (44_100, 48_000),
    (7, 3),
]


def tone(hertz: float, rate: int, samples: int) -> torch.Tensor:
    return torch.sin(2 * torch.pi * hertz * torch.arange(samples, dtype=torch.float64) / rate)


def decibels(sound: torch.Tensor) -> float:
    """The level of what is not near an edge, where 0 dB is a tone of amplitude 1."""
    inner = sound[len(sound) // 8 : -len(sound) // 8].double()
    return 10 * math.log10(2 * inner.square().mean() + 1e-30)


@pytest.mark.parametrize(("old", "new"), RATES)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.92])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_tone_that_both_rates_hold_comes_back(old, new, share, dtype):
    hertz, samples = share * min(old, new) / 2, 60_000
    found = resample(tone(hertz, old, samples).to(dtype), old, new)
    expected = tone(hertz, new, len(found))

    assert found.dtype == dtype
    assert decibels(found - expected) < -90


@pytest.mark.parametrize(("old", "new"), [rates for rates in RATES if rates[0] > rates[1]])
def test_a_tone_that_the_new_rate_cannot_hold_is_gone(old, new):
    for hertz in np.linspace(new / 2, old / 2, 9)[:-1] + 1e-3 * new:
        assert decibels(resample(tone(hertz, old, 60_000), old, new)) < -100


def test_of_a_tone_near_the_old_limit_no_image_appears():
    spectrum = torch.fft.rfft(
        resample(tone(7300, 16_000, 16_000), 16_000, 48_000) * torch.hann_window(48_000)
    )
    level = 20 * torch.log10(spectrum.abs() / spectrum.abs().max())

    assert level[7300] == 0 and level[8000:].max() < -90


@pytest.mark.parametrize(("old", "new"), RATES)
def test_a_click_stays_where_it_was(old, new):
    common = math.gcd(old, new)
    audio = torch.zeros(50 * old // common + 5000)
    audio[30 * old // common] = 1.0
    found = resample(audio, old, new)

    assert found.argmax() == 30 * new // common
    torch.testing.assert_close(
        found[30 * new // common - 20 : 30 * new // common],
        found[30 * new // common + 1 :][:20].flip(0),
        atol=1e-6,
        rtol=0,
    )


@pytest.mark.parametrize(("old", "new"), RATES)
def test_it_is_the_polyphase_filter_of_scipy(old, new):
    audio = torch.randn(30_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    common = math.gcd(old, new)
    down, up = old // common, new // common
    # The same filter, at up times the old rate: there scipy sums what we multiply as spectra.
    reach = math.ceil(80 * max(1, down / up)) * up
    taps = firwin(2 * reach + 1, 0.96 / max(up, down), window=("kaiser", 10.1), scale=False)
    theirs = resample_poly(audio.numpy(), up, down, window=taps)

    np.testing.assert_allclose(resample(audio, old, new), theirs, atol=2e-4)


@pytest.mark.parametrize(("old", "new"), [*RATES, (44_100, 44_099), (1, 7), (96_000, 1_000), (9, 8)])
@pytest.mark.parametrize("samples", [1, 2, 1000, 4411])
def test_the_length_is_rounded_up(old, new, samples):
    assert len(resample(torch.ones(samples), old, new)) == -(-samples * new // old)


def test_a_constant_stays_the_constant():
    for old, new in RATES:
        found = resample(torch.ones(40_000, dtype=torch.float64), old, new)
        assert decibels((found - 1) / 2) < -90


@pytest.mark.parametrize(("old", "new"), [(48_000, 16_000), (16_000, 22_050)])
def test_where_a_sound_is_cut_into_blocks_cannot_be_heard(old, new, monkeypatch):
    audio = torch.randn(2, 100_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    expected = resample(audio, old, new)
    room = sys.modules["avlab.signal.resample"]  # behind the function of the same name
    monkeypatch.setattr(room, "_SAMPLES_IN_A_BLOCK", 100)
    monkeypatch.setattr(room, "_SAMPLES_AT_ONCE", 10_000)

    torch.testing.assert_close(resample(audio, old, new), expected, atol=1e-5, rtol=0)


def test_there_and_back_again_it_is_the_same_speech(speech):
    back = resample(resample(speech, 16_000, 48_000), 48_000, 16_000)

    assert decibels(back - speech) < decibels(speech) - 30
    assert decibels(resample(back, 16_000, 12_000) - resample(speech, 16_000, 12_000)) < decibels(speech) - 90


def test_a_long_sound_needs_little_memory_beside_its_own():
    audio = torch.zeros(1).expand(10_000_000)
    with profile(profile_memory=True) as seen:
        found = resample(audio, 16_000, 1_000)

    largest = max(event.cpu_memory_usage for event in seen.events())
    assert len(found) == 625_000 and largest < 20_000_000


def test_a_batch_is_resampled_item_by_item(batch):
    found = resample(batch.unflatten(0, (2, 2)), 16_000, 11_025)

    assert found.shape == (2, 2, 11_025)
    torch.testing.assert_close(
        found.flatten(0, 1),
        torch.stack([resample(sound, 16_000, 11_025) for sound in batch]),
        atol=1e-6,
        rtol=1e-4,
    )


def test_the_same_rate_leaves_the_sound_as_it_is(speech):
    assert resample(speech, 16_000, 16_000).equal(speech)
    assert resample(speech, 3, 3).equal(speech)


def test_the_gradient_flows():
    audio = torch.randn(2, 9, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(lambda x: resample(x, 3, 2), audio)
    assert torch.autograd.gradcheck(lambda x: resample(x, 2, 3), audio)


@pytest.mark.parametrize(
    ("shape", "expected"), [((0,), (0,)), ((3, 0), (3, 0)), ((0, 160), (0, 59)), ((2, 0, 0), (2, 0, 0))]
)
def test_of_nothing_it_makes_nothing(shape, expected):
    assert resample(torch.zeros(shape), 44_100, 16_000).shape == expected


def test_silence_stays_silent():
    assert resample(torch.zeros(5000), 44_100, 16_000).eq(0).all()


@pytest.mark.parametrize(
    ("old", "new", "named"), [(0, 16_000, "from_rate is 0"), (16_000, -1, "to_rate is -1")]
)
def test_a_rate_of_nothing_is_refused(old, new, named):
    with pytest.raises(ValueError, match=named):
        resample(torch.zeros(10), old, new)


def test_it_follows_the_device(device):
    assert resample(torch.zeros(1000, device=device), 3, 2).device.type == device.type
