"""Words to numbers: byte-pair encoding, error rates, and the normalising that goes before them. Chapter 4."""

from avlab.text.bpe import BPE, GPT2_PATTERN, Merges, join_pairs, read_merges, train_bpe
from avlab.text.edit_distance import Step, alignment, cer, edit_distance, wer
from avlab.text.normalise import plain_words

__all__ = [
    "BPE",
    "GPT2_PATTERN",
    "Merges",
    "Step",
    "alignment",
    "cer",
    "edit_distance",
    "join_pairs",
    "plain_words",
    "read_merges",
    "train_bpe",
    "wer",
]
