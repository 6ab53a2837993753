"""From a text to what the synthesiser is given, and from its events back to the words of the text."""

import re
from bisect import bisect_right

NO_BREAK_SPACE = "\u00a0"
# What is not read out, alone or at the edge of a word.
SILENT = ".,;:!?…\"'“”‘’«»()[]{}¿¡—–-"


def spoken(text: str, english: bool) -> str:
    """The text as eSpeak must get it to read it as a person would; its words keep their order and number.

    Chapter 1.
    """
    # Within a sentence eSpeak reads "A" as the article. This spelling it reads as the letter.
    return re.sub(r"(?<=\w\s)A(?=[\s.,;:!?]|$)", "eigh", text) if english else text


def parted(text: str, positions: list[int]) -> str:
    """The text with its words parted, where eSpeak would say them as one and report the first of them only.

    `positions` are those of its events. eSpeak has some 200 such phrases ("of the", "at a"), which it does
    not find where the space between the words is not a plain one. Chapter 1.
    """
    begins = starts(text)
    silent = set(range(len(begins))) - set(owners(positions, begins))
    for word in sorted(silent, reverse=True):
        before = text[: begins[word]].rstrip()
        # After a full stop this space would have it read out: "dot".
        if before[-1:].isalnum():
            text = before + NO_BREAK_SPACE + text[begins[word] :]
    return text


def labels(text: str) -> list[str]:
    """The words of a text: what stands between white space, without the punctuation around it. Chapter 1."""
    return [token[0].strip(SILENT) or token[0] for token in _tokens(text)]


def starts(text: str) -> list[int]:
    """The place of each word's first character in the text. Chapter 1."""
    return [token.start() for token in _tokens(text)]


def _tokens(text: str) -> list[re.Match]:
    tokens = list(re.finditer(r"\S+", text))
    # A colon is read out after all where there is nothing else to say.
    return [token for token in tokens if token[0].strip(SILENT)] or tokens


def owners(positions: list[int], starts: list[int]) -> list[int]:
    """Which word each event belongs to, given the events' places in the text and the words' first characters.

    An event between two words belongs to the one before, except that eSpeak sometimes points a
    character too early: so a word that no event points at takes the last of several that point at
    the word before it. Chapter 1.
    """
    found = [max(bisect_right(starts, position) - 1, 0) for position in positions]
    for i, (before, owner, after) in enumerate(
        zip(found, found[1:], [*found[2:], None], strict=False), start=1
    ):
        skipped = owner + 1 < len(starts) and owner + 1 not in found
        if before == owner != after and skipped and positions[i] > positions[i - 1]:
            found[i] = owner + 1
    return found
