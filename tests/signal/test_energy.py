import librosa
import numpy as np
import pytest
import torch

from avlab.signal.energy import energy


@pytest.mark.parametrize(("window", "hop"), [(400, 160), (512, 100), (1, 1)])
def test_energy_is_librosas(sound, window, hop):
    theirs = librosa.feature.rms(y=sound.numpy(), frame_length=window, hop_length=hop, center=False)[0]

    np.testing.assert_allclose(energy(sound, window, hop), theirs, rtol=1e-5, atol=1e-7)


def test_a_batch_is_measured_item_by_item(batch):
    assert energy(batch).shape == (4, 98)
    torch.testing.assert_close(energy(batch), torch.stack([energy(sound) for sound in batch]))


def test_a_sine_of_amplitude_1_has_the_root_of_a_half():
    sine = torch.sin(2 * torch.pi * torch.arange(1600, dtype=torch.float64) / 40)

    torch.testing.assert_close(energy(sine), torch.full((8,), 0.5**0.5, dtype=torch.float64))


def test_the_gradient_flows_and_is_finite_in_silence():
    audio = torch.randn(2, 20, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: energy(x, 8, 5), audio)

    silence = torch.zeros(500, requires_grad=True)
    energy(silence).sum().backward()
    assert silence.grad.eq(0).all()


@pytest.mark.parametrize("samples", [0, 1, 399])
def test_a_sound_shorter_than_a_window_has_no_energy_to_measure(samples):
    assert energy(torch.zeros(3, samples)).shape == (3, 0)


def test_it_follows_the_device(device):
    assert energy(torch.ones(500, device=device)).device.type == device.type
