"""From encoded sound to text: what the decoder is told and asked. Chapter 11."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from avlab.whisper.filters import Filter, Forbid, TimestampRules
from avlab.whisper.model import DecoderCache, Whisper
from avlab.whisper.options import GREEDY, Options
from avlab.whisper.search import Beam, Candidate, Greedy, Hypotheses, best
from avlab.whisper.tokenizer import Tokenizer

Encoded = Float[Tensor, "recordings positions width"]


@dataclass(frozen=True)
class Decoded:
    """What was heard in one window of sound, and how far it is to be trusted.

    `avg_logprob` is the mean log-probability of a token, the end among them; `no_speech_prob` the
    probability that nobody speaks; a high `compression_ratio` means that the text repeats itself. Chapter 11.
    """

    text: str
    tokens: list[int]
    language: str
    avg_logprob: float
    no_speech_prob: float
    temperature: float

    @property
    def compression_ratio(self) -> float:
        """How many times shorter zlib makes the text."""
        written = self.text.encode()
        return len(written) / len(zlib.compress(written))


@torch.no_grad()
def decode(
    model: Whisper, features: Encoded, options: Options = GREEDY, tokenizer: Tokenizer | None = None
) -> list[Decoded]:
    """The transcript of each recording in a batch, each the same as if it were alone.

    `features` is what `model.encoder` made of their spectrograms; of `tokenizer` the vocabulary is used,
    that of the published models if it is None. Raises ValueError where these do not belong together, for
    NaN, and for a prefix without room. Source: openai/whisper, decoding.py. Chapter 11.
    """
    tokenizer = _fitting(model, features, tokenizer)
    if not len(features):
        return []
    languages = _languages(model, features, options, tokenizer)
    told = [Tokenizer(tokenizer.vocabulary, language, options.task) for language in languages]
    prompts = [_prompt(each, options, model.dims.n_text_ctx) for each in told]
    no_speech, found = _search(model, features, prompts, options, told[0])
    results = []
    for language, silence, candidates in zip(languages, no_speech, found, strict=True):
        tokens, log_prob = best(candidates, options.length_penalty)
        text, mean = tokenizer.decode(tokens).strip(), log_prob / (len(tokens) + 1)
        results.append(Decoded(text, tokens, language, mean, silence, options.temperature))
    return results


@torch.no_grad()
def detect_language(
    model: Whisper, features: Encoded, tokenizer: Tokenizer | None = None
) -> list[dict[str, float]]:
    """For each recording in a batch, the probability of each language by its code.

    It is what the decoder expects after the start, were that one of the languages. The arguments are
    those of `decode`. Raises ValueError for a model of one language. Chapter 11.
    """
    tokenizer = _fitting(model, features, tokenizer)
    if not tokenizer.vocabulary.multilingual:
        raise ValueError("this model knows one language only, so there is none to detect")
    start = torch.full((len(features), 1), tokenizer.sot, device=features.device)
    logits = model.decoder(start, features)[:, 0, list(tokenizer.language_tokens.values())]
    return [dict(zip(tokenizer.language_tokens, row, strict=True)) for row in logits.softmax(dim=-1).tolist()]


def _fitting(model: Whisper, features: Tensor, tokenizer: Tokenizer | None) -> Tokenizer:
    """The tokenizer, or the published one, if model, sound and tokenizer belong together."""
    width, size = model.dims.n_text_state, model.dims.n_vocab
    if features.shape[2] != width:
        raise ValueError(
            f"encoded sound has {width} numbers at each position in this model, not {features.shape[2]}; "
            "give decode what model.encoder makes of a spectrogram"
        )
    if not features.isfinite().all():
        raise ValueError("the encoded sound holds values that are not finite; look at the sound itself")
    tokenizer = tokenizer or Tokenizer.published(size)
    if tokenizer.vocabulary.size != size:
        raise ValueError(
            f"the vocabulary has {tokenizer.vocabulary.size} tokens and the model {size}: "
            "they do not belong together"
        )
    return tokenizer


def _languages(model: Whisper, features: Tensor, options: Options, tokenizer: Tokenizer) -> list[str]:
    if options.language is None and tokenizer.vocabulary.multilingual:
        return [max(row, key=row.__getitem__) for row in detect_language(model, features, tokenizer)]
    return [Tokenizer(tokenizer.vocabulary, options.language).language] * len(features)


def _prompt(tokenizer: Tokenizer, options: Options, context: int) -> list[int]:
    """What stands before the first token that is sampled."""

    def tokens(text: str | Sequence[int] | None) -> list[int]:
        return tokenizer.encode(" " + text.strip()) if text and isinstance(text, str) else list(text or ())

    past, prefix = tokens(options.prompt), tokens(options.prefix)
    past = past[max(len(past) - (context // 2 - 1), 0) :]
    start = [*tokenizer.sot_sequence, *[tokenizer.no_timestamps] * options.without_timestamps]
    # The original means to keep the last n_text_ctx // 2 - sample_len tokens of the prefix. By default
    # that is 0, and prefix[-0:] is all of it. Here it is never cut.
    prompt = [*[tokenizer.sot_prev] * bool(past), *past, *start, *prefix]
    if len(prompt) > context:
        raise ValueError(
            f"the prefix has no room: with the prompt it makes {len(prompt)} tokens, and the model has "
            f"positions for {context}; shorten it"
        )
    return prompt


def _filters(tokenizer: Tokenizer, options: Options, device: torch.device) -> list[Filter]:
    t, size = tokenizer, tokenizer.vocabulary.size
    never = {t.transcribe, t.translate, t.sot, t.sot_prev, t.sot_lm, t.no_speech, *options.suppress_tokens}
    never |= set(t.non_speech_tokens) if options.suppress_non_speech else set()
    if not never <= set(range(size)):
        raise ValueError(f"suppress_tokens names an id that is none of the vocabulary's 0 … {size - 1}")
    filters: list[Filter] = [Forbid(torch.tensor(sorted(never), device=device))]
    if options.suppress_blank:
        filters.append(Forbid(torch.tensor([*t.blank, t.eot], device=device), only_first=True))
    if not options.without_timestamps:
        start = options.max_initial_timestamp
        latest = None if start is None else t.timestamp(start) - t.timestamp_begin
        filters.append(TimestampRules(t.eot, t.no_timestamps, t.timestamp_begin, latest))
    return filters


def _search(
    model: Whisper,
    features: Tensor,
    prompts: list[list[int]],
    options: Options,
    tokenizer: Tokenizer,
) -> tuple[list[float], list[list[Candidate]]]:
    """For each recording, the probability that nobody speaks and what the transcript may be."""
    context, given = model.dims.n_text_ctx, len(prompts[0])
    steps = min(options.sample_len or context // 2, context + 1 - given)
    cache = model.decoder.new_cache(features, given + steps - 1)
    # Of what the prompt's tokens predict only two places matter, and the product with all tokens is dear.
    hidden, _ = model.decoder.hidden(torch.tensor(prompts, device=features.device), cache=cache)
    at_start = model.decoder.logits(hidden[:, prompts[0].index(tokenizer.sot)])
    no_speech = at_start.softmax(dim=-1)[:, tokenizer.no_speech].tolist()
    search = options.search(tokenizer.eot, features.device)
    # From here on each recording has as many rows as hypotheses.
    rows = torch.arange(len(features), device=features.device).repeat_interleave(search.group)
    cache.reorder(rows)
    logits = model.decoder.logits(hidden[:, -1])[rows]
    return no_speech, _write(
        model, search, _filters(tokenizer, options, features.device), logits, cache, steps
    )


def _write(
    model: Whisper,
    search: Greedy | Beam,
    filters: Sequence[Filter],
    logits: Float[Tensor, "rows vocab"],
    cache: DecoderCache,
    steps: int,
) -> list[list[Candidate]]:
    """Token after token, until every recording is done. Those that are leave the batch."""
    still_open = list(range(len(logits) // search.group))
    now = Hypotheses.empty(len(still_open), search.group, logits.device)
    found: list[list[Candidate]] = [[] for _ in still_open]
    for left in reversed(range(steps)):
        for permitted in filters:
            logits = permitted(logits, now.rows)
        now = search.step(now, logits)
        staying = [place for place, done in enumerate(search.done(now)) if left and not done]
        for place in {*range(len(still_open))} - {*staying}:
            found[still_open[place]] = search.candidates(now, place)
        if not staying:
            break
        if len(staying) < len(still_open):
            now, still_open = now.keep(staying), [still_open[place] for place in staying]
            cache.reorder(now.parents.flatten(), torch.tensor(staying, device=logits.device))
        elif now.parents is not None:
            cache.reorder(now.parents.flatten())
        logits = model.decoder(now.rows[:, -1:], cache=cache)[:, -1]
    return found
