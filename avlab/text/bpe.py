"""Byte-level byte-pair encoding: any text in pieces that were frequent in some other text. Chapter 4."""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import regex

# A text is cut here first, and bytes are joined only within a cut. GPT-2's rule, which Whisper kept.
GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

# A cut is mostly a word met before. When there are more than so many, all are forgotten.
_REMEMBERED = 100_000


@dataclass(frozen=True)
class Merges:
    """What a byte-pair encoding has learned: its pieces, each with its rank, and where texts are cut.

    The rank is the order in which the pieces were learned, the 256 single bytes before all others,
    and it is the piece's id. Two neighbours may be joined when `ranks` has what they make.
    `pattern` is a regular expression that must match everything somewhere, or it is lost.
    Source: tiktoken's mergeable ranks. Chapter 4.
    """

    ranks: dict[bytes, int]
    pattern: str = GPT2_PATTERN

    def __post_init__(self):
        whole = sorted(self.ranks.values()) == [*range(len(self.ranks))]
        if not whole or any(bytes([byte]) not in self.ranks for byte in range(256)):
            raise ValueError("merges need all 256 single bytes, and the ranks 0, 1, 2, … each once")


def read_merges(path: str | Path) -> Merges:
    """The merges of a `.tiktoken` file: a line is a piece in base64, a space, and its rank.

    Raises ValueError where the file is none such. Source: tiktoken, load.py. Chapter 4.
    """
    try:
        lines = (line.split() for line in Path(path).read_text(encoding="ascii").splitlines())
        # Not strict: Whisper's multilingual file ends with the line "= 50256", a piece of no bytes.
        ranks = {base64.b64decode(piece): int(rank) for piece, rank in lines}
    except ValueError as error:
        raise ValueError(f"{path} is no .tiktoken file: a line is a piece in base64 and its rank") from error
    return Merges(ranks)


def join_pairs(word: bytes, ranks: dict[bytes, int]) -> list[bytes]:
    """The pieces of a word: its bytes, of which the pair with the lowest rank is joined until none has one.

    Of two pairs of one rank the first goes first. Training repeats this. A word of thousands of letters,
    as of a language without spaces, takes seconds.
    Source: Sennrich et al. (2016); tiktoken for the order. Chapter 4.
    """
    pieces = [word[i : i + 1] for i in range(len(word))]
    while pairs := [(ranks[a + b], i) for i, (a, b) in enumerate(pairwise(pieces)) if a + b in ranks]:
        _, i = min(pairs)
        pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
    return pieces


def train_bpe(texts: Iterable[str], size: int, pattern: str = GPT2_PATTERN) -> Merges:
    """Learn `size` pieces: the 256 bytes, then again and again the most frequent pair of neighbours.

    Of equally frequent ones the last in the order of bytes is taken. There are fewer than `size` when all
    words are whole pieces before that. Raises ValueError for a size below 256.
    Source: Sennrich et al. (2016), subword-nmt's learn_bpe.py; over bytes, GPT-2 (2019). Chapter 4.
    """
    if size < 256:
        raise ValueError(f"size is {size}; the single bytes alone are 256 pieces")
    words = Counter(cut.encode() for text in texts for cut in regex.findall(pattern, _whole(text)))
    ranks = {bytes([byte]): byte for byte in range(256)}
    counts, places = Counter(), defaultdict(set)  # of each pair: how often, and in which words

    def count(word: bytes, sign: int) -> None:
        for a, b in pairwise(join_pairs(word, ranks)):
            counts[a + b] += sign * words[word]
            places[a + b].add(word)

    for word in words:
        count(word, +1)
    while len(ranks) < size:
        best = max(counts, key=lambda pair: (counts[pair], pair), default=b"")
        if not counts[best]:
            break
        changed = places.pop(best)
        for word in changed:
            count(word, -1)
        ranks[best] = len(ranks)
        for word in changed:
            count(word, +1)
    return Merges(ranks, pattern)


class BPE:
    """Text to ids and back, by merges that were learned with `train_bpe` or read with `read_merges`.

    Special tokens are not its matter: "<|endoftext|>" in a text is text. Source: tiktoken. Chapter 4.
    """

    def __init__(self, merges: Merges):
        self.merges = merges
        self.pieces = sorted(merges.ranks, key=merges.ranks.__getitem__)  # by id
        self._cuts = regex.compile(merges.pattern)
        self._remembered: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        """The ids of a text. Half a surrogate pair, which is no character, becomes U+FFFD."""
        cuts = self._cuts.findall(_whole(text))
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
        for cut in cuts:
            if cut not in self._remembered:
                pieces = join_pairs(cut.encode(), self.merges.ranks)
                self._remembered[cut] = [self.merges.ranks[piece] for piece in pieces]
        return [token for cut in cuts for token in self._remembered[cut]]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids. Bytes that are no UTF-8, as of half a character, become U+FFFD.

        Raises ValueError for an id that no piece has.
        """
        ids = [*ids]
        if unknown := [token for token in ids if not 0 <= token < len(self.pieces)]:
            raise ValueError(f"no piece has the id {unknown[0]}: they are 0 … {len(self.pieces) - 1}")
        return b"".join(self.pieces[token] for token in ids).decode("utf-8", errors="replace")


def _whole(text: str) -> str:
    # A string may hold halves of surrogate pairs, which UTF-8 has no bytes for.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
