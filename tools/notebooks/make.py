"""Makes one chapter's notebook, and executes it only when its stored outputs no longer hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from jupytext.myst import MystMetadataParsingError
from nbformat import NotebookNode

from avlab.errors import AvlabError
from avlab.files import replacing
from avlab.workbook import exercise
from avlab.workbook.exercise import Exercise
from tools.notebooks import origin, outputs
from tools.notebooks.chapters import Chapter, repository
from tools.notebooks.compose import Composed, Malformed, compose
from tools.notebooks.execute import CellFailed, Measured, execute, machine
from tools.notebooks.limits import LIVE, seconds_allowed


class ChapterFailed(Exception):
    """A chapter whose notebook could not be made: where, the cell, and what it said."""


@dataclass(frozen=True)
class Made:
    """What happened to one notebook: nothing, rewritten with its old outputs, or executed for `reasons`."""

    chapter: Chapter
    written: bool
    reasons: list[str] = field(default_factory=list)
    measured: Measured | None = None


def make(
    chapter: Chapter,
    force: bool = False,
    progress: Callable[[int, int], None] = lambda index, count: None,
    find: Callable[[str], Exercise] = exercise,
) -> Made:
    """Bring one notebook up to date with its text; `progress` gets the running cell's index and the count."""
    composed = _compose(chapter, find)
    stored = read(chapter.notebook)
    why = origin.reasons(composed.notebook, stored) or (["forced"] if force else [])
    if why:
        measured = _execute(chapter, composed, progress)
        return Made(chapter, write(chapter.notebook, composed.notebook), why, measured)
    outputs.carry_over(stored, composed.notebook)
    composed.notebook.metadata.avlab = stored.metadata.avlab
    return Made(chapter, write(chapter.notebook, composed.notebook))


def read(path: Path) -> NotebookNode | None:
    return nbformat.read(path, as_version=4) if path.exists() else None


def write(path: Path, notebook: NotebookNode) -> bool:
    """Write the whole notebook or nothing, and only when it differs from what is there."""
    text = nbformat.writes(notebook, version=4) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
    return True


def _compose(chapter: Chapter, find: Callable[[str], Exercise]) -> Composed:
    try:
        return compose(chapter.text.read_text(encoding="utf-8"), repository(chapter.root), find)
    except (Malformed, MystMetadataParsingError, AvlabError) as problem:
        raise ChapterFailed(f"{chapter.text.relative_to(chapter.root)}: {problem}") from problem


def _execute(chapter: Chapter, composed: Composed, progress: Callable[[int, int], None]) -> Measured:
    notebook = composed.notebook
    code = origin.code_hash(notebook)
    try:
        measured = execute(
            notebook,
            LIVE * seconds_allowed(chapter.number),
            lambda index: progress(index, len(notebook.cells)),
        )
        outputs.settle(notebook)
    except CellFailed as failed:
        where = f"{chapter.text.relative_to(chapter.root)}:{composed.lines[failed.index]}"
        raise ChapterFailed(f"{where}\n\n{failed.source}\n\n{failed.said}") from failed
    except outputs.BareWidget as bare:
        raise ChapterFailed(f"{chapter.text.relative_to(chapter.root)}: {bare}") from bare
    notebook.metadata.avlab = {
        "seconds": measured.seconds,
        "peak_memory_mb": measured.peak_memory_mb,
        "machine": machine(),
        "made_from": {
            "code": code,
            "modules": {name: origin.module_hash(name) for name in measured.modules},
        },
    }
    return measured
