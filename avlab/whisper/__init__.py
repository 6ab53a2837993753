"""Whisper from scratch: the model, its weights, and what turns its scores into text. Chapters 10 to 13."""

from avlab.whisper.decoding import Decoded, decode, detect_language
from avlab.whisper.dims import Dims
from avlab.whisper.fallback import Doubt, decode_with_fallback
from avlab.whisper.loading import load, save
from avlab.whisper.model import Decoder, DecoderCache, Encoder, Whisper
from avlab.whisper.options import Options
from avlab.whisper.published import PUBLISHED
from avlab.whisper.timing import align_words
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.transcribing import Transcriber, transcribe
from avlab.whisper.transcript import Segment, Transcript, Word
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
    "Segment",
    "Tokenizer",
    "Transcriber",
    "Transcript",
    "Vocabulary",
    "Whisper",
    "Word",
    "align_words",
    "closed",
    "decode",
    "decode_with_fallback",
    "detect_language",
    "load",
    "save",
    "transcribe",
]
