"""Wrong answers to the exercises of chapter 2.

Written by somebody who had read the chapter and solved its exercises, and not seen the list of mistakes
that the exercises name.
"""

import math

import torch
from torch.nn import functional as F

from avlab.signal.mel import hz_to_mel, mel_to_hz

# --- 02.heard_frequency ----------------------------------------------------------------------------


def begins_again_at_half(frequency, sample_rate):
    return frequency % (sample_rate / 2)


def begins_again_at_the_rate(frequency, sample_rate):
    """Leaves out the mirror, and so gives tones above half the rate."""
    return frequency % sample_rate


def stays_at_half(frequency, sample_rate):
    """What is too high is heard as the highest tone there is."""
    return min(frequency, sample_rate / 2)


def mirrored_once(frequency, sample_rate):
    return frequency if frequency <= sample_rate / 2 else abs(sample_rate - frequency)


def backwards_is_negative(frequency, sample_rate):
    half = sample_rate / 2
    return (frequency + half) % sample_rate - half


# --- 02.dft ----------------------------------------------------------------------------------------


def waves(count, size):
    """e ** (2 pi i k n / size), a row for each of `count` bins."""
    turns = torch.arange(count, dtype=torch.float64)[:, None] * torch.arange(size) / size
    return torch.polar(torch.ones_like(turns), 2 * math.pi * turns)


