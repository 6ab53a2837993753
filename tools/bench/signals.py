"""Sound to numbers, beside torch, librosa, openai-whisper, transformers, soxr, scipy and torchaudio.

On an accelerator those take part that follow their input there.
"""

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import librosa
import numpy as np
import scipy.signal
import soxr
import torch
import whisper
from torch import Tensor
from transformers import WhisperFeatureExtractor

from avlab import signal, world
from avlab.signal.mel import whisper_levels
from tools.bench.contest import Contest, Work, within

if find_spec("torchaudio"):
    import torchaudio
else:
    torchaudio = None

NOTE = "Speech at 16 kHz in windows of 400 samples, one every 160."
if torchaudio is None:
    NOTE += " torchaudio, which the course does not use, is not installed here."
SECONDS, BATCH, HOUR = 30, 16, 3600
RATE, OTHER_RATE = 16_000, 44_100
WINDOWS = {"n_fft": 400, "hop_length": 160}
SLANEY = {"norm": "slaney", "mel_scale": "slaney"}


def contests(folder: Path, device: torch.device) -> list[Contest]:
    """One clip, a batch, and for log-mel an hour."""
    clip = world.talk(0, SECONDS).audio.to(device)
    # All have the same loudest moment: ours measures from that of each sound, openai-whisper and librosa from
    # that of the whole batch.
    batch = torch.stack([clip.roll(number * RATE) for number in range(BATCH)])
    # A filter is free in what it does near the limit of a rate: here there is nothing.
    narrow = signal.resample(world.talk(0, SECONDS, sample_rate=8000).audio, 8000, OTHER_RATE).to(device)
    one, many = f"{SECONDS} s", f"{BATCH} × {SECONDS} s"
    return [
        _stft(one, clip),
        _stft(many, batch),
        _log_mel(one, clip),
        _log_mel(many, batch),
        _log_mel(f"{HOUR} s", clip.repeat(HOUR // SECONDS), repeats=3),
        _mfcc(one, clip),
        _mfcc(many, batch),
        _resample(one, narrow),
        _resample(many, narrow.repeat(BATCH, 1)),
    ]


def _stft(size: str, sound: Tensor) -> Contest:
    window = torch.hann_window(400, device=sound.device)
    peers: dict[str, Work] = {
        "torch": lambda: torch.stft(sound, 400, 160, window=window, return_complex=True)
    }
    if sound.device.type == "cpu":
        peers["librosa"] = lambda: librosa.stft(sound.numpy(), pad_mode="reflect", **WINDOWS)
    return Contest(f"`stft`, {size}", lambda: signal.stft(sound), peers, within(1e-4))


def _log_mel(size: str, sound: Tensor, repeats: int = 9) -> Contest:
    peers: dict[str, Work] = {"openai-whisper": lambda: whisper.log_mel_spectrogram(sound)}
    if torchaudio:
        bands = torchaudio.transforms.MelSpectrogram(RATE, n_mels=80, **WINDOWS, **SLANEY).to(sound.device)
        peers["torchaudio"] = lambda: whisper_levels(bands(sound))  # it has no levels of Whisper's
    if sound.device.type == "cpu":
        peers["transformers"] = _with_transformers(sound)
        peers["librosa"] = lambda: _log_mel_with_librosa(sound.numpy())
    return Contest(f"`log_mel`, {size}", lambda: signal.log_mel(sound), peers, within(1e-4), repeats)


def _with_transformers(sound: Tensor) -> Work:
    # Its default cuts the sound after 30 s.
    settings = {"sampling_rate": RATE, "truncation": False, "padding": "longest", "return_tensors": "np"}
    sounds = list(sound.reshape(-1, sound.shape[-1]).numpy())
    extract = partial(WhisperFeatureExtractor(), sounds, **settings)
    return lambda: extract().input_features.reshape(*sound.shape[:-1], 80, -1)


def _log_mel_with_librosa(sound: np.ndarray) -> np.ndarray:
    """Whisper's levels in librosa's terms: decibels, at most 80 below the loudest."""
    bands = librosa.feature.melspectrogram(y=sound, sr=RATE, n_mels=80, pad_mode="reflect", **WINDOWS)
    return librosa.power_to_db(bands[..., :-1]) / 40 + 1


def _mfcc(size: str, sound: Tensor) -> Contest:
    settings, peers = {"n_mels": 40, **WINDOWS}, {}
    if sound.device.type == "cpu":
        peers["librosa"] = lambda: librosa.feature.mfcc(
            y=sound.numpy(), sr=RATE, n_mfcc=13, pad_mode="reflect", **settings
        )
    if torchaudio:
        make = torchaudio.transforms.MFCC(RATE, 13, melkwargs=settings | SLANEY).to(sound.device)
        peers["torchaudio"] = lambda: make(sound)
    # Coefficient 0 is hundreds of decibels.
    return Contest(f"`mfcc`, {size}", lambda: signal.mfcc(sound), peers, within(1e-2))


def _resample(size: str, sound: Tensor) -> Contest:
    peers: dict[str, Work] = {}
    if sound.device.type == "cpu":
        # soxr wants the channels last.
        peers["soxr"] = lambda: soxr.resample(sound.numpy().T, OTHER_RATE, RATE).T
        peers["scipy"] = lambda: scipy.signal.resample_poly(sound.numpy(), 160, 441, axis=-1)
    if torchaudio:
        peers["torchaudio"] = lambda: torchaudio.functional.resample(sound, OTHER_RATE, RATE)
    what = f"`resample` from {OTHER_RATE} to {RATE}, {size}"
    return Contest(what, lambda: signal.resample(sound, OTHER_RATE, RATE), peers, within(5e-3))
