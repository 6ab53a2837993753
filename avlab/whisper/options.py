"""What decoding can be told. Chapter 11."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from avlab.whisper.search import Beam, Greedy, Sampling


@dataclass(frozen=True)
class Options:
    """How to decode; the names are openai's where the meaning is.

    Raises ValueError for options that contradict each other. Source: openai/whisper, decoding.py. Chapter 11.
    """

    language: str | None = None  # code or name; detected if None
    task: str = "transcribe"  # or "translate", into English
    temperature: float = 0.0  # above 0 tokens are drawn by lot
    best_of: int | None = None  # so many transcripts are drawn
    beam_size: int | None = None  # beam search, at temperature 0
    patience: float | None = None  # beam search goes on until so many times its size have ended
    length_penalty: float | None = None  # see `search.best`
    sample_len: int | None = None  # longest transcript in tokens; half the model's context if None
    prompt: str | Sequence[int] | None = None  # what was said before; its end is kept, as much as fits
    prefix: str | Sequence[int] | None = None  # how the transcript begins; not in the result
    suppress_tokens: Sequence[int] = ()  # these never come
    suppress_non_speech: bool = True  # nor do signs that nobody says
    suppress_blank: bool = True  # the transcript is not empty
    without_timestamps: bool = False
    max_initial_timestamp: float | None = 1.0  # latest start, in seconds
    seed: int = 0  # of the lots

    def __post_init__(self):
        drawn, beams, penalty = self.temperature > 0, self.beam_size is not None, self.length_penalty
        counts = [n for n in (self.best_of, self.beam_size, self.sample_len) if n is not None]
        contradictions = {
            "temperature must be 0 or more": not self.temperature >= 0,
            "best_of, beam_size and sample_len must be 1 or more": any(n < 1 for n in counts),
            "beam_size and best_of are two ways to search: give one of them": beams
            and self.best_of is not None,
            "beam search draws nothing by lot: with beam_size the temperature must be 0": beams and drawn,
            "best_of chooses among random draws: it needs a temperature above 0": bool(self.best_of)
            and not drawn,
            "patience is for beam search: give beam_size with it": self.patience is not None and not beams,
            "beam_size times patience must be 1 or more": beams and round(self._beam_end) < 1,
            "length_penalty must be between 0 and 1": penalty is not None and not 0 <= penalty <= 1,
            "max_initial_timestamp must be 0 seconds or more": (self.max_initial_timestamp or 0) < 0,
        }
        if found := [sentence for sentence, holds in contradictions.items() if holds]:
            raise ValueError("; ".join(found))

    @property
    def _beam_end(self) -> float:
        return self.beam_size * (1.0 if self.patience is None else self.patience)

    def search(self, eot: int, device: torch.device) -> Greedy | Beam:
        """The search that they ask for."""
        if self.beam_size:
            return Beam(eot, self.beam_size, self._beam_end / self.beam_size)
        if not self.temperature:
            return Greedy(eot)
        generator = torch.Generator(device).manual_seed(self.seed)
        return Sampling(eot, self.best_of or 1, temperature=self.temperature, generator=generator)


GREEDY = Options()
