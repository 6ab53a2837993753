import pytest
import torch

from avlab.signal.mixing import at_snr
from avlab.signal.noise_floor import LEAST_SNR, a_posteriori_snr, a_priori_snr, noise_floor
from avlab.signal.spectrum import power, stft
from avlab.world import noise, talk


def noise_power(items: int, frames: int) -> torch.Tensor:
    """The power of white noise, of mean 1."""
    hiss = torch.randn(items, 400 + 160 * (frames - 1), generator=torch.Generator().manual_seed(0))
    heard = power(stft(hiss, pad=None))[:, 1:-1]  # the first and the last bin are real, and differ
    return (heard / 150).reshape(-1, frames)  # 150 is the sum of the squares of a Hann window of 400


@pytest.mark.parametrize("frames", [1, 7, 199, 200, 201, 219, 220, 1003])
def test_the_floor_of_noise_is_its_mean(frames):
    floor = noise_floor(3 * noise_power(4, frames))
    assert floor.shape == (4 * 199, frames)
    if frames >= 199:
        assert torch.allclose(floor.mean(0), torch.tensor(3.0), rtol=0.1)


def test_speech_for_half_of_the_time_does_not_lift_it_much():
    heard = noise_power(1, 400)
    heard[:, torch.arange(400) % 100 < 50] += 1000
    assert 1 < noise_floor(heard).mean() < 2


def test_it_follows_noise_that_changes():
    louder = torch.cat([noise_power(1, 500), 100 * noise_power(1, 500)], -1)
    floor = noise_floor(louder).mean(0)
    assert torch.allclose(floor[:400], torch.tensor(1.0), rtol=0.3)
    assert torch.allclose(floor[620:], torch.tensor(100.0), rtol=0.3)


def test_a_hum_that_is_weak_and_strong_by_turns_is_steady():
    heard = torch.tensor([1.0, 1000]).repeat(200)[None]
    assert a_posteriori_snr(heard, noise_floor(heard)).max() < 2


def test_nothing_is_divided_by_nothing():
    for heard in (torch.zeros(5, 10), torch.eye(10), torch.full((5, 10), 1e-38)):
        snr = a_priori_snr(a_posteriori_snr(heard, noise_floor(heard)))
        assert snr.isfinite().all()
    assert a_posteriori_snr(torch.zeros(5, 10), torch.zeros(5, 10)).max() == 0


def test_the_a_priori_snr_of_noise_is_low_and_of_speech_is_true():
    noise = a_priori_snr(noise_power(1, 500), 0.98)
    assert noise[:, 50:].mean() < 0.1 and noise[:, 50:].std() < 0.1
    speech = a_priori_snr(101 * noise_power(1, 500), 0.98)
    assert speech[:, 50:].mean() == pytest.approx(100, rel=0.1)


def test_the_a_priori_snr_by_hand():
    """A bin heard at 4 and then at 9 times the noise, without smoothing and with half of it."""
    heard = torch.tensor([[4.0, 9.0]])
    assert torch.allclose(a_priori_snr(heard, 0.0), torch.tensor([[3.0, 8.0]]))
    first = 0.5 * 3
    second = 0.5 * (first / (1 + first)) ** 2 * 4 + 0.5 * 8
    assert torch.allclose(a_priori_snr(heard, 0.5), torch.tensor([[first, second]]))


@pytest.mark.parametrize("smoothing", [0, 0.9, 0.98])
@pytest.mark.parametrize("frames", [1, 199, 200, 201, 750])
def test_segments_side_by_side_give_what_one_long_run_gives(frames, smoothing):
    heard = power(stft(at_snr(talk(3).audio, noise("rain", 8.0), 5)))[:, -frames:]
    heard = a_posteriori_snr(heard, noise_floor(heard))
    before, estimates = torch.zeros(len(heard)), []
    for now in heard.unbind(-1):
        estimates.append((smoothing * before + (1 - smoothing) * (now - 1).clamp(min=0)).clamp(min=LEAST_SNR))
        before = (estimates[-1] / (1 + estimates[-1])).square() * now
    assert torch.allclose(a_priori_snr(heard, smoothing), torch.stack(estimates, -1), rtol=1e-5, atol=0)
