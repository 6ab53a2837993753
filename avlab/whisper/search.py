"""How the next token is chosen: the likeliest, one drawn by lot, or several kept side by side. Chapter 11.

A search has `group` hypotheses for each recording. `step` makes them one token longer, `done` says which
recordings need no more, and `candidates` what their transcripts may be.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int64
from torch import Tensor

Logits = Float[Tensor, "rows vocab"]


class Candidate(NamedTuple):
    """What a transcript could be: its tokens without the end, and its log-probability with it."""

    tokens: list[int]
    log_prob: float


@dataclass(frozen=True)
class Hypotheses:
    """What has been written so far for the recordings that are still open.

    `parents` are the rows of the step before that the rows go on from (None: each from itself),
    `ended` the candidates that beam search has put aside. Chapter 11.
    """

    tokens: Int64[Tensor, "recordings group sampled"]
    log_probs: Float[Tensor, "recordings group"]
    ended: tuple[tuple[Candidate, ...], ...] = ()
    parents: Int64[Tensor, "recordings group"] | None = None

    @classmethod
    def empty(cls, recordings: int, group: int, device: torch.device) -> "Hypotheses":
        """Nothing written yet."""
        tokens = torch.zeros((recordings, group, 0), dtype=torch.long, device=device)
        return cls(tokens, torch.zeros((recordings, group), device=device), ((),) * recordings)

    @property
    def rows(self) -> Int64[Tensor, "rows sampled"]:
        """The tokens with a row for each hypothesis, those of one recording neighbours."""
        return self.tokens.flatten(0, 1)

    def keep(self, places: Sequence[int]) -> "Hypotheses":
        """Those of the recordings at these places; `parents` still are rows of the step before."""
        parents = self.parents
        if parents is None:
            parents = torch.arange(self.log_probs.numel(), device=self.tokens.device).view_as(self.log_probs)
        kept = torch.tensor(places, device=self.tokens.device)
        ended = tuple(self.ended[place] for place in places)
        return Hypotheses(self.tokens[kept], self.log_probs[kept], ended, parents[kept])

    def candidates(self, place: int, eot: int) -> list[Candidate]:
        """The hypotheses of the recording at this place, each up to its end."""
        rows, log_probs = self.tokens[place].tolist(), self.log_probs[place].tolist()
        ends = (row.index(eot) if eot in row else len(row) for row in rows)
        return [Candidate(row[:end], p) for row, end, p in zip(rows, ends, log_probs, strict=True)]


@dataclass(frozen=True)
class Greedy:
    """Always the likeliest token. Chapter 11."""

    eot: int
    group: int = 1

    def step(self, before: Hypotheses, logits: Logits) -> Hypotheses:
        """One token more; a hypothesis that has ended stays at its end and gets no less likely."""
        logits = rearrange(logits, "(recordings group) vocab -> recordings group vocab", group=self.group)
        over = self._over(before)
        chosen = self._choose(logits).masked_fill(over, self.eot)[..., None]
        gained = logits.gather(-1, chosen)[..., 0] - logits.logsumexp(dim=-1)
        tokens = torch.cat([before.tokens, chosen], dim=-1)
        log_probs = before.log_probs + gained.masked_fill(over, 0.0)
        return replace(before, tokens=tokens, log_probs=log_probs, parents=None)

    def _choose(self, logits: Float[Tensor, "recordings group vocab"]) -> Int64[Tensor, "recordings group"]:
        return logits.argmax(dim=-1)

    def _over(self, now: Hypotheses) -> Bool[Tensor, "recordings group"]:
        return (now.tokens == self.eot).any(dim=-1)

    def done(self, now: Hypotheses) -> list[bool]:
        """Where all hypotheses of a recording have ended."""
        return self._over(now).all(dim=-1).tolist()

    def candidates(self, now: Hypotheses, place: int) -> list[Candidate]:
        """All hypotheses."""
        return now.candidates(place, self.eot)


@dataclass(frozen=True, kw_only=True)
class Sampling(Greedy):
    """Tokens drawn with probability softmax(logits / temperature). Chapter 11.

    All recordings share the lots, so that what one gets does not depend on those beside it.
    """

    temperature: float
    generator: torch.Generator

    def _choose(self, logits: Float[Tensor, "recordings group vocab"]) -> Int64[Tensor, "recordings group"]:
        # Of waiting times with the rates p the i-th is the shortest with probability p[i]. torch.multinomial
        # draws so too: with the same seed these are the original's tokens.
        waiting = torch.empty_like(logits[0]).exponential_(generator=self.generator)
        return ((logits / self.temperature).softmax(dim=-1) / waiting).argmax(dim=-1)


@dataclass(frozen=True)
class Beam:
    """The likeliest beginnings side by side, until `group` times `patience` of them have ended. Chapter 11.

    Source: openai/whisper, decoding.py; patience is from Kasai et al. 2022.
    """

    eot: int
    group: int
    patience: float = 1.0

    def step(self, before: Hypotheses, logits: Logits) -> Hypotheses:
        """The likeliest continuations of all beams; those that end are put aside."""
        likely = logits.topk(self.group + 1, dim=-1)  # one more than beams, since one may be the end
        gained = likely.values - logits.logsumexp(dim=-1, keepdim=True)
        sums = rearrange(gained, "(r beam) k -> r beam k", beam=self.group) + before.log_probs[..., None]
        if not before.tokens.shape[-1]:
            sums[:, 1:] = -torch.inf  # all beams are alike still: only the first goes on, in all its ways
        sums, order = sums.flatten(1).sort(dim=-1, descending=True, stable=True)
        tokens = rearrange(likely.indices, "(r beam) k -> r (beam k)", beam=self.group).gather(1, order)
        parents = order // (self.group + 1)

        ends = tokens == self.eot
        going_on = (~ends).cumsum(dim=-1)  # how many, down to each place
        stay = (~ends & (going_on <= self.group)).nonzero()[:, 1].view(-1, self.group)
        ended = self._put_aside(before, ends & (going_on < self.group) & sums.isfinite(), parents, sums)
        parents, sums, tokens = (found.gather(1, stay) for found in (parents, sums, tokens))
        recording = torch.arange(len(parents), device=parents.device)[:, None]
        tokens = torch.cat([before.tokens[recording, parents], tokens[..., None]], dim=-1)
        return Hypotheses(tokens, sums, ended, recording * self.group + parents)

    def _put_aside(
        self, before: Hypotheses, ending: Tensor, parents: Tensor, sums: Tensor
    ) -> tuple[tuple[Candidate, ...], ...]:
        ended = list(before.ended)
        for place, rank in ending.nonzero().tolist():  # the likeliest first
            if len(ended[place]) < self._enough:
                tokens = before.tokens[place, parents[place, rank]].tolist()
                ended[place] += (Candidate(tokens, sums[place, rank].item()),)
        return tuple(ended)

    @property
    def _enough(self) -> int:
        return round(self.group * self.patience)

    def done(self, now: Hypotheses) -> list[bool]:
        """Where enough of a recording's hypotheses have ended."""
        return [len(ended) >= self._enough for ended in now.ended]

    def candidates(self, now: Hypotheses, place: int) -> list[Candidate]:
        """What has ended, filled up with the likeliest of what has not."""
        ended = now.ended[place]
        others = sorted(now.candidates(place, self.eot), key=lambda other: -other.log_prob)
        return [*ended, *others[: max(self.group - len(ended), 0)]]


def best(candidates: Sequence[Candidate], length_penalty: float | None = None) -> Candidate:
    """The candidate with the highest log-probability for its length, the first of equals.

    Longer ones are less likely without being worse: so it is divided by the number of tokens or, with a
    penalty α from 0 (not at all) to 1, by ((5 + tokens) / 6) ** α (Wu et al. 2016). Chapter 11.
    """

    def score(candidate: Candidate) -> float:
        length = len(candidate.tokens)
        if length_penalty is None:
            return candidate.log_prob / max(length, 1)  # the original divides by an empty transcript's 0
        return candidate.log_prob / ((5 + length) / 6) ** length_penalty

    return max(candidates, key=score)
