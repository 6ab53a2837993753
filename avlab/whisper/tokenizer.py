"""Text to token ids and back, and the tokens that tell Whisper what to do. Chapter 10."""

import string
from collections.abc import Iterable, Sequence

from avlab.whisper.languages import language_code
from avlab.whisper.vocabulary import Vocabulary, published

# Written without spaces between words.
_UNSPACED = {"zh", "ja", "th", "lo", "my", "yue"}
_REPLACEMENT = "\ufffd"
# Not spoken: brackets, quotation marks and signs open a speaker's name or a note such as "(laughs)".
_SIGNS = (
    *'"#()*+/:;<=>@[\\]^_`{|}~「」『』',
    *("<<", ">>", "<<<", ">>>", "--", "---", "-(", "-[", "('", '("', "((", "))", "(((", ")))"),
    *("[[", "]]", "{{", "}}", "♪♪", "♪♪♪"),
)
_MUSIC = "♩♪♫♬♭♮♯"


class Tokenizer:
    """Whisper's tokens for one language and one task.

    `vocabulary` says what the ids stand for (`published(n_vocab)` or `closed(pieces, …)`); `language` is a
    code or an English name, the vocabulary's first when it is None; `task` is "transcribe" or
    "translate". Raises ValueError for a language or a task that the vocabulary has not.
    Source: openai/whisper, tokenizer.py. Chapter 10.
    """

    def __init__(self, vocabulary: Vocabulary, language: str | None = None, task: str = "transcribe"):
        special = vocabulary.special
        self.vocabulary = vocabulary
        self.language = _checked_language(vocabulary, language)
        self.task = _checked_task(vocabulary, task)
        self.eot = special["endoftext"]
        self.sot = special["startoftranscript"]
        self.translate = special["translate"]
        self.transcribe = special["transcribe"]
        self.sot_lm = special["startoflm"]
        self.sot_prev = special["startofprev"]
        self.no_speech = special["nospeech"]
        self.no_timestamps = special["notimestamps"]
        self.timestamp_begin = self.no_timestamps + 1

    @classmethod
    def published(
        cls, n_vocab: int = 51865, language: str | None = None, task: str = "transcribe"
    ) -> "Tokenizer":
        """The tokenizer of the published models with that `n_vocab`, as in `vocabulary.published`."""
        return cls(published(n_vocab), language, task)

    @property
    def sot_sequence(self) -> tuple[int, ...]:
        """What a transcript begins with: its start, its language and its task; for English-only the start."""
        if not self.vocabulary.multilingual:
            return (self.sot,)
        return (self.sot, self.language_token(self.language), self.vocabulary.special[self.task])

    def language_token(self, language: str) -> int:
        """The id of a language's token. Raises ValueError for one that the vocabulary has not."""
        return self.vocabulary.special[_checked_language(self.vocabulary, language)]

    @property
    def language_tokens(self) -> dict[str, int]:
        """The ids of all languages' tokens by the languages' codes."""
        return {language: self.vocabulary.special[language] for language in self.vocabulary.languages}

    def timestamp(self, seconds: int | float) -> int:
        """The id of the time nearest to so many seconds; the last one for what is beyond it."""
        index = round(seconds / self.vocabulary.time_step)
        return min(self.timestamp_begin + max(index, 0), self.vocabulary.size - 1)

    def seconds(self, timestamp: int) -> float:
        """The time in seconds that the id of a timestamp stands for."""
        return (timestamp - self.timestamp_begin) * self.vocabulary.time_step

    def encode(self, text: str) -> list[int]:
        """The ids of a text. What looks like a special token in it is text too."""
        return self.vocabulary.to_pieces(text)

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of some ids, without the times. Bytes that are no UTF-8 become U+FFFD."""
        return self.decode_with_timestamps(token for token in tokens if token < self.timestamp_begin)

    def decode_with_timestamps(self, tokens: Iterable[int]) -> str:
        """The text of some ids, the times written as "<|1.08|>"."""
        written = self.vocabulary.written
        return b"".join(written[token] for token in tokens).decode("utf-8", errors="replace")

    def split_to_words(self, tokens: Sequence[int]) -> list[tuple[str, list[int]]]:
        """Words and the tokens of each; in languages without spaces, characters.

        A mark of punctuation and a special token are words of their own. Joined again, the words'
        tokens are those that were given. Chapter 13.
        """
        characters = self._split_to_characters(tokens)
        return characters if self.language in _UNSPACED else self._join_at_spaces(characters)

    def _split_to_characters(self, tokens: Sequence[int]) -> list[tuple[str, list[int]]]:
        # A character of several bytes may lie in several tokens. It is whole when no U+FFFD is left, or
        # when one stands there in the full text as well.
        full = self.decode_with_timestamps(tokens)
        parts: list[tuple[str, list[int]]] = []
        open_tokens: list[int] = []
        place = 0
        for token in tokens:
            open_tokens = [*open_tokens, token]
            text = self.decode_with_timestamps(open_tokens)
            broken = text.find(_REPLACEMENT)
            if broken < 0 or full[place + broken : place + broken + 1] == _REPLACEMENT:
                parts.append((text, open_tokens))
                place += len(text)
                open_tokens = []
        if open_tokens:  # which the original would lose
            parts.append((full[place:], open_tokens))
        return parts

    def _join_at_spaces(self, parts: list[tuple[str, list[int]]]) -> list[tuple[str, list[int]]]:
        words: list[tuple[str, list[int]]] = []
        for text, tokens in parts:
            # `in` a string, as in the original: "()" is punctuation by that, "..." is not, and a space is.
            apart = tokens[0] >= self.eot or text.startswith(" ") or text.strip() in string.punctuation
            if apart or not words:
                words.append((text, tokens))
            else:
                words[-1] = (words[-1][0] + text, words[-1][1] + tokens)
        return words

    @property
    def blank(self) -> tuple[int, ...]:
        """The id of a single space, with which no transcript should begin."""
        return tuple(self._known(b" "))

    @property
    def non_speech_tokens(self) -> tuple[int, ...]:
        """The ids of signs that nobody says, which open a note or a speaker's name, and of musical notes.

        A hyphen or an apostrophe may stand within a word, not before one. Chapter 11.
        """
        signs = [" -", " '", *_SIGNS, *(" " + sign for sign in _SIGNS)]
        found = {token for sign in signs for token in self._known(sign.encode())}
        # Where a note is no token its first two bytes are one. They are also those of its neighbours from
        # U+2640 to U+267F, which nobody will miss.
        for note in (space + note for note in _MUSIC for space in ("", " ")):
            found |= {*(self._known(note.encode()) or self._known(note.encode()[:-1]))}
        return tuple(sorted(found))

    def _known(self, piece: bytes) -> list[int]:
        token = self.vocabulary.ids.get(piece)
        return [] if token is None else [token]


def _checked_language(vocabulary: Vocabulary, language: str | None) -> str:
    # An English-only model has tokens for all languages and was never taught them.
    known = vocabulary.languages if vocabulary.multilingual else vocabulary.languages[:1]
    code = known[0] if language is None else language_code(language)
    if code not in known:
        raise ValueError(f"this model knows {', '.join(known)}; it does not know “{language}” ({code})")
    return code


def _checked_task(vocabulary: Vocabulary, task: str) -> str:
    if task not in ("transcribe", "translate"):
        raise ValueError(f"there is no task “{task}”: it is “transcribe” or “translate” (into English)")
    if task == "translate" and not vocabulary.multilingual:
        raise ValueError("this model knows one language only, so there is nothing to translate")
    return task
