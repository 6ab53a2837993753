import torch

from avlab.world.detection import TEST_VOICES, detection_f1
from avlab.world.talk import talk


def test_a_detector_that_says_always_is_right_about_half_the_time():
    always = detection_f1(lambda audio: torch.ones(len(audio), 800, dtype=torch.bool), "white", 5, range(4))
    speaking = sum(span.duration for seed in range(4) for span in talk(seed, 8.0).spans) / 32
    assert 0.55 < always < 0.8
    assert abs(always - 2 * speaking / (1 + speaking)) < 0.05


def test_one_that_says_never_finds_nothing():
    assert detection_f1(lambda audio: torch.zeros(len(audio), 800, dtype=torch.bool), "hum", 5, range(2)) == 0


def what_is_heard(**options) -> torch.Tensor:
    heard = []

    def listen(audio: torch.Tensor) -> torch.Tensor:
        heard.append(audio)
        return torch.zeros(len(audio), 800, dtype=torch.bool)

    detection_f1(listen, **{"kind": "pink", "snr": 200, "seeds": range(2)} | options)
    return heard[0]


def test_the_noise_is_as_loud_as_said():
    loud, clean = what_is_heard(snr=0), what_is_heard()
    assert torch.allclose((loud - clean).square().mean(1), clean.square().mean(1), rtol=1e-3)


def test_the_voices_are_those_asked_for():
    assert torch.allclose(what_is_heard(voices=("es",))[1], talk(1, 8.0, ("es",)).audio, atol=1e-4)
    assert torch.allclose(what_is_heard()[1], talk(1, 8.0, TEST_VOICES).audio, atol=1e-4)
