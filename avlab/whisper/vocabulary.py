"""What every token id stands for: pieces of text, then Whisper's special tokens, then times. Chapter 10."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path

from avlab.errors import AssetError
from avlab.text.bpe import GPT2_PATTERN, read_merges
from avlab.whisper.languages import LANGUAGES

# n_vocab of the published models -> file, languages, whether they are told which one they hear
_PUBLISHED = {
    51864: ("gpt2", 99, False),
    51865: ("multilingual", 99, True),
    51866: ("multilingual", 100, True),
}


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The meaning of the ids 0 … size - 1.

    `pieces` are the bytes that the ids of text stand for, `to_pieces` cuts a text into their ids.
    Then come the special tokens: end and start, one for each of `languages`, tasks, and the others;
    then one for each `time_step` seconds from 0 to `last_time`. A model that is not `multilingual`
    is not told the language or the task. Chapter 10.
    """

    pieces: Sequence[bytes]
    to_pieces: Callable[[str], list[int]]
    languages: tuple[str, ...]
    multilingual: bool
    time_step: float = 0.02
    last_time: float = 30.0

    @cached_property
    def names(self) -> list[str]:
        """The special tokens in the order of their ids, as in "<|startoftranscript|>"."""
        tasks = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
        times = (f"{i * self.time_step:.2f}" for i in range(round(self.last_time / self.time_step) + 1))
        names = ("endoftext", "startoftranscript", *self.languages, *tasks, *times)
        return [f"<|{name}|>" for name in names]

    @cached_property
    def special(self) -> dict[str, int]:
        """The id of each special token by its name without the brackets, as in "startoftranscript"."""
        return {name[2:-2]: index for index, name in enumerate(self.names, start=len(self.pieces))}

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """The id of each piece of text."""
        return {piece: index for index, piece in enumerate(self.pieces)}

    @cached_property
    def written(self) -> list[bytes]:
        """What each id is written as, a special token by its name."""
        return [*self.pieces, *(name.encode() for name in self.names)]

    @property
    def size(self) -> int:
        """How many ids there are: a model's `n_vocab`."""
        return len(self.written)


@lru_cache
def published(n_vocab: int = 51865) -> Vocabulary:
    """The vocabulary of the published models with that `n_vocab`.

    51864 is English-only, 51865 has 99 languages, 51866 (large-v3, turbo) has 100. Raises ValueError
    for another number, AssetError where the package openai-whisper, in which the files come, is not
    installed. Source: openai/whisper, tokenizer.py. Chapter 10.
    """
    if n_vocab not in _PUBLISHED:
        raise ValueError(
            f"no published Whisper has {n_vocab} tokens: they have {', '.join(map(str, _PUBLISHED))}; "
            "for a model of your own give its own tokenizer"
        )
    file, languages, multilingual = _PUBLISHED[n_vocab]
    pieces, to_pieces = _byte_pairs(file)
    return Vocabulary(pieces, to_pieces, tuple(LANGUAGES)[:languages], multilingual)


@lru_cache
def _byte_pairs(name: str) -> tuple[list[bytes], Callable[[str], list[int]]]:
    # Found without importing the package, which would load torch and numba.
    package = find_spec("whisper")
    places = (package and package.submodule_search_locations) or []
    file = next(
        (path for place in places if (path := Path(place, "assets", f"{name}.tiktoken")).is_file()), None
    )
    if file is None or find_spec("tiktoken") is None:
        raise AssetError(
            f"{name}.tiktoken",
            "Whisper's vocabulary comes inside the package openai-whisper, which is not installed.",
            "Install it: pip install openai-whisper",
        )
    import tiktoken

    ranks = read_merges(file).ranks
    merging = tiktoken.Encoding(name, pat_str=GPT2_PATTERN, mergeable_ranks=ranks, special_tokens={})
    # Ordinary: "<|endoftext|>" in somebody's text is text, where the original refuses it.
    return sorted(ranks, key=ranks.__getitem__), merging.encode_ordinary


def closed(
    pieces: Sequence[str],
    languages: Sequence[str] = ("en",),
    time_step: float = 0.02,
    last_time: float = 30.0,
) -> Vocabulary:
    """A vocabulary of only these pieces of text, for a small model of our own.

    As in Whisper a word is written with the space before it: `[" bin", " blue", …]`; or the pieces are
    the characters of an alphabet, the space among them. A text is cut into the longest pieces that
    fit. With more than one language the model is told which one it hears. Raises ValueError for
    no piece, an empty one or two alike; and when a text needs a piece that is not there. Chapter 12.
    """
    if not pieces or not all(pieces) or len(set(pieces)) < len(pieces):
        raise ValueError("a closed vocabulary needs at least one piece, none empty and no two alike")
    ids = {piece: index for index, piece in enumerate(pieces)}
    longest_first = "|".join(re.escape(piece) for piece in sorted(pieces, key=len, reverse=True))
    cut = re.compile(longest_first + r"|(?s:.)")

    def to_pieces(text: str) -> list[int]:
        found = cut.findall(text)
        if unknown := [piece for piece in found if piece not in ids]:
            raise ValueError(
                f"“{text}” cannot be written with this vocabulary of {len(ids)} pieces: "
                f"none of them begins at “{unknown[0]}” (a word has its space before it, as in “{pieces[0]}”)"
            )
        return [ids[piece] for piece in found]

    written = [piece.encode() for piece in pieces]
    return Vocabulary(written, to_pieces, tuple(languages), len(languages) > 1, time_step, last_time)
