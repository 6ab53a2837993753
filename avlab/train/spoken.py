"""Sentences that the world speaks, as lessons and as examinations for a small Whisper. Chapter 12."""

import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Int64
from torch import Tensor

from avlab.signal import log_mel
from avlab.span import Span
from avlab.whisper import Tokenizer, closed
from avlab.world import GRAMMAR, noise, say, sentence
from avlab.world.drawing import Array

RATE, SECONDS = 16_000, 3.0
SAMPLES = round(RATE * SECONDS)
POSITION = 0.04  # seconds between two positions of the encoder
LATEST, RINGING = 2.85, 400  # the last word ends before, in seconds; so many samples more belong to it
IGNORE = -100  # a target that is not learnt: cross_entropy's own sign

ACCENTS = ("en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029")
TRAINING_VOICES = (
    *("m1", "m2", "m3", "m4", "m5", "f1", "f2", "f3", "croak", "klatt", "klatt2", "klatt3", "whisper"),
    *("Andy", "Alex", "Annie", "Gene", "Jacky", "Lee", "Mario", "belinda", "david", "ed", "aunty", "adam"),
    *("anika", "max", "sandro", "john", "zac"),
)
HELD_OUT_VOICES = (
    *("m6", "m7", "m8", "f4", "f5", "klatt4", "steph", "rob", "linda", "michel", "grandma", "Michael"),
)
TRAINING_NOISES = ("white", "pink", "brown", "fan", "babble")
RECORDINGS = 24  # of each
# What the frames can be labelled with: nothing, or the word that is being said.
LABELS = ("", *sorted({word for words in GRAMMAR.values() for word in words}))

Wave = Float32[Array, " samples"]
Longer = Float32[Array, " longer"]


@dataclass(frozen=True, eq=False)
class Example:
    """Three seconds with one sentence in them: `audio` at 16 kHz in [-1, 1], and when each word is said."""

    audio: Wave
    words: list[Span]
    voice: str

    @property
    def text(self) -> str:
        """The sentence."""
        return " ".join(word.label for word in self.words)


class Batch(NamedTuple):
    """What a step learns from; tensors, the batch first.

    `tokens` go into the decoder, `targets` should come out, `IGNORE` where nothing is learnt; `labels` has
    the number in `LABELS` of the word at each position of the encoder.
    """

    mel: Float[Tensor, "batch mels frames"]
    tokens: Int64[Tensor, "batch time"]
    targets: Int64[Tensor, "batch time"]
    labels: Int64[Tensor, "batch positions"]


@cache
def tokenizer() -> Tokenizer:
    """The small Whisper's: the tokens are letters, since a small model learns them sooner than words."""
    return Tokenizer(closed([" ", *string.ascii_letters], ("en",), POSITION, SECONDS))


def held_out(text: str) -> bool:
    """Whether a sentence is kept for examinations: one in ten is, by its own letters."""
    return zlib.crc32(text.encode()) % 10 == 0


def lesson(chance: np.random.Generator) -> Example:
    """A sentence to learn from: any voice for training, speed, pitch, size of head, room, noise, loudness."""
    wave, words, voice = _spoken(chance, TRAINING_VOICES, exam=False, stretch=chance.uniform(-0.13, 0.13))
    if chance.random() < 0.3:
        wave = reverberated(wave, chance)
    wave, words = _placed(wave, words, chance)
    if chance.random() < 0.85:
        kind = str(chance.choice(TRAINING_NOISES))
        wave = wave + _noise(kind, chance) * 10 ** (-chance.uniform(-2, 30) / 20)
    return _at_some_level(wave, words, voice, chance)


def examination(
    count: int,
    voices: Sequence[str] = HELD_OUT_VOICES,
    kind: str | None = None,
    snr: int | float = 5,
    seed: int = 0,
) -> list[Example]:
    """Held-out sentences in held-out voices, as eSpeak says them, clean or with noise of a `kind` at `snr`.

    The ratio is that of the noise to the words, the silence around them not counted, in decibels.
    """
    examples = []
    for number in range(count):
        chance = np.random.default_rng((1, seed, number))
        wave, words, voice = _spoken(chance, voices, exam=True)
        wave, words = _placed(wave, words, chance)
        if kind:
            disturbance = noise(kind, SECONDS, RATE, seed=int(chance.integers(2**31))).numpy()
            wave = wave + disturbance * 10 ** (-snr / 20)
        examples.append(_at_some_level(wave, words, voice, chance))
    return examples


