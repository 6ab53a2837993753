"""Whisper from scratch: the model, its weights, and what turns its scores into text. Chapters 10 to 13."""

from avlab.whisper.decoding import Decoded, decode, detect_language
from avlab.whisper.dims import Dims
from avlab.whisper.fallback import Doubt, decode_with_fallback
from avlab.whisper.loading import load, save
from avlab.whisper.model import Decoder, DecoderCache, Encoder, Whisper
from avlab.whisper.options import Options
from avlab.whisper.published import PUBLISHED
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.vocabulary import Vocabulary, closed

__all__ = [
    "PUBLISHED",
    "Decoded",
    "Decoder",
    "DecoderCache",
    "Dims",
    "Doubt",
    "Encoder",
    "Options",
    "Tokenizer",
    "Vocabulary",
    "Whisper",
    "closed",
    "decode",
    "decode_with_fallback",
    "detect_language",
    "load",
    "save",
]
