"""When each word was said, from where the decoder looked while it wrote it. Chapter 13."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from statistics import median
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from avlab.align import dtw
from avlab.whisper.model import Whisper
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.transcript import Segment, Word

Method = Literal["published", "free"]
FRAMES = 100  # of mel a second
# Marks that belong to the word after them, and to the one before.
_OPENING, _CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
_SENTENCE_ENDS = ".。!！?？"


@torch.no_grad()
def align_words(
    model: Whisper,
    features: Float[Tensor, "1 positions width"],
    tokens: Sequence[int],
    tokenizer: Tokenizer,
    frames: int | None = None,
    method: Method = "published",
) -> list[Word]:
    """The words of a text and when each is said, in seconds from where the encoded sound begins.

    `tokens` are ids of text only; `frames` is how many of the window's mel frames hold sound, all unless
    given. "published" is openai-whisper's: the weights of the alignment heads are standardised over the
    tokens and smoothed by a median, and the path leads from the first moment to the last. "free" takes the
    weights as they are, and begins and ends where some word is looked at more than evenly: for small models,
    on which standardising blows up what is nothing, and for words that do not begin at once.

    A token begins where the one before it looks: that is the one from which it is predicted. Raises
    ValueError where the tokens are too many for the model. Source: openai/whisper, timing.py. Chapter 13.
    """
    words = tokenizer.split_to_words(tokens)
    if not words:
        return []
    positions = (model.dims.n_mel_frames if frames is None else frames) // model.dims.stride
    weights, chances = _look(model, features, tokens, tokenizer, max(positions, 1))
    begins = (_published if method == "published" else _free)(weights, len(tokens))
    seconds = model.dims.stride / FRAMES
    edges = [0, *accumulate(len(part) for _, part in words)]
    return [
        Word(begins[a] * seconds, begins[b] * seconds, text, sum(chances[a:b]) / (b - a), tuple(part))
        for (text, part), (a, b) in zip(words, pairwise(edges), strict=True)
    ]


def _look(
    model: Whisper, features: Tensor, tokens: Sequence[int], tokenizer: Tokenizer, positions: int
) -> tuple[Float[Tensor, "heads rows positions"], list[float]]:
    """Where the alignment heads look after each token, of the first `positions`; and the tokens' chances."""
    before = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    rows = torch.tensor([[*before, *tokens, tokenizer.eot]], device=features.device)
    logits, shares = model.decoder(rows, features, weights=True)
    chances = logits[0, len(before) - 1 : -2, : tokenizer.eot].softmax(dim=-1)
    chances = chances.gather(1, rows[0, len(before) : -1, None])[:, 0].tolist()
    heads = torch.stack([shares[block][0, head] for block, head in model.alignment_heads]).float()
    heads = heads[..., :positions]
    return heads / heads.sum(dim=-1, keepdim=True).clamp(min=torch.finfo(heads.dtype).tiny), chances


def _published(weights: Float[Tensor, "heads rows positions"], tokens: int) -> list[int]:
    """The position at which each token begins, and at which the last one ends."""
    spread, mean = torch.std_mean(weights, dim=-2, keepdim=True, correction=0)
    # Where all rows are alike, the original divides nothing by nothing.
    standard = (weights - mean) / spread.clamp(min=torch.finfo(weights.dtype).tiny)
    looked = median_filter(standard).mean(dim=0)[-tokens - 2 : -1]
    path = dtw(-looked, rule="openai")
    return [path[path[:, 0] == row, 1].amin().item() for row in range(tokens + 1)]


def _free(weights: Float[Tensor, "heads rows positions"], tokens: int) -> list[int]:
    looked = weights.mean(dim=0)[-tokens - 2 : -2]
    path = dtw(1 / looked.shape[1] - looked, rule="subsequence")
    return [*(path[path[:, 0] == row, 1].amin().item() for row in range(tokens)), path[-1, 1].item() + 1]


