"""When a transcript is not to be believed, decode again, with more and more left to chance. Chapter 11."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from avlab.whisper.decoding import Decoded, Encoded, decode
from avlab.whisper.model import Whisper
from avlab.whisper.options import GREEDY, Options
from avlab.whisper.tokenizer import Tokenizer


@dataclass(frozen=True)
class Doubt:
    """Where a transcript begins to be doubtful; an infinite limit is never reached.

    Source: openai/whisper, transcribe.py. Chapter 11.
    """

    compression_ratio: float = 2.4
    avg_logprob: float = -1.0
    no_speech_prob: float = 0.6

    def silence(self, decoded: Decoded) -> bool:
        """Whether nobody speaks: the model says so, and the tokens it wrote all the same are unlikely."""
        return decoded.no_speech_prob > self.no_speech_prob and decoded.avg_logprob < self.avg_logprob

    def about(self, decoded: Decoded) -> bool:
        """Whether the text repeats itself or its tokens are unlikely, unless it is silence."""
        repeats = decoded.compression_ratio > self.compression_ratio
        return not self.silence(decoded) and (repeats or decoded.avg_logprob < self.avg_logprob)


DOUBT = Doubt()


def decode_with_fallback(
    model: Whisper,
    features: Encoded,
    options: Options = GREEDY,
    tokenizer: Tokenizer | None = None,
    hotter: Sequence[float] = (0.2, 0.4, 0.6, 0.8, 1.0),
    best_of: int | None = None,
    doubt: Doubt = DOUBT,
) -> list[Decoded]:
    """`decode`; then those in doubt once more at each of the temperatures `hotter`, until none is left.

    After the first time by sampling, `best_of` transcripts each. The last attempt stands.
    Raises what `decode` raises. Source: openai/whisper, transcribe.py. Chapter 11.
    """
    results = decode(model, features, options, tokenizer)
    for temperature in hotter:
        doubtful = [place for place, result in enumerate(results) if doubt.about(result)]
        if not doubtful:
            break
        by_lot = replace(options, temperature=temperature, best_of=best_of, beam_size=None, patience=None)
        again = decode(model, features[doubtful], by_lot, tokenizer)
        for place, result in zip(doubtful, again, strict=True):
            results[place] = result
    return results
