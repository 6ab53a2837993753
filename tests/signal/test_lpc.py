import librosa
import numpy as np
import pytest
import torch

from avlab.signal.frames import frame
from avlab.signal.lpc import lpc, lpcc


@pytest.fixture(scope="module")
def frames(speech) -> torch.Tensor:
    """Windows of 25 ms of speech, those that are not silent, in 64 bits."""
    frames = frame(speech.double(), 400, 160)
    return frames[frames.abs().amax(-1) > 1e-3]


@pytest.mark.parametrize("order", [1, 2, 12, 20])
def test_coefficients_are_librosas(frames, order):
    noise = torch.randn(20, 400, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for sounds in (frames, noise):
        theirs = librosa.lpc(sounds.numpy(), order=order, axis=-1)
        np.testing.assert_allclose(lpc(sounds, order), theirs, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("order", [1, 12, 20])
def test_in_32_bits_they_are_those_of_64(frames, order):
    # librosa's own 32-bit coefficients are up to 4e-2 off here.
    theirs = librosa.lpc(frames.float().double().numpy(), order=order, axis=-1)
    scale = np.abs(theirs).max(-1, keepdims=True)
    ours = lpc(frames.float(), order)

    assert ours.dtype == torch.float32
    np.testing.assert_allclose(ours.numpy() / scale, theirs / scale, atol=1e-4)


def test_a_known_resonator_is_found():
    known = [1, -1.6, 0.95]
    noise = torch.randn(20_000, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    sound = [0.0, 0.0]
    for sample in noise.tolist():
        sound.append(sample - known[1] * sound[-1] - known[2] * sound[-2])

    np.testing.assert_allclose(lpc(torch.tensor(sound, dtype=torch.float64), 2), known, atol=0.01)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_resonator_is_stable_even_of_a_pure_tone(frames, dtype):
    tone = torch.sin(torch.arange(400.0) * 0.2)[None]
    for sounds in (frames.to(dtype), tone.to(dtype)):
        coefficients = lpc(sounds, 16).double().numpy()
        assert max(np.abs(np.roots(a)).max() for a in coefficients) < 1 + 1e-4


def test_a_batch_is_predicted_item_by_item(frames):
    batch = frames[:6].unflatten(0, (2, 3))

    assert lpc(batch, 10).shape == (2, 3, 11)
    torch.testing.assert_close(lpc(batch, 10)[1, 2], lpc(frames[5], 10))
    assert lpc(batch[:0], 10).shape == (0, 3, 11)


def test_silence_cannot_be_foretold_and_is_defined():
    silence = torch.zeros(2, 400, requires_grad=True)
    coefficients = lpc(silence, 4)

    assert coefficients.tolist() == [[1, 0, 0, 0, 0]] * 2
    coefficients.sum().backward()
    assert silence.grad.isfinite().all()


def test_the_gradient_flows():
    audio = torch.randn(2, 12, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(lambda x: lpc(x, 3), audio)
    assert torch.autograd.gradcheck(lambda x: lpcc(lpc(x, 3), 5), audio)


@pytest.mark.parametrize(("order", "samples"), [(0, 400), (-1, 400), (400, 400), (4, 4), (1, 0), (1, 1)])
def test_an_order_that_the_frame_cannot_bear_is_refused(order, samples):
    with pytest.raises(ValueError, match=f"order is {order} for frames of {samples} samples"):
        lpc(torch.zeros(samples), order)


@pytest.mark.parametrize("n", [1, 5, 12, 40])
def test_the_cepstrum_is_that_of_the_resonators_spectrum(frames, n):
    coefficients = lpc(frames, 12)
    points = 1 << 16
    level = -torch.fft.rfft(coefficients, n=points).abs().log()
    cepstrum = 2 * torch.fft.irfft(level, n=points)  # twice: it is even, and the resonator's own is causal

    torch.testing.assert_close(lpcc(coefficients, n), cepstrum[:, 1 : n + 1], rtol=1e-4, atol=1e-7)


def test_the_cepstrum_of_one_pole_is_its_powers_over_their_number():
    pole = 0.8
    expected = [pole**m / m for m in range(1, 8)]

    np.testing.assert_allclose(lpcc(torch.tensor([1, -pole], dtype=torch.float64), 7), expected)


def test_a_batch_of_cepstra_is_made_item_by_item(frames):
    coefficients = lpc(frames[:6].float().unflatten(0, (2, 3)), 8)
    cepstra = lpcc(coefficients, 12)

    assert cepstra.shape == (2, 3, 12) and cepstra.dtype == torch.float32
    torch.testing.assert_close(cepstra[1, 0], lpcc(coefficients[1, 0], 12))
    assert lpcc(coefficients[:0], 12).shape == (0, 3, 12)


def test_what_is_no_filter_of_lpc_is_refused():
    with pytest.raises(ValueError, match="n is 0"):
        lpcc(torch.ones(3), 0)
    for wrong in (torch.tensor([-0.9, 0.2]), torch.zeros(2, 0)):
        with pytest.raises(ValueError, match="do not begin with 1"):
            lpcc(wrong, 3)


def test_it_follows_the_device(device):
    assert lpcc(lpc(torch.arange(50.0, device=device), 4), 6).device.type == device.type