def median_filter(x: Float[Tensor, "*batch time"], width: int = 7) -> Float[Tensor, "*batch time"]:
    """The median of `width` (odd) neighbours along time; at the ends the signal is mirrored. Chapter 13.

    What is too short to be mirrored stays as it is. Source: openai/whisper, timing.py.
    """
    reach = width // 2
    if x.shape[-1] <= reach:
        return x
    rows = F.pad(x.reshape(1, -1, x.shape[-1]), (reach, reach), mode="reflect")
    return rows.unfold(-1, width, 1).sort().values[..., reach].view(x.shape)


def add_words(
    segments: Sequence[Segment], words: Sequence[Word], offset: float, last_end: float, eot: int
) -> list[Segment]:
    """The segments of one window with their words, and with starts and ends that fit these.

    `words` is what `align_words` found for the text of all of them, in seconds from `offset`; `last_end` is
    when speech ended before. Words that are too long, at the end of a sentence or after a pause, are cut to
    twice the usual. Source: openai/whisper, timing.py. Chapter 13.
    """
    usual = min(0.7, median([word.end - word.start for word in words if word.end != word.start] or [0.0]))
    left = [word.shifted(offset) for word in _join_marks(_cut_at_sentence_ends(words, 2 * usual))]
    done = []
    for segment in segments:
        wanted, own = sum(token < eot for token in segment.tokens), []
        while left and sum(len(word.tokens) for word in own) < wanted:
            own.append(left.pop(0))
        fitted = _fit(segment, own, last_end, usual) if own else replace(segment, words=())
        last_end = fitted.end if own else last_end
        done.append(fitted)
    return done


def _cut_at_sentence_ends(words: Sequence[Word], longest: float) -> list[Word]:
    cut = list(words[:1])
    for before, word in pairwise(words):
        if word.end - word.start > longest and word.text in _SENTENCE_ENDS:
            word = word._replace(end=word.start + longest)
        elif word.end - word.start > longest and before.text in _SENTENCE_ENDS:
            word = word._replace(start=word.end - longest)
        cut.append(word)
    return cut


def _join_marks(words: Sequence[Word]) -> list[Word]:
    def joined(one: Word, other: Word) -> dict:
        return {"text": one.text + other.text, "tokens": one.tokens + other.tokens}

    opened: list[Word] = []
    for word in reversed(words):
        if opened and word.text.startswith(" ") and word.text.strip() in _OPENING:
            opened[-1] = opened[-1]._replace(**joined(word, opened[-1]))
        else:
            opened.append(word)
    closed: list[Word] = []
    for word in reversed(opened):
        if closed and not closed[-1].text.endswith(" ") and word.text in _CLOSING:
            closed[-1] = closed[-1]._replace(**joined(closed[-1], word))
        else:
            closed.append(word)
    return closed


def _fit(segment: Segment, words: list[Word], last_end: float, usual: float) -> Segment:
    """Words and segment made to agree, and the first words after a pause made no longer than usual."""
    first, longest = words[0], 2 * usual
    second = words[1] if len(words) > 1 else None
    long = first.end - first.start > longest or (second and second.end - first.start > 2 * longest)
    if first.end - last_end > 4 * usual and long:
        if second and second.end - second.start > longest:
            boundary = max(second.end / 2, second.end - longest)
            first, words[1] = first._replace(end=boundary), second._replace(start=boundary)
        first = first._replace(start=max(0.0, first.end - longest))
    start = first.start
    if segment.start < first.end and segment.start - 0.5 > first.start:
        start = segment.start
        first = first._replace(start=max(0.0, min(first.end - usual, start)))
    words[0] = first
    last = words[-1]
    end = last.end
    if segment.end > last.start and segment.end + 0.5 < last.end:
        end = segment.end
        words[-1] = last._replace(end=max(last.start + usual, end))
    return replace(segment, start=start, end=end, words=tuple(words))
