"""How far a text is from what was said: edits, their alignment, the error rates WER and CER. Chapter 4."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class Step(NamedTuple):
    """One word of an alignment; None where the one text has no word for that of the other. Chapter 4."""

    kind: str  # "same", "substituted", "inserted" or "deleted"
    reference: str | None
    hypothesis: str | None


def wer(reference: str | Sequence[str], hypothesis: str | Sequence[str]) -> float:
    """Word error rate: the edits that make the hypothesis, for each word of the reference.

    Both are a text, or both are texts in the same order: then all edits are divided by all words, so
    that a long text counts for more. Words are what stands between white space, and "Mr." is not
    "mister": see `plain_words`. More than 1 where many words were inserted. A reference without words
    gives 0 when the hypothesis has none either, else infinity. Raises ValueError for lists of unequal
    length. Source: jiwer, but for the reference without words, to which it gives one. Chapter 4.
    """
    return _rate(reference, hypothesis, str.split)


def cer(reference: str | Sequence[str], hypothesis: str | Sequence[str]) -> float:
    """Character error rate: as `wer`, with characters for words; for languages written without spaces.

    White space between words counts as one character. Raises ValueError for lists of unequal length.
    Source: jiwer, which counts each of several spaces. Chapter 4.
    """
    return _rate(reference, hypothesis, lambda text: [*" ".join(text.split())])


def edit_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """The fewest items to substitute, insert and delete that turn one sequence into the other.

    Of a string the items are its characters. Source: Wagner and Fischer (1974). Chapter 4.
    """
    *_, last = _rows(reference, hypothesis)
    return last[-1]


def alignment(reference: str | Sequence[str], hypothesis: str | Sequence[str]) -> list[Step]:
    """Which word became which: (kind, reference word, hypothesis word) from the first to the last.

    The kind is "same", "substituted", "inserted" or "deleted"; an inserted word has None for its
    reference, a deleted one None for its hypothesis. A text is split at white space; a list is taken
    as it is, of words, characters or phonemes. Of the shortest ways it is one that keeps the most words;
    jiwer takes any, so that its counts of each kind may differ, though not their sum.
    Source: Wagner and Fischer (1974). Chapter 4.
    """
    reference, hypothesis = (x.split() if isinstance(x, str) else x for x in (reference, hypothesis))
    # A substitution costs so little more that it decides only between equal numbers of edits.
    edit = len(reference) + len(hypothesis) + 1
    rows = [*_rows(reference, hypothesis, edit, substitution=edit + 1)]
    i, j = len(reference), len(hypothesis)
    steps = []
    while i or j:
        wanted, said = reference[i - 1] if i else None, hypothesis[j - 1] if j else None
        if i and rows[i][j] == rows[i - 1][j] + edit:
            steps.append(Step("deleted", wanted, None))
            i -= 1
        elif i and j and rows[i][j] == rows[i - 1][j - 1] + (wanted != said) * (edit + 1):
            steps.append(Step("same" if wanted == said else "substituted", wanted, said))
            i, j = i - 1, j - 1
        else:
            steps.append(Step("inserted", None, said))
            j -= 1
    return steps[::-1]


def _rows(
    reference: Sequence[str], hypothesis: Sequence[str], edit: int = 1, substitution: int = 1
) -> Iterator[list[int]]:
    # Row i, column j: what turns the first i items of the reference into the first j of the hypothesis costs.
    row = [j * edit for j in range(len(hypothesis) + 1)]
    yield row
    for i, wanted in enumerate(reference, start=1):
        above, row = row, [i * edit]
        for j, said in enumerate(hypothesis):
            row.append(min(above[j] + (wanted != said) * substitution, above[j + 1] + edit, row[j] + edit))
        yield row


def _rate(
    references: str | Sequence[str], hypotheses: str | Sequence[str], cut: Callable[[str], list[str]]
) -> float:
    references, hypotheses = ([x] if isinstance(x, str) else x for x in (references, hypotheses))
    if len(references) != len(hypotheses):
        counts = f"{len(references)} references and {len(hypotheses)} hypotheses"
        raise ValueError(f"there are {counts}: each text needs its own reference, in the same order")
    pairs = [(cut(wanted), cut(said)) for wanted, said in zip(references, hypotheses, strict=True)]
    edits = sum(edit_distance(wanted, said) for wanted, said in pairs)
    total = sum(len(wanted) for wanted, _ in pairs)
    # Nothing said and nothing written is right; anything written where nothing was said has no finite rate.
    return edits / total if total else float("inf" if edits else 0)
