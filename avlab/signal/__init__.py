"""Sound to numbers: spectra, mel bands, cepstra, pitch; and cleaning, resampling, scaling. Chapter 2."""

from avlab.signal.cepstrum import mfcc
from avlab.signal.cleaning import spectral_subtraction, wiener
from avlab.signal.emphasis import pre_emphasis
from avlab.signal.energy import energy
from avlab.signal.frames import frame
from avlab.signal.lpc import lpc, lpcc
from avlab.signal.mel import log_mel, mel_filters, mel_spectrogram
from avlab.signal.mixing import at_snr, si_snr
from avlab.signal.pitch import pitch
from avlab.signal.resample import resample
from avlab.signal.scaling import min_max, standardise
from avlab.signal.spectrum import istft, power, stft
from avlab.signal.vad import active_frames, frame_f1, speech_spans, vad

__all__ = [
    "active_frames",
    "at_snr",
    "energy",
    "frame",
    "frame_f1",
    "istft",
    "log_mel",
    "lpc",
    "lpcc",
    "mel_filters",
    "mel_spectrogram",
    "mfcc",
    "min_max",
    "pitch",
    "power",
    "pre_emphasis",
    "resample",
    "si_snr",
    "spectral_subtraction",
    "speech_spans",
    "standardise",
    "stft",
    "vad",
    "wiener",
]
