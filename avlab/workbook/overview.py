"""How far a learner is: a table in the terminal, and the same at the top of a chapter."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from avlab import show
from avlab.workbook.exercise import Exercise
from avlab.workbook.exercises import exercises
from avlab.workbook.record import entry

_HEADER = ("exercise", "title", "points", "minutes", "stands")
# The tables that this kernel shows: what `progress` was asked, and IPython's handle on what is on the page.
_ON_THE_PAGE: dict[tuple[int | None, Path | None], Any] = {}


@dataclass(frozen=True)
class Progress:
    """The exercises of a chapter or of the course, and how each stands. It shows itself.

    In a notebook it stays up to date: each check that runs there changes the table where it stands.
    """

    asked: tuple[int | None, Path | None]
    rows: list[tuple[str, str, int, int, str]]
    caption: str

    def __rich__(self) -> Table:
        table = Table(title=self.caption, title_justify="left", box=None, pad_edge=False)
        for name in _HEADER:
            table.add_column(name, justify="right" if name in ("points", "minutes") else "left")
        for row in self.rows:
            table.add_row(*map(str, row), style="green" if row[-1] == "passed" else None)
        return table

    def shown(self) -> show.Shown:
        """The table for a page."""
        return show.table(self.rows, _HEADER, caption=self.caption)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        # One name for the same question: a table that is shown twice stays up to date in both places.
        _ON_THE_PAGE[self.asked] = display(self.shown(), display_id=f"progress {self.asked}")

    def __repr__(self) -> str:
        return self.shown().text


def progress(chapter: int | None = None, folder: Path | None = None) -> Progress:
    """How each exercise of a chapter, or of all, stands in the learner's copy around `folder`. Chapter 1."""
    chosen = [one for one in exercises() if chapter is None or int(one.chapter) == chapter]
    rows = [(one.id, one.title, one.points, one.minutes, _stands(one, folder)) for one in chosen]
    return Progress((chapter, folder), rows, _caption(chosen, rows))


def refresh() -> None:
    """Bring the tables on the page up to date, after a check."""
    for asked, on_the_page in _ON_THE_PAGE.items():
        on_the_page.update(progress(*asked).shown())


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
