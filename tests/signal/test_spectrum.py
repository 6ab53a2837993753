"""The short-time Fourier transform against torch, librosa and scipy, and back again."""

import librosa
import pytest
import torch

from avlab.signal.spectrum import hann, istft, power, stft

SETTINGS = [(400, 160), (512, 128), (320, 320), (401, 100), (2048, 512)]


def _close(ours, peers, relative=1e-4):
    peers = torch.as_tensor(peers)
    assert ours.shape == peers.shape
    assert (ours - peers).abs().max() <= relative * max(peers.abs().max().item(), 1e-6)


@pytest.mark.parametrize("pad", ["reflect", "constant"])
@pytest.mark.parametrize(("n_fft", "hop"), SETTINGS)
def test_equals_librosa(sound, n_fft, hop, pad):
    theirs = librosa.stft(sound.numpy(), n_fft=n_fft, hop_length=hop, pad_mode=pad)
    _close(stft(sound, n_fft, hop, pad=pad), theirs)


@pytest.mark.parametrize(("n_fft", "hop"), SETTINGS)
def test_equals_torch(sound, n_fft, hop):
    theirs = torch.stft(sound, n_fft, hop, window=torch.hann_window(n_fft), return_complex=True)
    _close(stft(sound, n_fft, hop), theirs)


def test_without_padding_only_whole_windows_count(speech):
    theirs = torch.stft(speech, 400, 160, window=torch.hann_window(400), center=False, return_complex=True)
    _close(stft(speech, pad=None), theirs)
    assert stft(speech[:399], pad=None).shape == (201, 1)  # lengthened with silence to one window


def test_the_window_is_periodic():
    assert torch.equal(hann(400), torch.hann_window(400))
    shifted = hann(400) + hann(400).roll(200)
    assert torch.allclose(shifted, torch.ones(400), atol=1e-6)


@pytest.mark.parametrize(("n_fft", "hop"), [(400, 160), (512, 128), (401, 100)])
def test_there_and_back(sound, n_fft, hop):
    back = istft(stft(sound, n_fft, hop), n_fft, hop, length=len(sound))
    assert torch.allclose(back, sound, atol=1e-5)


def test_a_changed_spectrum_goes_to_the_sound_torch_gives(speech):
    changed = stft(speech) * torch.rand(201, 1, generator=torch.Generator().manual_seed(0))
    theirs = torch.istft(changed, 400, 160, window=torch.hann_window(400), length=len(speech))
    inside = slice(200, -200)
    _close(istft(changed, length=len(speech))[inside], theirs[inside])


def test_length(speech):
    spectrum = stft(speech)
    assert len(istft(spectrum)) == 160 * (spectrum.shape[-1] - 1)
    longer = istft(spectrum, length=len(speech) + 1000)
    assert len(longer) == len(speech) + 1000 and not longer[-500:].any()


def test_power_equals_the_squared_magnitude(speech):
    spectrum = stft(speech)
    assert torch.allclose(power(spectrum), spectrum.abs().square(), rtol=1e-5)


@pytest.mark.parametrize("function", [stft, lambda audio: istft(stft(audio), length=16_000)])
def test_a_batch_equals_the_loop(batch, function):
    together = function(batch)
    assert torch.allclose(together, torch.stack([function(item) for item in batch]), atol=1e-6)
    assert torch.equal(function(batch.view(2, 2, -1)), together.view(2, 2, *together.shape[1:]))


@pytest.mark.parametrize("samples", [0, 1, 160, 200, 201, 399])
@pytest.mark.parametrize("pad", ["reflect", "constant", None])
def test_short_sounds_give_at_least_one_frame(samples, pad):
    spectrum = stft(torch.ones(samples), pad=pad)
    assert spectrum.shape[0] == 201 and spectrum.shape[1] >= 1
    assert torch.isfinite(power(spectrum)).all()


def test_follows_dtype_and_gradient():
    audio = torch.randn(60, dtype=torch.float64, requires_grad=True)
    assert stft(audio).dtype == torch.complex128
    assert torch.autograd.gradcheck(lambda sound: power(stft(sound, 16, 8)), audio)
    istft(stft(audio, 16, 4), 16, 4, length=60).square().sum().backward()
    assert torch.allclose(audio.grad, 2 * audio.detach(), atol=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stft(torch.zeros(100), 0), "window"),
        (lambda: stft(torch.zeros(100), 400, 0), "hop at least 1"),
        (lambda: istft(torch.zeros(100, 3, dtype=torch.complex64)), "100 bins"),
        (lambda: istft(torch.zeros(201, 3, dtype=torch.complex64), 400, 400), "smaller hop"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_batch_of_none_is_a_batch_of_none():
    assert stft(torch.zeros(0, 1000)).shape == (0, 201, 7)
    assert istft(stft(torch.zeros(0, 1000)), length=1000).shape == (0, 1000)
    with pytest.raises(ValueError, match="no frame"):
        istft(torch.zeros(201, 0, dtype=torch.complex64))
