"""MFCCs against librosa and scipy."""

import librosa
import numpy as np
import pytest
import scipy.fft
import torch

from avlab.signal.cepstrum import cosines, decibels, mfcc


@pytest.mark.parametrize(
    ("n_mfcc", "n_mels", "n_fft", "hop", "pad"),
    [
        (13, 40, 400, 160, "reflect"),
        (20, 128, 2048, 512, "constant"),
        (1, 1, 400, 160, "reflect"),
        (26, 26, 512, 80, "constant"),
    ],
)
def test_equals_librosa(sound, n_mfcc, n_mels, n_fft, hop, pad):
    theirs = librosa.feature.mfcc(
        y=sound.numpy(), sr=16000, n_mfcc=n_mfcc, n_mels=n_mels, n_fft=n_fft, hop_length=hop, pad_mode=pad
    )
    ours = mfcc(sound, n_mfcc, n_mels, n_fft, hop, pad=pad).numpy()
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max()


def test_the_cosines_are_scipys_and_orthonormal():
    matrix = cosines(13, 40)
    assert np.allclose(matrix, scipy.fft.dct(np.eye(40), norm="ortho", axis=0)[:13])
    assert torch.allclose(matrix @ matrix.T, torch.eye(13, dtype=torch.float64), atol=1e-12)


def test_a_batch_equals_the_loop_where_librosas_shares_one_maximum(batch):
    alone = torch.stack([mfcc(item) for item in batch])
    assert torch.allclose(mfcc(batch), alone, atol=1e-4)
    assert (
        np.abs(
            librosa.feature.mfcc(
                y=batch.numpy(), sr=16000, n_mfcc=13, n_mels=40, n_fft=400, hop_length=160, pad_mode="reflect"
            )
            - alone.numpy()
        ).max()
        > 1
    )


def test_decibels_without_a_floor():
    assert torch.allclose(decibels(torch.tensor([[1.0, 1e-9]]), within=None), torch.tensor([[0.0, -90.0]]))


@pytest.mark.parametrize("samples", [0, 1, 200])
def test_short_sounds(samples):
    assert torch.isfinite(mfcc(torch.zeros(samples))).all()


def test_more_coefficients_than_bands_are_refused():
    with pytest.raises(ValueError, match="41 coefficients of 40 bands"):
        mfcc(torch.zeros(1000), n_mfcc=41)
