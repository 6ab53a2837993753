"""One spelling for what sounds the same, before errors are counted. Chapter 4."""

import unicodedata

import regex

# Punctuation and signs, but not the apostrophe within "don't".
_NOT_SAID = regex.compile(r"(?!(?<=\p{L})'(?=\p{L}))[\p{P}\p{S}]")
_HAN = regex.compile(r"\p{Han}")


def plain_words(text: str) -> str:
    """The words of a text in lower case, without punctuation, one space between; Chinese by character.

    So that "Hello, World!" and "hello world" have a WER of 0. Full-width forms and ligatures become
    plain letters (NFKC), "ß" becomes "ss" (case folding). "Mr." is still not "mister", and of "$20" only "20"
    is left: a published WER has its own normaliser, such as that of Whisper's English
    (`whisper.normalizers`), and numbers are comparable under the same one only. For Japanese or
    Thai, which have no spaces either, use `cer`. Source: Unicode, UAX #15 and #44. Chapter 4.
    """
    # Folding may undo the normal form, as of "ΐ".
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Apart before the signs go: an apostrophe beside a Chinese character is within no word.
    apart = _HAN.sub(r" \g<0> ", folded.replace("’", "'"))
    return " ".join(_NOT_SAID.sub(" ", apart).split())
