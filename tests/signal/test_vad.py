import math

import pytest
import torch
from torch.distributions import Exponential
from torch.nn import functional as F

from avlab.signal.mixing import at_snr
from avlab.signal.noise_floor import a_posteriori_snr, a_priori_snr, noise_floor
from avlab.signal.spectrum import power, stft
from avlab.signal.vad import CHANGE, DOUBT, active_frames, evidence, frame_f1, log_odds, speech_spans, vad
from avlab.span import Span
from avlab.world import NOISES, detection_f1, noise, talk
from avlab.world.detection import TEST_VOICES

# In babble and music there is always something that comes and goes as speech does.
FOUND_IN = [kind for kind in NOISES if kind not in ("babble", "music")]


@pytest.mark.parametrize(("snr", "goal"), [(10, 0.95), (5, 0.90)])
def test_unseen_voices_are_found_in_seen_and_unseen_noises(snr, goal):
    scores = {kind: detection_f1(vad, kind, snr, range(1000, 1020, 7)) for kind in FOUND_IN}
    assert sum(scores.values()) / len(scores) >= goal, scores
    assert min(scores.values()) >= goal - 0.05, scores


def test_the_goal_on_twenty_clips():
    assert detection_f1(vad, "pink", 10) >= 0.95
    assert detection_f1(vad, "pink", 5) >= 0.90


def test_clean_speech_is_found():
    talks = [talk(seed, 8.0, TEST_VOICES) for seed in range(1000, 1006)]
    truth = torch.stack([active_frames(one.spans, 800) for one in talks])
    assert frame_f1(vad(torch.stack([one.audio for one in talks])), truth) > 0.97


