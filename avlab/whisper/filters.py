"""Logit filters: which tokens may not come next. Chapter 11.

A filter takes the scores of all tokens, and the tokens sampled so far; it answers with new scores, -inf
where something is forbidden, and changes nothing that the caller holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

Logits = Float[Tensor, "rows vocab"]
Sampled = Int64[Tensor, "rows sampled"]
Filter = Callable[[Logits, Sampled], Logits]

NEVER = float("-inf")


@dataclass(frozen=True)
class Forbid:
    """These tokens never come; with `only_first`, they only do not come first. Chapter 11."""

    tokens: Int64[Tensor, " tokens"]
    only_first: bool = False

    def __call__(self, logits: Logits, sampled: Sampled) -> Logits:
        """The logits without these tokens."""
        if self.only_first and sampled.shape[1]:
            return logits
        return logits.index_fill(1, self.tokens, NEVER)


@dataclass(frozen=True)
class TimestampRules:
    """A transcript is pieces, each a time, text and a time; and times do not run backwards.

    The first time is at most `latest_start` ids after 0.00. Where all times together are more likely than
    any one token of text, a time must come. Source: openai/whisper, decoding.py. Chapter 11.
    """

    eot: int
    no_timestamps: int
    timestamp_begin: int
    latest_start: int | None = None

    def __call__(self, logits: Logits, sampled: Sampled) -> Logits:
        """The logits without what would break the rules."""
        logits = logits.clone()
        text, times = logits.tensor_split([self.timestamp_begin], dim=1)  # views: filling them fills logits
        text[:, self.no_timestamps] = NEVER
        if not sampled.shape[1]:
            text.fill_(NEVER)
            if self.latest_start is not None:
                times[:, self.latest_start + 1 :] = NEVER
            return logits
        self._keep_pairs(text, times, sampled - self.timestamp_begin)
        some_time = times.logsumexp(dim=1) > text.amax(dim=1)
        text.masked_fill_(some_time[:, None], NEVER)
        return logits

    def _keep_pairs(self, text: Tensor, times: Tensor, index: Tensor) -> None:
        is_time = index >= 0
        last = is_time[:, -1]
        # The very first time opens a piece, as if one before it had just been closed.
        before = is_time[:, -2] if index.shape[1] > 1 else torch.ones_like(last)
        opening, closing = last & before, last & ~before
        times.masked_fill_(opening[:, None], NEVER)
        text[:, : self.eot].masked_fill_(closing[:, None], NEVER)
        # A piece may begin at the moment when the one before it ended, but must end later than it began.
        latest = index.clamp(min=-1).amax(dim=1)
        earliest = torch.where(closing, latest, latest + 1)
        times.masked_fill_(torch.arange(times.shape[1], device=times.device) < earliest[:, None], NEVER)
