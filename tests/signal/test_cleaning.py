import pytest
import torch

from avlab.signal.cleaning import spectral_subtraction, wiener
from avlab.signal.mixing import at_snr, si_snr
from avlab.world import noise, talk
from avlab.world.detection import TEST_VOICES

CLEANERS = [spectral_subtraction, wiener]
SECONDS = 6.0
SEEDS = range(1000, 1008)


@pytest.fixture(scope="module")
def talks() -> torch.Tensor:
    return torch.stack([talk(seed, SECONDS, TEST_VOICES).audio for seed in SEEDS])


def in_noise(talks: torch.Tensor, kind: str, snr: int) -> torch.Tensor:
    return at_snr(talks, torch.stack([noise(kind, SECONDS, seed=seed) for seed in SEEDS]), snr)


@pytest.mark.parametrize("clean", CLEANERS)
@pytest.mark.parametrize("kind", ["white", "pink", "brown", "hum", "fan", "rain", "engine"])
def test_unseen_voices_gain_in_steady_noise(talks, clean, kind):
    heard = in_noise(talks, kind, 5)
    gain = si_snr(clean(heard), talks) - si_snr(heard, talks)
    assert gain.mean() >= 4 and gain.min() > 2


@pytest.mark.parametrize("clean", CLEANERS)
def test_clean_speech_stays(talks, clean):
    assert si_snr(clean(talks), talks).min() > 25


@pytest.mark.parametrize("clean", CLEANERS)
def test_noise_alone_becomes_quiet(clean):
    hiss = noise("pink", 4.0)
    assert clean(hiss).square().mean() < 0.08


@pytest.mark.parametrize("clean", CLEANERS)
def test_a_recording_of_the_noise_helps_where_it_is_not_heard_alone(talks, clean):
    """A sentence without a pause, in which a hiss can hardly be told from its breath."""
    span = talk(1000, SECONDS, TEST_VOICES).spans[0]
    sentence = talks[0, round(span.start * 16_000) : round(span.end * 16_000)]
    heard = at_snr(sentence, noise("white", 3.0, seed=5), 5)
    hiss = noise("white", 3.0, seed=6) * (heard - sentence).std()
    assert si_snr(clean(heard, hiss), sentence) > si_snr(clean(heard), sentence) + 0.1


def test_plain_subtraction_subtracts_the_mean_power():
    """Steady tones in a steady noise of known power: what stays is the difference of the powers."""
    time = torch.arange(16_000, dtype=torch.float64) / 16_000
    tone = torch.sin(2 * torch.pi * 1000 * time)
    left = spectral_subtraction(2 * tone, noise=tone, over=1.0, floor=0.0)
    inside = slice(800, 15_200)
    assert torch.allclose(left[inside], 3**0.5 * tone[inside], atol=5e-3)
    assert spectral_subtraction(tone, noise=2 * tone, over=1.0, floor=0.0)[inside].abs().max() < 1e-6


def test_over_subtraction_takes_more_and_the_floor_leaves_some():
    hiss = noise("white", 2.0)
    levels = [
        spectral_subtraction(hiss, hiss, over, floor).square().mean().item()
        for over, floor in [(1, 0.0), (3, 0.0), (3, 0.1)]
    ]
    assert levels[1] < 0.3 * levels[0] and levels[2] > levels[1] + 0.02


def test_more_smoothing_leaves_less_noise_and_blurs_the_onset():
    hiss = noise("white", 4.0)
    left = [wiener(hiss, smoothing=smoothing).square().mean() for smoothing in (0.5, 0.98)]
    assert left[1] < 0.3 * left[0]
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(16_000) / 16_000)
    tone[:8000] = 0
    kept = [wiener(tone + 0.3 * hiss[:16_000], 0.3 * hiss, smoothing)[8000:8320] for smoothing in (0.5, 0.98)]
    assert kept[1].square().mean() < 0.9 * kept[0].square().mean()


@pytest.mark.parametrize("clean", CLEANERS)
def test_a_batch_is_its_items(talks, clean):
    heard = in_noise(talks, "fan", 0)[:4, :20_000].reshape(2, 2, -1)
    together = clean(heard)
    for row in range(2):
        for item in range(2):
            assert torch.allclose(together[row, item], clean(heard[row, item]), atol=1e-5)


@pytest.mark.parametrize("clean", CLEANERS)
@pytest.mark.parametrize("samples", [0, 1, 100, 399, 1601])
def test_short_and_silent_sounds(clean, samples):
    for sound in (torch.zeros(samples), torch.ones(2, samples), torch.randn(samples)):
        cleaned = clean(sound)
        assert cleaned.shape == sound.shape and cleaned.isfinite().all()
    assert not clean(torch.zeros(samples)).any()


@pytest.mark.parametrize("clean", CLEANERS)
def test_loudness_changes_nothing(talks, clean):
    heard = in_noise(talks, "pink", 5)[0]
    assert torch.allclose(clean(heard / 1000) * 1000, clean(heard), atol=1e-4)


@pytest.mark.parametrize("clean", CLEANERS)
def test_they_follow_device_and_dtype(device, clean):
    for dtype in (torch.float32, torch.float64):
        cleaned = clean(torch.randn(3000, device=device, dtype=dtype))
        assert cleaned.dtype == dtype and cleaned.device.type == device.type


@pytest.mark.parametrize(
    ("clean", "wrong", "said"),
    [
        (spectral_subtraction, {"over": -1.0}, "over"),
        (spectral_subtraction, {"floor": 1.5}, "floor"),
        (spectral_subtraction, {"noise": torch.zeros(0)}, "recording of noise is empty"),
        (wiener, {"smoothing": 1.1}, "smoothing"),
        (wiener, {"noise": torch.zeros(0)}, "recording of noise is empty"),
    ],
)
def test_what_makes_no_sense_is_refused(clean, wrong, said):
    with pytest.raises(ValueError, match=said):
        clean(torch.ones(1000), **wrong)
