"""Sound to numbers: spectra, mel bands, cepstra, pitch; and cleaning, resampling, scaling. Chapter 2."""

from avlab.signal.cepstrum import mfcc
from avlab.signal.frames import frame
from avlab.signal.mel import log_mel, mel_filters, mel_spectrogram
from avlab.signal.spectrum import istft, power, stft

__all__ = [
    "frame",
    "istft",
    "log_mel",
    "mel_filters",
    "mel_spectrogram",
    "mfcc",
    "power",
    "stft",
]
