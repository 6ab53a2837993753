"""Mel filters, mel spectrograms and Whisper's log-mel, against librosa, openai-whisper and transformers."""

import librosa
import numpy as np
import pytest
import torch
import whisper
from transformers import WhisperFeatureExtractor

from avlab.signal.mel import hz_to_mel, log_mel, mel_filters, mel_spectrogram, mel_to_hz


@pytest.mark.parametrize("n_mels", [80, 128])
def test_the_filters_are_those_that_come_with_whisper(n_mels):
    assert torch.allclose(mel_filters(n_mels), whisper.audio.mel_filters("cpu", n_mels), atol=1e-8)


@pytest.mark.parametrize(
    ("n_mels", "n_fft", "rate", "lowest", "highest"),
    [
        (40, 512, 16000, 0, None),
        (128, 2048, 22050, 0, None),
        (26, 400, 8000, 100, 3800),
        (1, 400, 16000, 0, None),
    ],
)
def test_the_filters_are_librosas(n_mels, n_fft, rate, lowest, highest):
    theirs = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_mels, fmin=lowest, fmax=highest)
    assert np.allclose(mel_filters(n_mels, n_fft, rate, lowest, highest), theirs, rtol=1e-4, atol=1e-9)


def test_the_scale_is_librosas_and_turns_back():
    hertz = torch.tensor([0.0, 60, 999.9, 1000, 1000.1, 4000, 8000], dtype=torch.float64)
    assert np.allclose(hz_to_mel(hertz), librosa.hz_to_mel(hertz.numpy()))
    assert torch.allclose(mel_to_hz(hz_to_mel(hertz)), hertz)


def test_the_mel_spectrogram_is_librosas(sound):
    theirs = librosa.feature.melspectrogram(
        y=sound.numpy(), sr=16000, n_fft=400, hop_length=160, n_mels=80, pad_mode="reflect"
    )
    ours = mel_spectrogram(sound).numpy()
    assert np.abs(ours - theirs).max() <= 1e-4 * max(theirs.max(), 1e-12)


@pytest.mark.parametrize("n_mels", [80, 128])
def test_log_mel_is_openais(sound, n_mels):
    theirs = whisper.log_mel_spectrogram(sound, n_mels)
    assert torch.allclose(log_mel(sound, n_mels), theirs, atol=1e-5)


def test_log_mel_of_an_hour_is_openais():
    hour = torch.randn(3600 * 16_000, generator=torch.Generator().manual_seed(1)).mul_(0.1)
    hour[: 1800 * 16_000] *= torch.linspace(0, 1, 1800 * 16_000)
    assert torch.allclose(log_mel(hour), whisper.log_mel_spectrogram(hour), atol=1e-5)


def test_both_conventions_can_be_had(speech):
    """Cut to windows first: transformers. The whole recording first, with silence after it: openai's transcribe."""
    recording = torch.cat([0.01 * speech, torch.zeros(480_000), speech])
    windows = torch.nn.functional.pad(recording, (0, 960_000 - len(recording))).view(2, 480_000)
    extractor = WhisperFeatureExtractor()
    theirs = extractor([window.numpy() for window in windows], sampling_rate=16_000, return_tensors="pt")
    assert torch.allclose(log_mel(windows), theirs.input_features, atol=1e-5)

    openai = whisper.log_mel_spectrogram(recording, padding=480_000)
    whole = log_mel(torch.nn.functional.pad(recording, (0, 480_000)))
    assert torch.allclose(whole, openai, atol=1e-5)
    assert (whole[:, :3000] - log_mel(windows)[0]).abs().max() > 0.1  # and they are not the same


def test_a_batch_equals_the_loop_where_openais_shares_one_maximum(batch):
    alone = torch.stack([log_mel(item) for item in batch])
    assert torch.equal(log_mel(batch), alone)
    assert torch.equal(log_mel(batch.view(2, 2, -1)), alone.view(2, 2, *alone.shape[1:]))
    assert (whisper.log_mel_spectrogram(batch) - alone).abs().max() > 0.1


@pytest.mark.parametrize("samples", [0, 1, 159, 200])
def test_shorter_than_half_a_window_openai_raises_and_we_lengthen(samples):
    audio = torch.rand(samples)
    with pytest.raises(RuntimeError):
        whisper.log_mel_spectrogram(audio)
    padded = torch.nn.functional.pad(audio, (0, 201 - samples))
    assert torch.allclose(log_mel(audio), whisper.log_mel_spectrogram(padded), atol=1e-5)


@pytest.mark.parametrize("samples", [201, 319, 320, 321, 16_001])
def test_as_many_frames_as_openai(samples):
    audio = torch.rand(samples)
    assert log_mel(audio).shape == whisper.log_mel_spectrogram(audio).shape


def test_blocks_leave_no_trace(monkeypatch, speech):
    whole = mel_spectrogram(speech)
    monkeypatch.setattr("avlab.signal.mel._BLOCK", 7)
    assert torch.allclose(mel_spectrogram(speech), whole, rtol=1e-5)


def test_follows_dtype_and_gradient():
    audio = (0.1 * torch.randn(60, dtype=torch.float64)).requires_grad_()
    small = lambda sound: mel_spectrogram(sound, 4, 16, 8)  # noqa: E731
    assert small(audio).dtype == torch.float64
    assert torch.autograd.gradcheck(small, audio)
    silence = torch.zeros(400, requires_grad=True)
    log_mel(silence).sum().backward()
    assert torch.isfinite(silence.grad).all()


@pytest.mark.parametrize(("lowest", "highest"), [(4000, 100), (-1, 100), (0, 9000)])
def test_bands_out_of_order_are_refused(lowest, highest):
    with pytest.raises(ValueError, match="rising limits"):
        mel_filters(80, 400, 16000, lowest, highest)
