"""A sentence spoken by the synthesiser, with the exact times of its words and phonemes. Chapter 1."""

import math
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from avlab.clip import Clip
from avlab.errors import WorldError
from avlab.span import Span
from avlab.world import espeak, spelling, timing
from avlab.world.clock import check_rate
from avlab.world.voice import find

LONGEST = 20_000  # characters: about half an hour of speech
SPEEDS = (80, 450)  # what eSpeak can do without dropping samples
PITCHES = (0, 99)
RINGING = 500  # samples


@dataclass(frozen=True, eq=False, repr=False)
class Speech:
    """A spoken text: its sound, and when each of its words and phonemes is said.

    `audio` is float32 (samples,) in [-1, 1] at `sample_rate` hertz. `words` and `phonemes` are spans
    in seconds from the first sample, exact to a sample of the synthesiser (1/22,050 s), in order.
    A word's label is the word as the text writes it, without punctuation; a phoneme's is IPA, with
    its marks of stress and length. Phonemes follow each other without gaps within a word. Pauses
    belong to no word and no phoneme. Chapter 1.
    """

    text: str
    audio: Float32[Tensor, " samples"]
    sample_rate: int
    words: list[Span]
    phonemes: list[Span]
    voice: str

    @property
    def duration(self) -> float:
        """Seconds from the first sample to the last, the silence at the end included."""
        return len(self.audio) / self.sample_rate

    @property
    def clip(self) -> Clip:
        """The sound as a clip without pictures."""
        return Clip(audio=self.audio, sample_rate=self.sample_rate)

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 40 else f"{self.text[:39]}…"
        return f"Speech({text!r}, {self.duration:.2f} s, {len(self.words)} words, {self.voice})"


def say(
    text: str, voice: str = "en-us", speed: int = 175, pitch: int = 50, sample_rate: int = 16_000
) -> Speech:
    """Speak a text with eSpeak NG: its sound, and the exact times of its words and phonemes.

    `voice` is one of `voices()`, with a variant after a plus sign if you like ("en-us+f3"); `speed` is
    in words a minute, from 80 to 450; `pitch` from 0 to 99. The same call gives the same samples,
    whatever was said before, on any thread and in any process. Text is text: tags and commands in it are
    read out, not obeyed. In an English voice a lone capital "A" within a sentence is the letter, a small
    "a" the article. Raises WorldError for an empty or overlong text, an unknown voice, and numbers out of
    range. Chapter 1.
    """
    _check_text(text)
    _check_range("speed", speed, *SPEEDS)
    _check_range("pitch", pitch, *PITCHES)
    check_rate(sample_rate)
    spoken, samples, events = _synthesised(text, voice, speed, pitch)
    native = np.frombuffer(samples, np.int16)
    phonemes, words = timing.spans(native, events, spelling.labels(text), spelling.starts(spoken))
    if not phonemes:
        raise WorldError(f"“{text[:40]}”", "nothing in it can be spoken.", "Give it letters or digits.")
    return Speech(text, _resampled(native, sample_rate), sample_rate, words, phonemes, voice)


def _synthesised(text: str, voice: str, speed: int, pitch: int) -> tuple[str, bytes, list[espeak.Event]]:
    """The text as it was spoken in the end, and what eSpeak made of it."""
    file, variant = find(voice)
    spoken = spelling.spoken(text, english=voice.lower().startswith("en"))
    while True:
        samples, events = espeak.synthesise(spoken, file, variant, speed, pitch)
        heads = [event.position for event in events if event.kind == espeak.WORD]
        # Parting "out of" may join "of the": each round parts at least one more pair, or is the last.
        parted = spelling.parted(spoken, heads)
        if parted == spoken:
            return spoken, samples, events
        spoken = parted


def _check_text(text: str) -> None:
    if not text.strip():
        raise WorldError("text", "it is empty.", "Give `say` something to say.")
    if len(text) > LONGEST:
        problem = f"it has {len(text):,} characters, and {LONGEST:,} is the most for one call."
        raise WorldError("text", problem, "Say it in pieces, a paragraph at a time.")
    for character in text:
        # Controls include NUL, which would end the text, and the sign that opens a command of eSpeak's.
        if unicodedata.category(character) in ("Cc", "Cs") and not character.isspace():
            raise WorldError("text", f"it holds the control character {character!r}.", "Take it out.")


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise WorldError(name, f"{value} is out of range.", f"Choose from {least} to {most}.")


def _resampled(samples: np.ndarray, rate: int) -> Float32[Tensor, " samples"]:
    """The same sound at another rate: sample i sounds at i / rate, and nothing moves.

    By cutting the spectrum short, or making it longer. It fades out over the last tenth below the lower of
    the two Nyquist frequencies: cut off sharply, every sound would ring before and after itself.
    """
    wave, ratio = samples / np.float32(32_768), Fraction(rate, espeak.SAMPLE_RATE)
    if ratio != 1:
        # Silence after the end, and a length that is whole at both rates.
        blocks = math.ceil((len(wave) + RINGING) / ratio.denominator)
        spectrum = np.fft.rfft(wave, blocks * ratio.denominator)
        hertz = np.fft.rfftfreq(blocks * ratio.denominator, 1 / espeak.SAMPLE_RATE)
        limit = min(rate, espeak.SAMPLE_RATE) / 2
        spectrum *= 0.5 - 0.5 * np.cos(np.pi * np.clip(10 * (1 - hertz / limit), 0, 1))
        longer = np.fft.irfft(spectrum, blocks * ratio.numerator) * np.float32(ratio)
        wave = longer[: math.ceil(len(wave) * ratio)]
    return torch.from_numpy(wave.astype(np.float32).clip(-1, 1))
