"""The exercises of chapter 2, Sound: sampling, the Fourier transform, frames, mel, Whisper's input, pitch."""

import math

import torch
from jaxtyping import Complex128, Float, Float64
from torch import Tensor

from avlab.signal.frames import frame
from avlab.signal.mel import hz_to_mel, mel_filters, mel_to_hz, whisper_levels
from avlab.workbook.exercise import Exercise, Misconception


def heard_frequency(frequency: float, sample_rate: float) -> float:
    """The frequency in hertz, from 0 to half the sample rate, that a sampled tone cannot be told from.

    Frequencies that differ by the sample rate give the same samples, and so do f and -f. Chapter 2.
    """
    around_zero = (frequency + sample_rate / 2) % sample_rate - sample_rate / 2
    return abs(around_zero)


def dft(samples: Float64[Tensor, " samples"]) -> Complex128[Tensor, " bins"]:
    """How much of each whole number of turns is in the samples: the discrete Fourier transform.

    Bin k is the sum of x[n] times e^(-2 pi i k n / N), for k from 0 to N // 2; the bins above mirror these
    when the samples are real. Chapter 2.
    """
    count = len(samples)
    bins = torch.arange(count // 2 + 1, dtype=torch.float64)
    places = torch.arange(count, dtype=torch.float64)
    angles = 2 * torch.pi * bins[:, None] * places / count
    return torch.exp(-1j * angles) @ samples.to(torch.complex128)


def pitch_of(
    samples: Float[Tensor, " samples"], sample_rate: int, lowest: float = 60.0, highest: float = 400.0
) -> float:
    """The pitch of one frame in hertz: the shift by which it is most like itself.

    Shifts that mean a pitch from `lowest` to `highest` are tried; the likeness is the sum of the products of
    the samples that overlap (the autocorrelation). Chapter 2.
    """
    shortest, longest = math.ceil(sample_rate / highest), math.floor(sample_rate / lowest)
    likeness = {
        lag: (samples[lag:] @ samples[:-lag]).item()
        for lag in range(shortest, min(longest, len(samples) - 1) + 1)
    }
    return sample_rate / max(likeness, key=likeness.get)


# --- cases: random ones, and the awkward ones that a first version forgets -----------------------


def _tones(random):
    yield 5000.0, 8000.0
    yield 1000.0, 8000.0  # low enough: stays what it is
    yield 7000.0, 8000.0
    yield 9000.0, 8000.0  # above the sample rate: it begins again
    yield 12500.0, 8000.0
    yield 4000.0, 8000.0  # exactly half
    yield 8000.0, 8000.0  # one turn between two samples: looks still
    yield 0.0, 8000.0
    for _ in range(12):
        rate = float(random.choice([8000, 16000, 44100]))
        yield float(random.uniform(0, 4 * rate)), rate


def _frames_to_transform(random):
    yield torch.cos(2 * torch.pi * torch.arange(8, dtype=torch.float64) / 8)  # one turn
    yield torch.sin(2 * torch.pi * 2 * torch.arange(8, dtype=torch.float64) / 8)  # two turns, a quarter late
    yield torch.tensor([1.0, 0, 0, 0], dtype=torch.float64)  # a click: every frequency alike
    yield torch.tensor([0.0, 1.0, 0, 0, 0], dtype=torch.float64)  # a click one sample late, odd length
    yield torch.ones(6, dtype=torch.float64)  # no turn at all
    yield torch.tensor([3.0], dtype=torch.float64)
    for count in random.integers(2, 60, 8).tolist():
        yield torch.from_numpy(random.standard_normal(count))


def _sounds_to_cut(random):
    yield torch.arange(10, dtype=torch.float32), 4, 2
    yield torch.arange(1600, dtype=torch.float32), 400, 160  # Whisper's
    yield torch.arange(12, dtype=torch.float32), 4, 4  # side by side
    yield torch.arange(20, dtype=torch.float32), 3, 5  # with gaps
    yield torch.arange(7, dtype=torch.float32), 7, 3  # exactly one
    yield torch.arange(3, dtype=torch.float32), 4, 2  # shorter than a window
    yield torch.zeros(0), 4, 2
    for _ in range(6):
        window, hop = int(random.integers(2, 60)), int(random.integers(1, 60))
        yield (
            torch.from_numpy(random.standard_normal(int(random.integers(60, 400))).astype("float32")),
            window,
            hop,
        )


def _bands(random):
    yield 4, 64, 8000
    yield 80, 400, 16000  # Whisper's
    yield 128, 400, 16000  # large-v3's
    yield 40, 512, 16000
    yield 1, 32, 16000
    for _ in range(4):
        rate = int(random.choice([8000, 16000, 22050, 44100]))
        yield int(random.integers(5, 60)), int(random.choice([256, 400, 1024])), rate


def _mel_powers(random):
    def powers(*shape: int, loudest: float = 0.0):
        return torch.from_numpy(10 ** random.uniform(-9, loudest, shape)).float()

    yield torch.tensor([[[1.0, 1e-4, 1e-2, 1.0], [1e-6, 1e-8, 1e-3, 1.0]]])
    yield torch.tensor([[[1.0, 1e-3, 1e-9, 1.0]], [[1e-6, 1e-8, 1e-9, 1.0]]])  # a loud sound and a soft one
    yield powers(1, 5, 9, loudest=1.0)
    yield torch.zeros(2, 4, 6)  # silence
    last_is_loudest = powers(1, 4, 7, loudest=-4.0)
    last_is_loudest[..., -1] = 100.0  # in the frame that is left out
    yield last_is_loudest
    for _ in range(4):
        loud = powers(3, 6, 10)
        yield loud * torch.tensor([1.0, 1e-5, 1e2])[:, None, None]


def _voices(random):
    def voice(period: int, strengths, rate: int = 16000, late: float = 0.0):
        time = torch.arange(1024, dtype=torch.float64)
        turns = 2 * torch.pi * (time / period + late)
        waves = [s * torch.cos(k * turns) for k, s in enumerate(strengths, start=1)]
        return torch.stack(waves).sum(0).float(), rate

    yield voice(100, [1.0])  # a pure tone of 160 Hz
    yield voice(80, [0.2, 0.3, 1.0, 0.4])  # the third harmonic is strongest
    yield voice(128, [0.0, 1.0, 0.8, 0.6])  # the pitch itself is missing, and yet it is heard
    yield voice(110, [1.0, 0.6, 0.3, 0.9, 0.2])
    yield voice(100, [0.5, 1.0, 0.5], rate=22050)
    yield voice(48, [1.0, 0.5, 0.3])  # 333 Hz, as a child
    yield *voice(80, [1.0, 0.4, 0.2]), 80.0, 150.0  # 200 Hz, and not allowed: an octave below is
    yield *voice(200, [0.2, 1.0, 0.2, 0.5]), 100.0, 300.0  # 80 Hz, and not allowed: 160 is
    for _ in range(8):
        strengths = [float(random.uniform(0.3, 0.6)), *random.uniform(0.2, 1.0, 5).tolist()]
        yield voice(int(random.integers(50, 200)), strengths, late=float(random.uniform(0, 1)))


# --- misconceptions: plausible wrong answers, each with the sentence that names it ----------------


def _remainder(frequency, sample_rate):
    return frequency % sample_rate


def _cut_off(frequency, sample_rate):
    return min(frequency, sample_rate / 2)


def _mirrored_once(frequency, sample_rate):
    return frequency if frequency <= sample_rate / 2 else abs(sample_rate - frequency)


def _modulo_half(frequency, sample_rate):
    return frequency % (sample_rate / 2)


def _distance_from_half(frequency, sample_rate):
    return frequency if frequency <= sample_rate / 2 else frequency - sample_rate / 2


def _signed(frequency, sample_rate):
    return (frequency + sample_rate / 2) % sample_rate - sample_rate / 2


def _always_mirrored(frequency, sample_rate):
    return abs(sample_rate - frequency)


def _silent_above(frequency, sample_rate):
    return frequency if frequency <= sample_rate / 2 else 0.0


def _unchanged(frequency, sample_rate):
    return frequency


def _turns(samples, bins: int, sign: int = -1, first: int = 0):
    places = torch.arange(first, first + len(samples), dtype=torch.float64)
    angles = 2 * torch.pi * torch.arange(bins, dtype=torch.float64)[:, None] * places / len(samples)
    return torch.exp(sign * 1j * angles) @ samples.to(torch.complex128)


def _other_way_round(samples):
    return _turns(samples, len(samples) // 2 + 1, sign=1)


def _averaged(samples):
    return dft(samples) / len(samples)


def _orthonormal(samples):
    return dft(samples) / len(samples) ** 0.5


def _all_bins(samples):
    return _turns(samples, len(samples))


def _last_bin_missing(samples):
    return _turns(samples, max(len(samples) // 2, 1))


def _magnitudes(samples):
    return dft(samples).abs()


def _powers(samples):
    return dft(samples).abs().square()


def _cosines_only(samples):
    return dft(samples).real


def _cosines_only_complex(samples):
    return dft(samples).real.to(torch.complex128)


def _counted_from_one(samples):
    return _turns(samples, len(samples) // 2 + 1, first=1)


def _half_turns(samples):
    places = torch.arange(len(samples), dtype=torch.float64)
    angles = torch.pi * torch.arange(len(samples) // 2 + 1, dtype=torch.float64)[:, None] * places
    return torch.exp(-1j * angles / len(samples)) @ samples.to(torch.complex128)


def _single_precision(samples):
    bins, places = torch.arange(len(samples) // 2 + 1), torch.arange(len(samples))
    angles = 2 * torch.pi * bins[:, None] * places / len(samples)  # whole numbers make float32
    return torch.exp(-1j * angles).to(torch.complex128) @ samples.to(torch.complex128)


def _radians_forgotten(samples):
    places = torch.arange(len(samples), dtype=torch.float64)
    angles = torch.arange(len(samples) // 2 + 1, dtype=torch.float64)[:, None] * places / len(samples)
    return torch.exp(-1j * angles) @ samples.to(torch.complex128)


def _step_is_window(audio, window, hop):
    return frame(audio, window, window)


def _step_is_overlap(audio, window, hop):
    return frame(audio, window, max(window - hop, 1))


def _window_is_hop(audio, window, hop):
    return frame(audio, hop, hop)


def _swapped(audio, window, hop):
    return frame(audio, hop, window)


def _stops_early(audio, window, hop):
    starts = range(0, len(audio) - window, hop)
    return torch.stack([audio[i : i + window] for i in starts]) if starts else audio.new_zeros(0, window)


def _last_missing(audio, window, hop):
    return frame(audio, window, hop)[: max((len(audio) - window) // hop, 0)]


def _begun_and_filled(audio, window, hop):
    count = len(audio) // hop
    longer = torch.nn.functional.pad(audio, (0, window + hop))
    return frame(longer, window, hop)[:count]


def _last_padded(audio, window, hop):
    count = max(math.ceil((len(audio) - window) / hop), 0) + 1
    longer = torch.nn.functional.pad(audio, (0, max((count - 1) * hop + window - len(audio), 0)))
    return frame(longer, window, hop)


def _padded_while_begun(audio, window, hop):
    count = math.ceil(len(audio) / hop)
    longer = torch.nn.functional.pad(audio, (0, max((count - 1) * hop + window - len(audio), 0)))
    return frame(longer, window, hop)[:count]


def _transposed(audio, window, hop):
    return frame(audio, window, hop).T


def _centred(audio, window, hop):
    half = window // 2
    return frame(torch.nn.functional.pad(audio, (half, half)), window, hop)


def _not_normalised(n_mels, n_fft, sample_rate):
    filters = mel_filters(n_mels, n_fft, sample_rate)
    return filters * _widths(n_mels, sample_rate)[:, None] / 2


def _summing_to_one(n_mels, n_fft, sample_rate):
    triangles = _not_normalised(n_mels, n_fft, sample_rate)
    return triangles / triangles.sum(1, keepdim=True).clamp(min=1e-9)


def _peaks_of_one(n_mels, n_fft, sample_rate):
    triangles = _not_normalised(n_mels, n_fft, sample_rate)
    return triangles / triangles.amax(1, keepdim=True).clamp(min=1e-9)


def _full_width(n_mels, n_fft, sample_rate):
    return mel_filters(n_mels, n_fft, sample_rate) / 2


def _equal_in_hertz(n_mels, n_fft, sample_rate):
    return _triangles(torch.linspace(0, sample_rate / 2, n_mels + 2, dtype=torch.float64), n_fft, sample_rate)


def _htk(n_mels, n_fft, sample_rate):
    highest = 2595 * math.log10(1 + sample_rate / 2 / 700)
    mel = torch.linspace(0, highest, n_mels + 2, dtype=torch.float64)
    return _triangles(700 * (10 ** (mel / 2595) - 1), n_fft, sample_rate)


def _up_to_the_sample_rate(n_mels, n_fft, sample_rate):
    return _triangles(_corners(n_mels, 2 * sample_rate), n_fft, sample_rate)


def _bins_too_far_apart(n_mels, n_fft, sample_rate):
    bins = torch.linspace(0, sample_rate, n_fft // 2 + 1, dtype=torch.float64)
    return _triangles(_corners(n_mels, sample_rate), n_fft, sample_rate, bins)


def _transposed_filters(n_mels, n_fft, sample_rate):
    return mel_filters(n_mels, n_fft, sample_rate).T


def _corners_on_bins(n_mels, n_fft, sample_rate):
    """Corners rounded to bins, as in many tutorials."""
    step = sample_rate / n_fft
    corners = (_corners(n_mels, sample_rate) / step).round() * step
    bins = torch.arange(n_fft // 2 + 1, dtype=torch.float64) * step
    return _slopes(corners, bins) * (2 / _widths(n_mels, sample_rate)[:, None])


def _corners_below(n_mels, n_fft, sample_rate):
    """Corners moved down to a bin, and two loops over bins: the recipe of many tutorials."""
    corners = ((n_fft + 1) * _corners(n_mels, sample_rate) / sample_rate).long().tolist()
    filters = torch.zeros(n_mels, n_fft // 2 + 1)
    for row, (left, peak, right) in zip(
        filters, zip(corners, corners[1:], corners[2:], strict=False), strict=True
    ):
        row[left:peak] = torch.arange(peak - left) / max(peak - left, 1)
        row[peak:right] = 1 - torch.arange(right - peak) / max(right - peak, 1)
    return filters * (2 / _widths(n_mels, sample_rate)[:, None])


def _slopes(corners, bins):
    """Triangles whose sides may be of no width."""
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising = torch.where(bins < centre, (bins - left) / (centre - left).clamp(min=1e-9), 1)
    falling = torch.where(bins >= centre, (right - bins) / (right - centre).clamp(min=1e-9), 1)
    return torch.minimum(rising, falling).clamp(min=0).float()


def _straight_in_mel(n_mels, n_fft, sample_rate):
    """Triangles whose sides are straight over mel, not over hertz."""
    bins = torch.arange(n_fft // 2 + 1, dtype=torch.float64) * sample_rate / n_fft
    corners = hz_to_mel(_corners(n_mels, sample_rate))
    return _sides(corners, hz_to_mel(bins)) * (2 / _widths(n_mels, sample_rate)[:, None])


def _corners(n_mels: int, sample_rate: int) -> Float64[Tensor, " corners"]:
    highest = hz_to_mel(torch.tensor(sample_rate / 2, dtype=torch.float64)).item()
    return mel_to_hz(torch.linspace(0, highest, n_mels + 2, dtype=torch.float64))


def _widths(n_mels: int, sample_rate: int) -> Float[Tensor, " n_mels"]:
    corners = _corners(n_mels, sample_rate)
    return (corners[2:] - corners[:-2]).float()


def _sides(corners, places):
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (places - left) / (centre - left), (right - places) / (right - centre)
    return torch.minimum(rising, falling).clamp(min=0).float()


def _triangles(corners, n_fft, sample_rate, bins=None):
    if bins is None:
        bins = torch.arange(n_fft // 2 + 1, dtype=torch.float64) * sample_rate / n_fft
    return _sides(corners, bins) * (2 / (corners[2:] - corners[:-2]))[:, None].float()


def _last_frame_kept(mel):
    return whisper_levels(torch.cat([mel, mel[..., -1:]], dim=-1))


def _first_frame_dropped(mel):
    return whisper_levels(torch.cat([mel[..., 1:], mel[..., -1:]], dim=-1))


def _maximum_before_the_cut(mel):
    levels = mel.clamp(min=1e-10).log10()
    levels = torch.maximum(levels, levels.amax(dim=(-2, -1), keepdim=True) - 8)
    return (levels[..., :-1] + 4) / 4


def _scaled(mel, log=torch.log10, floor=8.0, shift=4.0, scale=4.0, over=(-2, -1), least=1e-10):
    levels = log(mel[..., :-1].clamp(min=least))
    return (torch.maximum(levels, levels.amax(dim=over, keepdim=True) - floor) + shift) / scale


def _one_maximum_for_all(mel):
    return _scaled(mel, over=(-3, -2, -1))


def _natural_logarithm(mel):
    return _scaled(mel, log=torch.log)


def _in_decibels(mel):
    return _scaled(mel, log=lambda power: 10 * power.log10())


def _in_decibels_all_along(mel):
    return _scaled(mel, log=lambda power: 10 * power.log10(), floor=80.0)


def _no_floor(mel):
    return _scaled(mel, floor=100.0)


def _eight_decibels(mel):
    return _scaled(mel, floor=0.8)


def _not_scaled(mel):
    return _scaled(mel, shift=0.0, scale=1.0)


def _only_shifted_after(mel):
    return _scaled(mel, shift=0.0) + 4


def _maximum_of_each_band(mel):
    return _scaled(mel, over=(-1,))


def _zeros_kept(mel):
    return _scaled(mel, least=0.0)


def _least_added(mel):
    levels = (mel[..., :-1] + 1e-10).log10()
    return (torch.maximum(levels, levels.amax(dim=(-2, -1), keepdim=True) - 8) + 4) / 4


def _maximum_of_each_frame(mel):
    return _scaled(mel, over=(-2,))


def _fixed_floor(mel):
    return (mel[..., :-1].clamp(min=1e-8).log10() + 4) / 4


def _strongest_frequency(samples, sample_rate, lowest=60.0, highest=400.0):
    strength = torch.fft.rfft(samples).abs()
    strength[0] = 0
    return strength.argmax().item() * sample_rate / len(samples)


def _strongest_within(samples, sample_rate, lowest=60.0, highest=400.0):
    strength = torch.fft.rfft(samples).abs()
    hertz = torch.arange(len(strength)) * sample_rate / len(samples)
    strength[(hertz < lowest) | (hertz > highest)] = 0
    return hertz[strength.argmax()].item()


def _likeness(samples, average: bool = False):
    products = [samples @ samples, *(samples[lag:] @ samples[:-lag] for lag in range(1, len(samples)))]
    likeness = torch.stack(products)
    return likeness / torch.arange(len(samples), 0, -1) if average else likeness


def _best(likeness, sample_rate, lowest, highest):
    shortest, longest = math.ceil(sample_rate / highest), math.floor(sample_rate / lowest)
    return shortest + likeness[shortest : longest + 1].argmax().item()


def _lag_itself(samples, sample_rate, lowest=60.0, highest=400.0):
    return float(_best(_likeness(samples), sample_rate, lowest, highest))


def _seconds(samples, sample_rate, lowest=60.0, highest=400.0):
    return _best(_likeness(samples), sample_rate, lowest, highest) / sample_rate


def _limits_forgotten(samples, sample_rate, lowest=60.0, highest=400.0):
    return sample_rate / (1 + _likeness(samples)[1:].argmax().item())


def _counted_from_shortest(samples, sample_rate, lowest=60.0, highest=400.0):
    shortest = math.ceil(sample_rate / highest)
    lag = _best(_likeness(samples), sample_rate, lowest, highest) - shortest
    return sample_rate / max(lag, 1)


def _longest_of_the_best(samples, sample_rate, lowest=60.0, highest=400.0):
    shortest, longest = math.ceil(sample_rate / highest), math.floor(sample_rate / lowest)
    likeness = _likeness(samples, average=True)[shortest : longest + 1]
    return sample_rate / (shortest + (likeness > 0.99 * likeness.max()).nonzero().max().item())


def _averaged_products(samples, sample_rate, lowest=60.0, highest=400.0):
    return sample_rate / _best(_likeness(samples, average=True), sample_rate, lowest, highest)


def _hertz_for_lags(samples, sample_rate, lowest=60.0, highest=400.0):
    likeness = _likeness(samples)
    return sample_rate / (round(lowest) + likeness[round(lowest) : round(highest) + 1].argmax().item())


def _limits_ignored(samples, sample_rate, lowest=60.0, highest=400.0):
    return pitch_of(samples, sample_rate)


def _wrapped_round(samples, sample_rate, lowest=60.0, highest=400.0):
    strength = torch.fft.rfft(samples).abs().square()
    return sample_rate / _best(torch.fft.irfft(strength), sample_rate, lowest, highest)


def _zero_crossings(samples, sample_rate, lowest=60.0, highest=400.0):
    crossings = (samples[1:] * samples[:-1] < 0).sum().item()
    return crossings * sample_rate / (2 * len(samples))


EXERCISES = [
    Exercise(
        id="02.heard_frequency",
        title="Where a tone lands",
        difficulty=2,
        minutes=8,
        hint="First take off whole sample rates until the frequency lies between minus half and half the sample "
        "rate. What is left may be negative: a wheel that turns backwards. Samples of a tone cannot tell that "
        "from forwards.",
        reference=heard_frequency,
        cases=_tones,
        passed="Twenty tones, from 0 Hz to four times the sample rate.",
        mistakes=[
            Misconception(
                _remainder,
                "You take off whole sample rates, and stop there. What lies between half the sample rate and the "
                "whole is heard mirrored: 5000 at 8000 sounds as 3000.",
            ),
            Misconception(
                _cut_off,
                "You stop at half the sample rate. Tones above it do not pile up there: they come back down, "
                "mirrored.",
            ),
            Misconception(
                _mirrored_once,
                "You mirror once. Above the sample rate it begins again: 9000 at 8000 sounds as 1000, and "
                "12500 as 3500.",
            ),
            Misconception(
                _modulo_half,
                "You begin again at 0 after half the sample rate. It does not jump back, it turns round: just "
                "above half the rate a tone is heard just below it.",
            ),
            Misconception(
                _distance_from_half,
                "You take the distance to half the sample rate. The mirror stands at half the rate, so 5000 at "
                "8000 is 1000 above the mirror and is seen 1000 below it, at 3000.",
            ),
            Misconception(
                _signed,
                "Yours is negative where the wheel turns backwards. A sampled tone cannot show which way it "
                "turns: give the size of it.",
            ),
            Misconception(
                _always_mirrored,
                "You mirror every tone. Those below half the sample rate are heard as they are.",
            ),
            Misconception(
                _silent_above,
                "You make tones above half the sample rate silent. Sampling alone does not remove them; that is "
                "why one filters first.",
            ),
            Misconception(
                _unchanged,
                "You give back the frequency as it was. No frequency above half the sample rate can be told from "
                "one below.",
            ),
        ],
    ),
    Exercise(
        id="02.dft",
        title="The Fourier transform by hand",
        difficulty=3,
        minutes=15,
        hint="Make a table of angles, a row for each bin k and a column for each sample n: 2 pi k n / N. "
        "`torch.exp(-1j * angles)` turns it into waves, and `waves @ samples` multiplies and adds up. Both sides of `@` "
        "must be complex128.",
        reference=dft,
        cases=_frames_to_transform,
        rtol=1e-9,
        atol=1e-9,
        forbidden=tuple(
            f"{home}.{name}"
            for home in ("torch.fft", "numpy.fft")
            for name in ("fft", "rfft", "ihfft", "fftn", "rfftn")
        ),
        passed="Fourteen frames, of even and odd length, among them a click, a constant and a single sample.",
        mistakes=[
            Misconception(
                _other_way_round,
                "Your waves turn the other way: sines come out with the wrong sign. The exponent is minus "
                "2 pi i k n / N.",
            ),
            Misconception(
                _averaged,
                "You divide by the number of samples. That is done on the way back; the transform itself is the "
                "plain sum.",
            ),
            Misconception(
                _orthonormal,
                "You divide by the root of the number of samples. That convention exists, but torch.fft and "
                "librosa take the plain sum.",
            ),
            Misconception(
                _all_bins,
                "You keep all N bins. Of real samples the upper half repeats the lower one, mirrored: keep bins 0 "
                "to N // 2.",
            ),
            Misconception(
                _last_bin_missing,
                "Your last bin is missing. Bin N // 2 belongs to it too, so there are N // 2 + 1 bins: count "
                "from 0.",
            ),
            Misconception(
                _magnitudes,
                "You give the strength alone, the magnitude. The transform keeps the phase as well, in complex numbers; without it there "
                "is no way back.",
            ),
            Misconception(
                _powers,
                "You give the squared magnitudes: that is the power. The transform itself is complex.",
            ),
            Misconception(
                _cosines_only,
                "You compare with cosines alone. A tone that begins elsewhere in its turn needs sines too: they "
                "are the imaginary part.",
            ),
            Misconception(
                _cosines_only_complex,
                "Your imaginary part is 0: you compare with cosines alone. Sines belong there, with a minus sign.",
            ),
            Misconception(
                _counted_from_one,
                "You count samples from 1. The first sample is at angle 0: n runs from 0 to N - 1.",
            ),
            Misconception(
                _half_turns,
                "Your bin k makes k half turns. A full turn is 2 pi, so the angle is 2 pi k n / N.",
            ),
            Misconception(
                _single_precision,
                "Your angles have only seven digits: whole numbers times a float are float32 in torch. Make k "
                "and n float64 first.",
            ),
            Misconception(
                _radians_forgotten,
                "Your angles lack the 2 pi. Angles are radians, in which a full turn is 2 pi.",
            ),
        ],
    ),
    Exercise(
        id="02.frame",
        title="A sound in frames",
        difficulty=2,
        minutes=8,
        hint="Frame i begins at sample i * hop and has `window` samples. How many fit before the sound ends? "
        "`audio.unfold(0, window, hop)` does it too, but not for a sound that is shorter than a window.",
        reference=frame,
        cases=_sounds_to_cut,
        passed="Thirteen random sounds, among them an empty one and one shorter than a window.",
        mistakes=[
            Misconception(
                _step_is_window,
                "It looks as if the step between two frames is the window's length. The step is `hop`.",
            ),
            Misconception(
                _step_is_overlap,
                "It looks as if `hop` is the overlap of two frames. It is the step from the start of one to the "
                "start of the next.",
            ),
            Misconception(
                _window_is_hop,
                "Your frames are `hop` samples long. They are `window` long, and overlap when `hop` is smaller.",
            ),
            Misconception(_swapped, "You have exchanged `window` and `hop`."),
            Misconception(
                _stops_early,
                "You stop one step early where the last window just fits. `range` leaves out its end, so that "
                "must be samples - window + 1.",
            ),
            Misconception(
                _last_missing,
                "Your last frame is missing. With one frame at sample 0 and one more for each hop that still "
                "fits, there are 1 + (samples - window) // hop.",
            ),
            Misconception(
                _begun_and_filled,
                "You have a frame for every hop of sound, and fill the last ones up with zeros. Only whole "
                "windows count: 1 + (samples - window) // hop.",
            ),
            Misconception(
                _last_padded,
                "You lengthen the sound with zeros for one more frame. Here only whole windows count; what is "
                "left over is left out.",
            ),
            Misconception(
                _padded_while_begun,
                "You begin a frame as long as there is a sample to begin with, and fill up with zeros. Here only "
                "whole windows count.",
            ),
            Misconception(
                _transposed,
                "Your frames stand in columns. Here time comes first: a row for each frame (librosa's own "
                "`frame` has it your way).",
            ),
            Misconception(
                _centred,
                "You put half a window of zeros on both sides, so that frames are centred. That is a step of its "
                "own; here frame 0 begins at sample 0.",
            ),
        ],
    ),
    Exercise(
        id="02.mel_filters",
        title="Mel filters",
        difficulty=4,
        minutes=20,
        hint="You need `n_mels` + 2 corners: equally far apart in mel, then turned back to hertz. Filter i rises from "
        "corner i to corner i + 1 and falls to corner i + 2: the smaller of the two slopes, and never below 0. "
        "Then multiply by 2 / (width in hertz).",
        reference=mel_filters,
        cases=_bands,
        rtol=1e-3,
        atol=1e-7,
        passed="Nine sets of filters, among them both of Whisper's.",
        mistakes=[
            Misconception(
                _not_normalised,
                "The triangles are there, but each must be divided by half its width in hertz (Slaney's norm). "
                "Without that the wide ones at the top collect more noise than the narrow ones at the bottom.",
            ),
            Misconception(
                _summing_to_one,
                "You make the weights of each filter add up to 1. Slaney's norm divides by half the width in "
                "hertz, so that the *area* is 1, whatever the distance between bins.",
            ),
            Misconception(
                _peaks_of_one,
                "Your filters all have their peak at 1. Divide each by half its width in hertz: then its area is 1.",
            ),
            Misconception(
                _full_width,
                "All your filters are half as high as they should be. A triangle's area is half its width times "
                "its height, so the height is 2 / width.",
            ),
            Misconception(
                _equal_in_hertz,
                "Your filters are equally wide in hertz. Put the corners equally far apart in mel, then turn them "
                "into hertz.",
            ),
            Misconception(
                _htk,
                "Your mel scale is HTK's, 2595 log10(1 + f / 700). Whisper and librosa use Slaney's, which is "
                "straight up to 1000 Hz: `hz_to_mel` and `mel_to_hz` here.",
            ),
            Misconception(
                _up_to_the_sample_rate,
                "Your filters go up to the sample rate. There is nothing above half of it.",
            ),
            Misconception(
                _bins_too_far_apart,
                "Your bins end at the sample rate. Bin k is at k * sample_rate / n_fft hertz, so the last one, "
                "n_fft / 2, is at half the sample rate.",
            ),
            Misconception(
                _transposed_filters,
                "Your filters stand in columns. A row for each filter: then `filters @ power` gives the bands.",
            ),
            Misconception(
                _corners_on_bins,
                "You move the corners to the nearest bins, as many tutorials do. Here they stay where they are, "
                "and the triangles are read at the frequencies of the bins.",
            ),
            Misconception(
                _corners_below,
                "You move the corners to the bins below, as many tutorials do. Here they stay where they are, "
                "and the triangles are read at the frequencies of the bins.",
            ),
            Misconception(
                _straight_in_mel,
                "The sides of your triangles are straight over mel. They are straight over hertz: only the "
                "corners are placed in mel.",
            ),
        ],
    ),
    Exercise(
        id="02.whisper_levels",
        title="Exactly what Whisper sees",
        difficulty=3,
        minutes=12,
        hint="In this order: leave out the last frame; nothing below 1e-10; log10; nothing more than 8 below "
        "the largest value of the *same sound* (`amax(dim=(-2, -1), keepdim=True)`); add 4 and divide by 4.",
        reference=whisper_levels,
        cases=_mel_powers,
        passed="Nine batches, among them silence, and loud sounds beside soft ones.",
        mistakes=[
            Misconception(
                _one_maximum_for_all,
                "All sounds of your batch share one maximum, so a soft sound beside a loud one loses its quiet "
                "parts. Take the maximum of each sound; openai-whisper's own function has this trap.",
            ),
            Misconception(
                _last_frame_kept,
                "You keep the last frame. Whisper leaves it out: 30 seconds are 3000 frames, not 3001.",
            ),
            Misconception(
                _first_frame_dropped,
                "You leave out the first frame. It is the last one that goes.",
            ),
            Misconception(
                _maximum_before_the_cut,
                "Your maximum still counts the last frame. Leave it out first.",
            ),
            Misconception(
                _natural_logarithm,
                "Your logarithm is the natural one. Whisper takes log10.",
            ),
            Misconception(
                _in_decibels,
                "You take 10 times log10, decibels. Whisper takes log10 alone, so the floor at 8 is 80 dB.",
            ),
            Misconception(
                _in_decibels_all_along,
                "You compute in decibels, ten times too large. Whisper takes log10 alone, and 8 for the floor.",
            ),
            Misconception(
                _no_floor,
                "The floor is missing: nothing may be more than 8 below the largest value of its sound.",
            ),
            Misconception(
                _eight_decibels,
                "Your floor is 8 decibels below the maximum. It is 8 in powers of ten, that is 80 decibels.",
            ),
            Misconception(_not_scaled, "The last step is missing: add 4, then divide by 4."),
            Misconception(
                _only_shifted_after,
                "You divide by 4 and then add 4. Add first, then divide.",
            ),
            Misconception(
                _maximum_of_each_band,
                "You take a maximum for each band. It is one number for the whole picture of a sound.",
            ),
            Misconception(
                _zeros_kept,
                "Silence has power 0, and its logarithm is minus infinity. Raise powers below 1e-10 to 1e-10 "
                "first.",
            ),
            Misconception(
                _least_added,
                "You add 1e-10 to every power. Raise only those below it: `clamp(min=1e-10)`.",
            ),
            Misconception(
                _maximum_of_each_frame,
                "You take a maximum for each frame. One for the whole sound is meant, over its bands and its "
                "frames.",
            ),
            Misconception(
                _fixed_floor,
                "Your floor is fixed at 1e-8. It moves with the sound: 8 below the largest value of this one.",
            ),
        ],
    ),
    Exercise(
        id="02.pitch_of",
        title="The pitch of a frame",
        difficulty=3,
        minutes=12,
        hint="For a shift of `lag` samples the likeness is `samples[lag:] @ samples[:-lag]` (let torch multiply and add; a loop over samples takes too long). Which lags mean a pitch from "
        "`lowest` to `highest`? The lag with the largest likeness is the time of one turn, in samples.",
        reference=pitch_of,
        cases=_voices,
        rtol=0.01,
        passed="Sixteen voices, among them one whose pitch itself is missing from its spectrum.",
        mistakes=[
            Misconception(
                _strongest_frequency,
                "You take the strongest frequency. A voice is often strongest at a multiple of its pitch; the "
                "pitch is how often the whole wave repeats.",
            ),
            Misconception(
                _strongest_within,
                "You take the strongest frequency between the limits. The pitch may be weak there, or missing, "
                "and is still heard: it is how often the whole wave repeats.",
            ),
            Misconception(
                _lag_itself,
                "That is the lag in samples. The pitch in hertz is `sample_rate / lag`.",
            ),
            Misconception(
                _seconds,
                "That is the time of one turn in seconds. The pitch is one over it.",
            ),
            Misconception(
                _limits_forgotten,
                "You try every lag. A sound shifted by one sample is nearly itself, so the shortest lag wins: "
                "begin at `sample_rate / highest`.",
            ),
            Misconception(
                _counted_from_shortest,
                "Your lag counts from the shortest one tried. Add that back before you divide.",
            ),
            Misconception(
                _longest_of_the_best,
                "You are an octave or more too low. A wave also repeats after two turns, and after three: of "
                "equally good lags take the shortest.",
            ),
            Misconception(
                _averaged_products,
                "You average the products, so a lag of two turns scores as high as one of one turn, and may win by a "
                "hair. Take the sum: fewer samples overlap at long lags, and the shortest wins.",
            ),
            Misconception(
                _hertz_for_lags,
                "You take `lowest` and `highest` for lags. They are hertz: the lags go from "
                "`sample_rate / highest` to `sample_rate / lowest`.",
            ),
            Misconception(
                _limits_ignored,
                "You do not use `lowest` and `highest` as they are given, but 60 and 400.",
            ),
            Misconception(
                _wrapped_round,
                "What you shift out at one end comes in at the other. Multiply only what overlaps: "
                "`samples[lag:]` with `samples[:-lag]`.",
            ),
            Misconception(
                _zero_crossings,
                "You count how often the wave crosses zero. Each turn of a voice crosses many times.",
            ),
        ],
    ),
]