def batch(number: int, size: int = 16, seed: int = 0) -> Batch:
    """Batch `number` of an endless row of lessons: always the same one for the same seed."""
    chance = np.random.default_rng((0, seed, number))
    return collated([lesson(chance) for _ in range(size)])


def collated(examples: Sequence[Example]) -> Batch:
    """Examples as tensors, the shorter transcripts filled up."""
    heard = torch.from_numpy(np.stack([example.audio for example in examples]))
    t = tokenizer()
    start = [t.sot, t.no_timestamps]
    written = [[*start, *t.encode(example.text), t.eot] for example in examples]
    tokens = torch.full((len(examples), max(map(len, written)) - 1), t.eot)
    targets = torch.full_like(tokens, IGNORE)
    for row, ids in enumerate(written):
        tokens[row, : len(ids) - 1] = torch.tensor(ids[:-1])
        targets[row, len(start) - 1 : len(ids) - 1] = torch.tensor(ids[len(start) :])
    return Batch(log_mel(heard), tokens, targets, torch.stack([frame_labels(e.words) for e in examples]))


def frame_labels(words: Sequence[Span]) -> Int64[Tensor, " positions"]:
    """Which word is being said at each position of the encoder: the one in whose span its moment lies."""
    # The stem's kernels are odd and padded by half: position i is centred on mel frame 4 i, which is itself
    # centred on its moment.
    moments = torch.arange(round(SECONDS / POSITION)) * POSITION
    labels = torch.zeros(len(moments), dtype=torch.int64)
    for word in words:
        labels[(word.start <= moments) & (moments < word.end)] = LABELS.index(word.label)
    return labels


def reverberated(wave: Wave, chance: np.random.Generator) -> Longer:
    """The sound in a room: itself, and noise after it that falls by 60 dB in 0.1 to 0.5 s."""
    tail = round(chance.uniform(0.1, 0.5) * RATE)
    response = chance.standard_normal(tail) * 10 ** (-3 * np.arange(tail) / tail) * chance.uniform(0.02, 0.25)
    response[0] = 1
    long = 1 << (len(wave) + tail).bit_length()
    heard = np.fft.irfft(np.fft.rfft(wave, long) * np.fft.rfft(response, long), long)
    return heard[: len(wave) + tail // 3].astype(np.float32)


def _spoken(
    chance: np.random.Generator, variants: Sequence[str], exam: bool, stretch: float = 0.0
) -> tuple[Wave, list[Span], str]:
    """A sentence at mean square 1, its words, and who says it. `stretch` makes it slower and deeper."""
    # A sound sampled oftener and played at the usual rate. Multiples of 50 Hz keep the FFT's lengths smooth.
    rate = 50 * round(RATE * np.exp(stretch) / 50)
    while True:
        text = sentence(int(chance.integers(2**32)))
        voice = f"{chance.choice(ACCENTS)}+{chance.choice(variants)}"
        speed, pitch = int(chance.integers(130, 226)), int(chance.integers(20, 81))
        if held_out(text) != exam:
            continue
        speech = say(text, voice, speed, pitch, rate)
        slower = rate / RATE
        words = [Span(w.start * slower, w.end * slower, w.label, "words") for w in speech.words]
        if words[-1].end < LATEST:
            wave = speech.audio.numpy()[: round(words[-1].end * RATE) + RINGING]
            return wave / np.sqrt(np.mean(wave**2)), words, voice


def _placed(wave: Wave, words: list[Span], chance: np.random.Generator) -> tuple[Longer, list[Span]]:
    """The same somewhere in three seconds of silence; of an echo what is too late is lost."""
    ending = min(SAMPLES, round(words[-1].end * RATE) + RINGING)
    start = int(chance.integers(SAMPLES - ending + 1))
    longer = np.zeros(SAMPLES, np.float32)
    longer[start : start + len(wave)] = wave[: SAMPLES - start]
    return longer, [word.shifted(start / RATE) for word in words]


def _noise(kind: str, chance: np.random.Generator) -> Wave:
    """One of a few recordings of that noise, from any moment on: babble made anew each time is dear."""
    return np.roll(_recordings(kind)[chance.integers(RECORDINGS)], int(chance.integers(SAMPLES)))


@cache
def _recordings(kind: str) -> list[Wave]:
    return [noise(kind, SECONDS, RATE, seed=number).numpy() for number in range(RECORDINGS)]


def _at_some_level(wave: Wave, words: list[Span], voice: str, chance: np.random.Generator) -> Example:
    wave = 0.1 * 10 ** chance.uniform(-0.7, 0.5) * wave
    return Example(wave.clip(-1, 1).astype(np.float32), words, voice)
