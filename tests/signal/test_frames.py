import librosa
import pytest
import torch

from avlab.signal.frames import frame


@pytest.mark.parametrize(
    ("samples", "window", "hop"), [(1000, 400, 160), (400, 400, 160), (77, 7, 7), (50, 3, 10)]
)
def test_frames_are_librosas(samples, window, hop):
    audio = torch.randn(samples)

    assert torch.equal(
        frame(audio, window, hop),
        torch.tensor(librosa.util.frame(audio.numpy(), frame_length=window, hop_length=hop).T),
    )


def test_a_batch_is_framed_item_by_item():
    audio = torch.randn(2, 3, 500)
    frames = frame(audio, 100, 30)

    assert frames.shape == (2, 3, 14, 100)
    assert torch.equal(frames[1, 2], frame(audio[1, 2], 100, 30))


def test_frames_share_the_memory_of_the_sound():
    audio = torch.zeros(10)
    frame(audio, 4, 2)[1, 0] = 5.0

    assert audio.tolist() == [0, 0, 5, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("samples", [0, 1, 399])
def test_a_sound_shorter_than_a_window_has_no_frame(samples):
    audio = torch.zeros(2, samples, dtype=torch.float64, requires_grad=True)
    frames = frame(audio, 400, 160)

    assert frames.shape == (2, 0, 400) and frames.dtype == torch.float64
    frames.sum().backward()
    assert audio.grad.shape == audio.shape


def test_a_sample_receives_the_gradient_of_every_frame_it_is_in():
    audio = torch.zeros(7, requires_grad=True)
    frame(audio, 4, 2).sum().backward()

    assert audio.grad.tolist() == [1, 1, 2, 2, 1, 1, 0]


@pytest.mark.parametrize(
    ("window", "hop", "named"), [(0, 1, "window is 0"), (4, 0, "hop is 0"), (4, -2, "hop is -2")]
)
def test_a_window_or_a_hop_of_nothing_is_refused(window, hop, named):
    with pytest.raises(ValueError, match=named):
        frame(torch.zeros(10), window, hop)