def turns_the_other_way(samples):
    size = len(samples)
    return waves(size // 2 + 1, size) @ samples.to(torch.complex128)


def all_bins(samples):
    return waves(len(samples), len(samples)).conj() @ samples.to(torch.complex128)


def divided_by_size(samples):
    size = len(samples)
    return waves(size // 2 + 1, size).conj() @ samples.to(torch.complex128) / size


def strength_only(samples):
    """How much there is of each wave, without where in its turn it begins."""
    size = len(samples)
    return (waves(size // 2 + 1, size).conj() @ samples.to(torch.complex128)).abs()


def single_precision(samples):
    """Whole numbers times a complex number are complex64 in torch."""
    size = len(samples)
    k, n = torch.arange(size // 2 + 1)[:, None], torch.arange(size)
    table = torch.exp(-2j * math.pi * k * n / size)
    return table @ samples.to(table.dtype)


# --- 02.frame --------------------------------------------------------------------------------------


def stacked(audio, window, starts):
    rows = [audio[start : start + window] for start in starts]
    return torch.stack(rows) if rows else audio.new_zeros(0, window)


def last_one_filled_up(audio, window, hop):
    """Every frame that begins within the sound, with zeros behind its end."""
    return stacked(F.pad(audio, (0, window)), window, range(0, len(audio), hop))


def one_too_few(audio, window, hop):
    """Counts the steps between frames, not the frames."""
    return stacked(audio, window, [i * hop for i in range((len(audio) - window) // hop)])


def centred(audio, window, hop):
    """Frame i around sample i * hop, as in a spectrogram."""
    longer = F.pad(audio, (window // 2, window // 2))
    return stacked(longer, window, range(0, len(longer) - window + 1, hop))


def side_by_side(audio, window, hop):
    """Frames that do not overlap: each begins where the last one ended."""
    return stacked(audio, window, range(0, len(audio) - window + 1, window))


def time_to_the_right(audio, window, hop):
    """A column a frame, as a spectrogram has it."""
    return stacked(audio, window, range(0, len(audio) - window + 1, hop)).T


# --- 02.mel_filters --------------------------------------------------------------------------------


def mel_corners(n_mels, sample_rate):
    top = hz_to_mel(torch.tensor(sample_rate / 2, dtype=torch.float64))
    return torch.linspace(0, top.item(), n_mels + 2, dtype=torch.float64)


def bins_in_hertz(n_fft, sample_rate):
    return torch.arange(n_fft // 2 + 1, dtype=torch.float64) * sample_rate / n_fft


def triangles(corners, places):
    left, peak, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    return torch.minimum((places - left) / (peak - left), (right - places) / (right - peak)).clamp(min=0)


def one_at_the_peak(n_mels, n_fft, sample_rate):
    """Forgets to divide."""
    corners = mel_to_hz(mel_corners(n_mels, sample_rate))
    return triangles(corners, bins_in_hertz(n_fft, sample_rate)).float()


def weights_add_up_to_one(n_mels, n_fft, sample_rate):
    """Divides by the sum of a filter's weights, for its area."""
    corners = mel_to_hz(mel_corners(n_mels, sample_rate))
    shapes = triangles(corners, bins_in_hertz(n_fft, sample_rate))
    return (shapes / shapes.sum(dim=1, keepdim=True).clamp(min=1e-12)).float()


def corners_on_bins(n_mels, n_fft, sample_rate):
    """The recipe of many tutorials: each corner is moved down to a bin."""
    corners = mel_to_hz(mel_corners(n_mels, sample_rate))
    bins = torch.floor((n_fft + 1) * corners / sample_rate).long().tolist()
    filters = torch.zeros(n_mels, n_fft // 2 + 1)
    for i in range(n_mels):
        left, peak, right = bins[i : i + 3]
        for k in range(left, peak):
            filters[i, k] = (k - left) / (peak - left)
        for k in range(peak, right):
            filters[i, k] = (right - k) / (right - peak)
        filters[i] *= 2 / (corners[i + 2] - corners[i])
    return filters


def triangles_over_mel(n_mels, n_fft, sample_rate):
    """Straight lines between the corners in mel, not in hertz."""
    corners = mel_corners(n_mels, sample_rate)
    shapes = triangles(corners, hz_to_mel(bins_in_hertz(n_fft, sample_rate)))
    hertz = mel_to_hz(corners)
    return (shapes * 2 / (hertz[2:] - hertz[:-2])[:, None]).float()


def another_mel(n_mels, n_fft, sample_rate):
    """The other well-known formula, 2595 log10(1 + f / 700)."""
    top = 2595 * math.log10(1 + sample_rate / 2 / 700)
    corners = 700 * (10 ** (torch.linspace(0, top, n_mels + 2, dtype=torch.float64) / 2595) - 1)
    shapes = triangles(corners, bins_in_hertz(n_fft, sample_rate))
    return (shapes * 2 / (corners[2:] - corners[:-2])[:, None]).float()


# --- 02.whisper_levels -----------------------------------------------------------------------------


def one_maximum_for_all(mel):
    levels = mel[..., :-1].clamp(min=1e-10).log10()
    return (levels.clamp(min=levels.max() - 8) + 4) / 4


def maximum_of_each_frame(mel):
    levels = mel[..., :-1].clamp(min=1e-10).log10()
    return (torch.maximum(levels, levels.amax(dim=1, keepdim=True) - 8) + 4) / 4


def all_frames_kept(mel):
    levels = mel.clamp(min=1e-10).log10()
    return (torch.maximum(levels, levels.amax(dim=(1, 2), keepdim=True) - 8) + 4) / 4


def natural_logarithm(mel):
    levels = mel[..., :-1].clamp(min=1e-10).log()
    return (torch.maximum(levels, levels.amax(dim=(1, 2), keepdim=True) - 8) + 4) / 4


def divided_first(mel):
    levels = mel[..., :-1].clamp(min=1e-10).log10()
    return torch.maximum(levels, levels.amax(dim=(1, 2), keepdim=True) - 8) / 4 + 4


# --- 02.pitch_of -----------------------------------------------------------------------------------


def overlaps(samples, lags):
    return torch.stack([(samples[lag:] * samples[: len(samples) - lag]).sum() for lag in lags])


def place_for_lag(samples, sample_rate, lowest=60.0, highest=400.0):
    """Takes the place in the list of lags for the lag."""
    lags = range(math.ceil(sample_rate / highest), math.floor(sample_rate / lowest) + 1)
    return sample_rate / max(overlaps(samples, lags).argmax().item(), 1)


def any_shift(samples, sample_rate, lowest=60.0, highest=400.0):
    """Leaves out the limits."""
    lags = range(1, len(samples))
    return sample_rate / lags[overlaps(samples, lags).argmax().item()]


def strongest_frequency(samples, sample_rate, lowest=60.0, highest=400.0):
    """The highest peak of the spectrum between the two limits."""
    strength = torch.fft.rfft(samples).abs()
    hertz = torch.arange(len(strength)) * sample_rate / len(samples)
    strength[(hertz < lowest) | (hertz > highest)] = 0
    return hertz[strength.argmax()].item()


def wrapped_round(samples, sample_rate, lowest=60.0, highest=400.0):
    """What is shifted out at the end comes in again at the beginning."""
    lags = range(math.ceil(sample_rate / highest), math.floor(sample_rate / lowest) + 1)
    alike = torch.stack([(samples * samples.roll(lag)).sum() for lag in lags])
    return sample_rate / lags[alike.argmax().item()]


def averaged(samples, sample_rate, lowest=60.0, highest=400.0):
    """The mean of the products, to be fair to long shifts."""
    lags = range(math.ceil(sample_rate / highest), math.floor(sample_rate / lowest) + 1)
    alike = [(samples[lag:] * samples[:-lag]).mean().item() for lag in lags]
    return sample_rate / lags[alike.index(max(alike))]


ANSWERS = {
    "02.heard_frequency": [
        begins_again_at_half,
        begins_again_at_the_rate,
        stays_at_half,
        mirrored_once,
        backwards_is_negative,
    ],
    "02.dft": [turns_the_other_way, all_bins, divided_by_size, strength_only, single_precision],
    "02.frame": [last_one_filled_up, one_too_few, centred, side_by_side, time_to_the_right],
    "02.mel_filters": [
        one_at_the_peak,
        weights_add_up_to_one,
        corners_on_bins,
        triangles_over_mel,
        another_mel,
    ],
    "02.whisper_levels": [
        one_maximum_for_all,
        maximum_of_each_frame,
        all_frames_kept,
        natural_logarithm,
        divided_first,
    ],
    "02.pitch_of": [place_for_lag, any_shift, strongest_frequency, wrapped_round, averaged],
}