@pytest.mark.parametrize("kind", ["white", "pink", "brown", "fan", "rain"])
def test_in_noise_alone_nobody_speaks(kind):
    assert vad(torch.stack([noise(kind, 6.0, seed=seed) for seed in range(3)])).float().mean() < 0.02


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 161, 16_000, 16_001])
def test_there_is_a_frame_for_every_ten_milliseconds(samples):
    for sound in (torch.zeros(samples), torch.randn(2, samples)):
        assert vad(sound).shape == (*sound.shape[:-1], -(-samples // 160))
    assert not vad(torch.zeros(samples)).any()


@pytest.mark.parametrize(("rate", "frames"), [(8_000, 13), (16_000, 7), (44_100, 3), (48_000, 3)])
def test_a_frame_is_a_hundredth_of_a_second_at_any_rate(rate, frames):
    assert vad(torch.randn(1000), rate).shape == (frames,)
    one = talk(3, 6.0, sample_rate=rate)
    heard = at_snr(one.audio, noise("pink", 6.0, rate), 15)
    assert frame_f1(vad(heard, rate), active_frames(one.spans, 600)) > 0.93


def test_evidence_is_where_the_sound_is():
    """A burst in samples 8000 to 8800 is in frames 50 to 54, and a window reaches into one more on either side."""
    burst = 1e-3 * torch.randn(16_000, generator=torch.Generator().manual_seed(0))
    burst[8000:8800] *= 1000
    found = (evidence(burst, 160) > 1).nonzero()[:, 0].tolist()
    assert found == list(range(49, 56))


def test_the_evidence_is_the_ratio_of_two_exponential_densities():
    heard = at_snr(talk(1, 4.0).audio, noise("pink", 4.0), 5)
    spectrum = power(stft(F.pad(heard, (120, 120)), pad=None))
    ratio = a_posteriori_snr(spectrum, noise_floor(spectrum))
    with_speech, without = Exponential(1 / (1 + a_priori_snr(ratio))), Exponential(torch.tensor(1.0))
    likelihoods = with_speech.log_prob(ratio) - without.log_prob(ratio)
    assert torch.allclose(evidence(heard, 160), likelihoods.mean(0), atol=1e-3)


def test_the_odds_are_those_of_the_hidden_markov_model():
    """Against every one of the 2 ** 8 ways in which eight frames can be speech or silence."""
    said = torch.tensor([0.4, 0.7, -0.1, 0.35, 0.3, 0.31, 0.5, 0.29], dtype=torch.float64)
    weight = (said - 0.3).clamp(-0.5, 0.5)
    ways = torch.tensor([[way >> frame & 1 for frame in range(8)] for way in range(256)], dtype=torch.bool)
    changes = (ways[:, 1:] != ways[:, :-1]).sum(1)
    # The first frame, too, follows one of which nothing is known: even chances stay even.
    chances = (ways * weight).sum(1).exp() * CHANGE**changes * (1 - CHANGE) ** (7 - changes)
    odds = [(chances[ways[:, frame]].sum() / chances[~ways[:, frame]].sum()).log() for frame in range(8)]
    assert torch.allclose(log_odds(said), torch.stack(odds))


def test_the_odds_of_a_long_clip_are_those_of_frame_after_frame():
    weight = torch.randn(5000, generator=torch.Generator().manual_seed(0), dtype=torch.float64).clamp(
        -0.5, 0.5
    )
    weight[1000:3000] = 0.5  # so many overflow, where they are not kept small

    def run(weights):
        odds, all_odds = 0.0, []
        for now in weights.tolist():
            # p (1 - change) + (1 - p) change, in log odds: the chance of a change pulls them towards 0.
            odds = 2 * math.atanh((1 - 2 * CHANGE) * math.tanh(odds / 2)) + now
            all_odds.append(odds)
        return torch.tensor(all_odds, dtype=torch.float64)

    expected = run(weight) + run(weight.flip(0)).flip(0) - weight
    assert torch.allclose(log_odds(weight + DOUBT), expected)
    assert torch.allclose(log_odds((weight + DOUBT).float()), expected.float(), atol=1e-4)


def test_a_click_is_no_speech_and_a_gap_no_pause():
    said = torch.full((200,), -0.5)
    said[50] = 1e6
    assert not (log_odds(said) > 0).any()
    said[100:160] = 2.0
    said[120:124] = -0.5
    assert (log_odds(said) > 0).nonzero()[:, 0].tolist() == list(range(100, 160))


def test_loudness_changes_nothing():
    heard = at_snr(talk(2).audio, noise("fan", 8.0), 10)
    assert torch.equal(vad(heard), vad(heard / 1024))


def test_a_batch_is_its_items():
    sounds = torch.stack([at_snr(talk(seed, 5.0).audio, noise("white", 5.0), 5) for seed in range(4)])
    together = vad(sounds.reshape(2, 2, -1)).reshape(4, -1)
    assert torch.equal(together, torch.stack([vad(sound) for sound in sounds]))


def test_it_follows_the_device(device):
    assert vad(torch.randn(3000, device=device)).device.type == device.type
    assert vad(torch.randn(3000, device=device, dtype=torch.float64)).dtype == torch.bool


@pytest.mark.parametrize("rate", [0, -16_000, 4_000, 22_050, 11_025])
def test_a_rate_without_whole_frames_is_refused(rate):
    with pytest.raises(ValueError, match="multiple of 100"):
        vad(torch.ones(1000), rate)


@pytest.mark.parametrize("row", ["", "0", "1", "0110100", "1001", "1111"])
def test_spans_and_frames_are_each_others_inverse(row):
    active = torch.tensor([mark == "1" for mark in row], dtype=torch.bool)
    spans = speech_spans(active)
    assert len(spans) == len([part for part in row.split("0") if part])
    assert torch.equal(active_frames(spans, len(row)), active)


def test_spans_are_seconds():
    active = torch.tensor([False, True, True, False, True])
    assert speech_spans(active, 0.5) == [
        Span(0.5, 1.5, "speech", "speech"),
        Span(2.0, 2.5, "speech", "speech"),
    ]


def test_a_frame_belongs_to_a_span_by_its_middle():
    spans = [Span(0.0149, 0.0251, "one"), Span(0.05, 0.0549, "two")]
    assert active_frames(spans, 6).tolist() == [False, True, True, False, False, False]


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    found, truth = torch.tensor([1, 1, 1, 0, 0]).bool(), torch.tensor([1, 1, 0, 1, 1]).bool()
    assert frame_f1(found, truth) == pytest.approx(2 / (3 / 2 + 4 / 2))
    assert frame_f1(truth, truth) == 1 and frame_f1(~truth, truth) == 0
    assert frame_f1(truth & False, truth & False) == 1
