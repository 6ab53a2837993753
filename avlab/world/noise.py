"""Noises to hear speech through: steady, changing, sudden, and made of other people. Chapter 2."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float32, Float64
from torch import Tensor

from avlab.errors import WorldError
from avlab.world.clock import silence
from avlab.world.displays import clicks
from avlab.world.drawing import Array
from avlab.world.sentences import sentence
from avlab.world.speech import say
from avlab.world.timbres import tone

MAINS = 50  # hertz
LOWEST = 20  # hertz: below, pink and brown noise would hold endless power that nobody hears
DROPS, CLICKS = 3000, 3  # a second
TALKERS = ("en-us+f2", "en-gb+m3", "en-us+m7", "en-gb+f4", "en-us+m1", "en-gb-scotland+f3")
CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # semitones above C: C, A minor, F, G
CHORD = 0.6  # seconds
ROOT = 261.6  # hertz: C

Wave = Float64[Array, " samples"]


def noise(
    kind: str, seconds: int | float, sample_rate: int = 16_000, seed: int = 0
) -> Float32[Tensor, " samples"]:
    """A noise of mean square 1: `avlab.signal.at_snr` brings it to the level that you want.

    `kind` is one of `NOISES`. Steady are "white" (all frequencies alike), "pink" (3 dB less in each octave
    upwards), "brown" (6 dB less), "hum" (mains of 50 Hz and its harmonics), "fan" and "rain"; an "engine"
    changes its speed and loudness; "clicks" are sparse; "babble" is six people who talk at once, "music" a
    row of chords. The same seed gives the same samples. Raises WorldError for an unknown kind, and for a
    length or a rate that no sound has. Chapter 2.
    """
    if kind not in _MAKERS:
        raise WorldError(kind, "there is no such noise.", f"There are: {', '.join(NOISES)}.")
    samples = len(silence(seconds, sample_rate))
    wave = _MAKERS[kind](max(1, samples), sample_rate, np.random.default_rng(seed))[:samples]
    return torch.from_numpy(_unit(wave).astype(np.float32))


def _white(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    return chance.standard_normal(samples)


def _coloured(slope: int | float) -> Callable[[int, int, np.random.Generator], Wave]:
    """Noise whose power falls as 1 / hertz ** slope: white noise, weighed in its spectrum."""

    def make(samples: int, rate: int, chance: np.random.Generator) -> Wave:
        hertz = np.fft.rfftfreq(samples, 1 / rate)
        spectrum = np.fft.rfft(chance.standard_normal(samples)) * hertz.clip(LOWEST) ** (-slope / 2)
        return np.fft.irfft(spectrum * (hertz >= LOWEST), samples)

    return make


def _hum(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    return _harmonics(np.full(samples, float(MAINS)), rate, chance)


def _harmonics(hertz: Wave, rate: int, chance: np.random.Generator, count: int = 24) -> Wave:
    """A tone of `hertz` from moment to moment, and its harmonics below half the rate, each weaker."""
    turns = np.cumsum(hertz) / rate
    wave = np.zeros(len(hertz))
    for number in range(1, count + 1):
        strength, phase = chance.uniform(0.3, 1) / number, chance.uniform()
        if number * hertz.max(initial=0) < rate / 2:
            wave += strength * np.sin(2 * np.pi * (number * turns + phase))
    return wave


def _fan(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    """Rushing air, which each turn makes a little louder and softer, and the tone of the blades."""
    time, turning = np.arange(samples) / rate, chance.uniform(10, 20)
    air = _unit(_coloured(1.5)(samples, rate, chance)) * (1 + 0.3 * np.sin(2 * np.pi * turning * time))
    return air + 0.5 * _unit(_harmonics(np.full(samples, 5 * turning), rate, chance, count=4))


def _engine(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    """Harmonics of a speed that wanders within an octave; faster is louder."""
    seconds = samples / rate
    knots = chance.uniform(0, 1, int(seconds) + 2)
    faster = 2 ** np.interp(np.arange(samples) / rate, np.arange(len(knots)), knots)
    hertz = chance.uniform(25, 45) * faster
    firing = _unit(_harmonics(hertz, rate, chance, count=40))
    return faster * (firing + 0.4 * _unit(_coloured(1)(samples, rate, chance)))


def _rain(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    """Many drops a second, large and small, each a short ring."""
    drops = (chance.random(samples) < DROPS / rate) * chance.lognormal(0, 0.6, samples)
    time = np.arange(round(0.005 * rate)) / rate
    ring = np.exp(-time / 0.0007) * chance.standard_normal(len(time))
    return np.convolve(drops * chance.choice((-1, 1), samples), ring)[:samples]


def _clicks(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    seconds = samples / rate
    moments = chance.uniform(0, seconds, max(1, chance.poisson(CLICKS * seconds)))
    return clicks(moments.tolist(), seconds, rate)[:samples].double().numpy()


def _babble(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    return sum(_talker(voice, samples, rate, chance) for voice in TALKERS)


def _talker(voice: str, samples: int, rate: int, chance: np.random.Generator) -> Wave:
    """Sentence after sentence without end; the first is cut into, as if it had begun before."""
    wave = np.zeros(0)
    late = int(chance.integers(rate))
    while len(wave) < samples + late:
        seed, speed, pitch = (int(chance.integers(*range)) for range in ((64_000,), (150, 210), (30, 70)))
        wave = np.append(wave, say(sentence(seed), voice, speed, pitch, rate).audio)
    return _unit(wave[late : late + samples])


def _music(samples: int, rate: int, chance: np.random.Generator) -> Wave:
    beat = round(CHORD * rate)
    wave = np.zeros(samples + beat)
    for number, start in enumerate(range(0, samples, beat)):
        for step in (*CHORDS[number % len(CHORDS)], int(chance.choice((12, 16, 19)))):
            timbre = str(chance.choice(("bell", "buzz", "beep")))
            pitch = ROOT * 2 ** (step / 12)
            wave[start : start + beat] += tone(timbre, pitch, CHORD, rate).double().numpy()[:beat]
    return wave[:samples]


def _unit(wave: Wave) -> Wave:
    # Less than a sample, or a clip so short that it is silent, has no level to bring to 1.
    return wave / (np.sqrt(np.mean(wave**2)) or 1) if len(wave) else wave


_MAKERS: dict[str, Callable[[int, int, np.random.Generator], Wave]] = {
    "white": _white,
    "pink": _coloured(1),
    "brown": _coloured(2),
    "hum": _hum,
    "fan": _fan,
    "rain": _rain,
    "engine": _engine,
    "clicks": _clicks,
    "babble": _babble,
    "music": _music,
}
NOISES = tuple(_MAKERS)
