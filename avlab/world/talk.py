"""People who talk now and then: sentences at random places in silence, and when each is said. Chapter 2."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from jaxtyping import Float32
from torch import Tensor

from avlab.clip import Clip
from avlab.errors import WorldError
from avlab.span import Span
from avlab.world.clock import silence
from avlab.world.sentences import sentence
from avlab.world.speech import Speech, say

VOICES = (
    "en-us",
    "en-gb",
    "en-us+f1",
    "en-us+f2",
    "en-gb+f3",
    "en-gb+f4",
    "en-us+m1",
    "en-us+m2",
    "en-gb+m3",
    "en-gb+m4",
    "en-gb-scotland+f5",
    "en-gb-scotland+m5",
    "en-us-nyc+m6",
    "en-us-nyc+f2",
    "en-us+Annie",
    "en-us+Michael",
)
SHORTEST = 4.0  # seconds: a long first pause and a slow sentence
PAUSE = (0.3, 1.5)  # seconds
SPEED = (140, 210)  # words a minute
PITCH = (30, 70)
LOUDNESS = (-6.0, 6.0)  # decibels


@dataclass(frozen=True, eq=False, repr=False)
class Talk:
    """A few sentences with pauses before, between and after them.

    `audio` is float32 (samples,) at `sample_rate` hertz. `spans` has one span for each sentence, from the
    start of its first phoneme to the end of its last: `label` is the text, `track` the voice. A span has no
    holes: within a sentence no pause between words is longer than 0.1 s, and the silence in which the lips
    are shut for a "p" belongs to the speech. `words` are the spans of the words. Chapters 2 and 13.
    """

    audio: Float32[Tensor, " samples"]
    sample_rate: int
    spans: list[Span]
    words: list[Span]

    @property
    def clip(self) -> Clip:
        """The sound as a clip without pictures."""
        return Clip(audio=self.audio, sample_rate=self.sample_rate)

    def __repr__(self) -> str:
        seconds = len(self.audio) / self.sample_rate
        return f"Talk({seconds:.2f} s, {len(self.spans)} sentences)"


def talk(
    seed: int, seconds: int | float = 8.0, voices: Sequence[str] = VOICES, sample_rate: int = 16_000
) -> Talk:
    """Sentences of the GRID grammar in `seconds` of silence, with the exact times at which they are said.

    Pauses last 0.3 to 1.5 s, the last one until the end. Each sentence has a voice of `voices`, a speed, a
    pitch and a loudness (6 dB more or less) of its own. The same seed gives the same samples. Raises
    WorldError for less than 4 s, in which no sentence may find a place. Chapters 2 and 13.
    """
    if seconds < SHORTEST:
        raise WorldError("seconds", f"{seconds} s may be too short for a sentence.", "Give 4 or more.")
    draw = random.Random(f"talk {seed}")
    audio, spans, words = silence(seconds, sample_rate), [], []
    first, speech = round(draw.uniform(*PAUSE) * sample_rate), _sentence(draw, voices, sample_rate)
    while first + len(speech.audio) <= len(audio):
        loudness = 10 ** (draw.uniform(*LOUDNESS) / 20)
        audio[first : first + len(speech.audio)] += loudness * speech.audio
        words += [word.shifted(first / sample_rate) for word in speech.words]
        spans.append(_whole(speech).shifted(first / sample_rate))
        first = round((spans[-1].end + draw.uniform(*PAUSE)) * sample_rate)
        speech = _sentence(draw, voices, sample_rate)
    # 6 dB more may be too loud for a file.
    return Talk(audio / max(1.0, audio.abs().max().item()), sample_rate, spans, words)


def _sentence(draw: random.Random, voices: Sequence[str], sample_rate: int) -> Speech:
    text = sentence(draw.randrange(1 << 30))
    return say(text, draw.choice(voices), draw.randint(*SPEED), draw.randint(*PITCH), sample_rate)


def _whole(speech: Speech) -> Span:
    return Span(speech.phonemes[0].start, speech.phonemes[-1].end, speech.text, speech.voice)
