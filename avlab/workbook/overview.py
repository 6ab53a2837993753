"""How far a learner is: a table in the terminal, and the same at the top of a chapter."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from avlab import show
from avlab.workbook.exercise import Exercise
from avlab.workbook.exercises import exercises
from avlab.workbook.record import entry

_HEADER = ("exercise", "title", "points", "minutes", "stands")


@dataclass(frozen=True)
class Progress:
    """The exercises of a chapter or of the course, and how each stands. It shows itself."""

    rows: list[tuple[str, str, int, int, str]]
    caption: str

    def __rich__(self) -> Table:
        table = Table(title=self.caption, title_justify="left", box=None, pad_edge=False)
        for name in _HEADER:
            table.add_column(name, justify="right" if name in ("points", "minutes") else "left")
        for row in self.rows:
            table.add_row(*map(str, row), style="green" if row[-1] == "passed" else None)
        return table

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return show.table(self.rows, _HEADER, caption=self.caption)._repr_mimebundle_()

    def __repr__(self) -> str:
        return show.table(self.rows, _HEADER, caption=self.caption).text


def progress(chapter: int | None = None, folder: Path | None = None) -> Progress:
    """How each exercise of a chapter, or of all, stands in the learner's copy around `folder`. Chapter 1."""
    chosen = [one for one in exercises() if chapter is None or int(one.chapter) == chapter]
    rows = [(one.id, one.title, one.points, one.minutes, _stands(one, folder)) for one in chosen]
    return Progress(rows, _caption(chosen, rows))


def _stands(exercise: Exercise, folder: Path | None) -> str:
    known = entry(exercise.id, folder)
    if known is None:
        return "not tried"
    return "passed" if known.passed else "not yet"


def _caption(chosen: Iterable[Exercise], rows: list[tuple]) -> str:
    passed = sum(row[-1] == "passed" for row in rows)
    earned = sum(row[2] for row in rows if row[-1] == "passed")
    total = sum(one.points for one in chosen)
    return f"{passed} of {len(rows)} exercises pass: {earned} of {total} points."
