import pytest
import torch

from avlab.signal.mixing import at_snr, si_snr


def white(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def ratio(speech: torch.Tensor, mixture: torch.Tensor) -> torch.Tensor:
    return 10 * (speech.square().mean(-1) / (mixture - speech).square().mean(-1)).log10()


@pytest.mark.parametrize("snr", [-10, 0, 5.0, 30])
@pytest.mark.parametrize("samples", [50, 999, 1000, 5000])
def test_the_ratio_is_the_one_asked_for(snr, samples):
    speech, noise = 0.1 * white(1000), 7 * white(samples, seed=1)
    assert ratio(speech, at_snr(speech, noise, snr)).item() == pytest.approx(snr, abs=1e-6)


def test_noise_is_repeated_or_cut():
    speech, noise = white(10), white(4, seed=1)
    added = at_snr(speech, noise, 0) - speech
    assert torch.allclose(added[:4], added[4:8]) and torch.allclose(added[:2], added[8:])
    assert torch.allclose(added[:4] / noise, (added[0] / noise[0]).expand(4))
    # What is cut off does not count.
    loud_later = torch.cat([white(10, seed=1), 1e6 * white(5, seed=2)])
    assert torch.allclose(at_snr(speech, loud_later, 3), at_snr(speech, loud_later[:10], 3))


def test_pauses_count():
    speech, noise = white(1000), white(2000, seed=1)
    with_pause = torch.cat([speech, torch.zeros(1000, dtype=torch.float64)])
    near = at_snr(speech, noise, 5) - speech
    assert (
        near.square().mean() / (at_snr(with_pause, noise, 5) - with_pause).square().mean()
    ).log10() * 10 == (pytest.approx(3.01, abs=0.3))


def test_a_batch_is_its_items():
    speech, noises = white(2, 3, 400) * torch.tensor([1.0, 10, 100])[:, None], white(2, 3, 90, seed=1)
    together = at_snr(speech, noises, 4)
    one_noise = at_snr(speech, noises[0, 0], 4)
    for row in range(2):
        for item in range(3):
            alone = at_snr(speech[row, item], noises[row, item], 4)
            assert torch.allclose(together[row, item], alone)
            assert torch.allclose(one_noise[row, item], at_snr(speech[row, item], noises[0, 0], 4))


@pytest.mark.parametrize(
    ("speech", "noise", "which"),
    [
        (torch.zeros(10), torch.ones(10), "speech"),
        (torch.ones(10), torch.zeros(10), "noise"),
        (torch.ones(10), torch.ones(0), "noise"),
        (torch.ones(0), torch.ones(10), "speech"),
        (torch.ones(2, 10) * torch.tensor([[1.0], [0]]), torch.ones(10), "speech"),
        (torch.ones(3), torch.tensor([0.0, 0, 0, 1]), "noise"),
    ],
)
def test_silence_has_no_ratio(speech, noise, which):
    with pytest.raises(ValueError, match=f"the {which} is silent"):
        at_snr(speech, noise, 5)


@pytest.mark.parametrize("decibels", [-20.0, 0.0, 5.0, 40.0])
def test_si_snr_of_a_known_mixture(decibels):
    target, noise = white(2, 4000)
    target, noise = target - target.mean(), noise - noise.mean()
    noise = noise - (noise @ target) / target.square().sum() * target
    noise = noise * (target.norm() / noise.norm()) * 10 ** (-decibels / 20)
    assert si_snr(target + noise, target).item() == pytest.approx(decibels, abs=1e-6)
    # Neither loudness nor a constant nor the sign of the whole changes it.
    assert si_snr(-3 * (target + noise) + 2, 0.1 * target - 7).item() == pytest.approx(decibels, abs=1e-6)


def test_si_snr_at_its_ends():
    target = white(4000, dtype=torch.float32)
    perfect, silent = si_snr(target, target), si_snr(torch.zeros(4000), target)
    assert 100 < perfect.item() < float("inf")
    assert -float("inf") < silent.item() < -60
    assert si_snr(target.roll(3), target) < -20  # a delay ruins it


def test_si_snr_of_a_batch_is_its_items():
    estimate, target = white(2, 3, 100), white(2, 3, 100, seed=1)
    alone = [[si_snr(estimate[row, item], target[row, item]) for item in range(3)] for row in range(2)]
    assert torch.allclose(si_snr(estimate, target), torch.tensor(alone, dtype=torch.float64))


def test_si_snr_can_be_trained_on():
    estimate = white(100).requires_grad_()
    si_snr(estimate, white(100, seed=1)).backward()
    assert estimate.grad.isfinite().all() and estimate.grad.norm() > 0


@pytest.mark.parametrize("target", [torch.zeros(10), torch.ones(0)])
def test_a_silent_target_is_refused(target):
    with pytest.raises(ValueError, match="silent"):
        si_snr(torch.ones_like(target), target)


def test_they_follow_device_and_dtype(device):
    speech, noise = white(100).to(device), white(30, seed=1).to(device)
    for dtype in (torch.float32, torch.float64):
        mixture = at_snr(speech.to(dtype), noise.to(dtype), 5)
        assert mixture.dtype == dtype and mixture.device.type == device.type
        assert si_snr(mixture, speech.to(dtype)).dtype == dtype
