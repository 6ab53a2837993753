"""A spectrogram: which frequencies a sound holds, moment by moment."""

import numpy as np
from jaxtyping import Float
from matplotlib import mlab
from torch import Tensor

from avlab.show.picture import picture
from avlab.show.shown import Shown
from avlab.show.sound import as_clip
from avlab.show.style import figure

_QUIETEST = -90.0  # dB; about what a 16-bit recording can hold


def spectrogram(
    audio: Float[Tensor, " samples"] | Float[np.ndarray, " samples"],
    sample_rate: int,
    *,
    alt: str,
    window: float = 0.032,
    hop: float = 0.008,
) -> Shown:
    """The level in decibels over seconds and hertz, as matplotlib's `mlab.specgram` computes it.

    A Hann window of `window` seconds moves on by `hop` seconds. 0 dB is a tone of amplitude 1, and all
    spectrograms share one scale of colours, so that two of them can be compared. Raises ValueError for
    sound that is not mono, and for an `alt` that says nothing. Chapter 1.
    """
    clip = as_clip(audio, sample_rate)
    size = max(round(window * sample_rate), 2)
    samples = clip.audio.numpy()
    samples = np.pad(samples, (0, max(size + 1 - len(samples), 0)))  # shorter than a window: silence after it
    magnitude, _, times = mlab.specgram(
        samples,
        NFFT=size,
        Fs=sample_rate,
        noverlap=max(size - max(round(hop * sample_rate), 1), 0),
        mode="magnitude",
    )
    # mlab's magnitude of a tone of amplitude 1 is 1/2: the other half is at the negative frequency.
    level = 20 * np.log10(np.maximum(2 * magnitude, 10 ** (_QUIETEST / 20)))
    fig, axes = figure(height=3.0)
    image = axes.imshow(
        level,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=_QUIETEST,
        vmax=0,
        extent=(times[0] - hop / 2, times[-1] + hop / 2, 0, sample_rate / 2),
    )
    axes.set(xlabel="time (s)", ylabel="frequency (Hz)", xlim=(0, max(clip.duration, 1e-3)))
    fig.colorbar(image, ax=axes, label="level (dB)", pad=0.02)
    return picture(fig, alt)
