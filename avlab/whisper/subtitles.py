"""Subtitles: timed words gathered into lines, written as SubRip and WebVTT, and read back. Chapter 13.

A cue is a `Span` whose label may have several lines. Times are written in whole milliseconds.
"""

import html
import re
from collections.abc import Iterable, Sequence

from avlab.span import Span

# A word, or a character of a script that has no spaces, each with the space before it.
_PIECES = re.compile(
    r"\s*(?:[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f]|[^\s\u3040-\u30ff\u3400-\u9fff]+)"
)
_TIMES = re.compile(r"(?:(\d+):)?(\d\d):(\d\d)[,.](\d{3})")
_ARROW = "-->"


def spread(cue: Span) -> list[Span]:
    """The words of a cue, its time shared out among them by their letters. Chapter 13."""
    pieces = _PIECES.findall(cue.label)
    letters, passed, words = sum(map(len, pieces)), 0, []
    for piece in pieces:
        start, end = (cue.start + cue.duration * n / letters for n in (passed, passed + len(piece)))
        words.append(Span(start, end, piece, cue.track))
        passed += len(piece)
    return words


def cues(words: Iterable[Span], letters: int = 42, lines: int = 2, seconds: int | float = 7.0) -> list[Span]:
    """Words in cues of at most so many `lines`, `letters` a line, and `seconds`; never none.

    A word's label has the space before it. A word longer than a line has a line for itself, and one longer
    than `seconds` a cue. Raises ValueError for limits below 1 letter or line, or no time. Chapter 13.
    """
    if letters < 1 or lines < 1 or not seconds > 0:
        raise ValueError(f"{lines} lines of {letters} letters for {seconds} s show nothing: give 1 or more")
    made: list[Span] = []
    for word in words:
        if made and word.end - made[-1].start <= seconds:
            before = made[-1].label
            last = before.rpartition("\n")[2] + word.label
            if len(last) <= letters:
                made[-1] = made[-1]._replace(end=word.end, label=before + word.label)
                continue
            if before.count("\n") + 1 < lines:
                made[-1] = made[-1]._replace(end=word.end, label=f"{before}\n{word.label.strip()}")
                continue
        made.append(word._replace(label=word.label.strip()))
    return [cue for cue in made if cue.label]


def to_srt(cues: Sequence[Span]) -> str:
    """Cues as SubRip: a number, a line of times, the text. Cues without text are left out. Chapter 13."""
    blocks = [
        f"{i}\n{_clock(start, ',')} {_ARROW} {_clock(end, ',')}\n{text}\n"
        for i, (start, end, text) in enumerate(_tidy(cues), start=1)
    ]
    return "\n".join(blocks)


def to_vtt(cues: Sequence[Span]) -> str:
    """Cues as WebVTT: a heading, points in the times; & and < are written &amp; and &lt;. Chapter 13."""
    blocks = [
        f"{_clock(start, '.')} {_ARROW} {_clock(end, '.')}\n{html.escape(text, quote=False)}\n"
        for start, end, text in _tidy(cues)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def from_srt(text: str) -> list[Span]:
    """The cues of SubRip subtitles; whatever is no cue is passed over. Chapter 13."""
    return [_read(block) for block in _blocks(text) if _ARROW in block]


def from_vtt(text: str) -> list[Span]:
    """The cues of WebVTT subtitles. Raises ValueError for a text without its heading. Chapter 13."""
    if not text.removeprefix("\ufeff").startswith("WEBVTT"):
        raise ValueError("WebVTT begins with the word WEBVTT, and this text does not")
    cues = from_srt(text)
    return [cue._replace(label=html.unescape(cue.label)) for cue in cues]


def _tidy(cues: Sequence[Span]) -> list[tuple[int, int, str]]:
    """Starts and ends in milliseconds, in order, none before its start or after the next one's."""
    shown = sorted((cue for cue in cues if cue.label.strip()), key=lambda cue: cue.start)
    starts = [max(round(cue.start * 1000), 0) for cue in shown]
    tidy = []
    for i, (cue, start) in enumerate(zip(shown, starts, strict=True)):
        end = min([max(round(cue.end * 1000), start), *starts[i + 1 : i + 2]])
        # A blank line would end the cue, and an arrow begin one.
        lines = [line.strip().replace(_ARROW, "->") for line in cue.label.splitlines() if line.strip()]
        tidy.append((start, end, "\n".join(lines)))
    return tidy


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def _blocks(text: str) -> list[str]:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return re.split(r"\n[ \t]*\n", lines.strip())


def _read(block: str) -> Span:
    lines = block.strip().split("\n")
    at = next(i for i, line in enumerate(lines) if _ARROW in line)
    times = _TIMES.findall(lines[at])
    if len(times) != 2:
        raise ValueError(
            f"“{lines[at]}” should be two times such as 00:01:02,345, with an arrow between them"
        )
    start, end = (int(h or 0) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in times)
    return Span(start, end, "\n".join(lines[at + 1 :]))
