"""A learner's copy of the chapters: solutions taken out, and the learner's work kept when it is updated.

What was given last lies in the copy's memory. An update compares three versions cell by cell: given, the
learner's, and new. So it brings new text around the learner's own cells, and where both changed the same
cell it leaves the learner's notebook alone and puts the new one beside it. Every file is written whole or not
at all, the learner's before the memory of it: an update that was cut short is completed by the next.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from avlab.errors import AvlabError
from avlab.files import LEFTOVERS
from avlab.workbook.cells import blank, progress_cell
from avlab.workbook.files import write
from avlab.workbook.merge import merge, same_cells
from avlab.workbook.record import MEMORY

_HOUR = 3600.0


def update(source: Path = Path("notebooks"), target: Path = Path("workbook")) -> list[str]:
    """Make or update the learner's copy of `source` in `target`; a sentence for each thing that was done.

    No changed cell and no changed notebook is overwritten. Raises AvlabError where `source` has no chapter.
    Chapter 1.
    """
    chapters = sorted(path for path in source.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    if not chapters:
        raise AvlabError(
            source, "there is no chapter in it.", "Give the folder that holds the course's notebooks."
        )
    (target / MEMORY).mkdir(parents=True, exist_ok=True)
    _clear_leftovers(target)
    return [said for path in chapters for said in _bring(path, path.relative_to(source), target)]


def learners(notebook: dict) -> dict:
    """A chapter as a learner gets it: no solution, no output, checks that let Run All go on, and progress."""
    metadata = {key: part for key, part in notebook["metadata"].items() if key not in ("avlab", "widgets")}
    cells = [*_progress(notebook["cells"]), *map(_learners_cell, notebook["cells"])]
    return {**notebook, "metadata": metadata, "cells": cells}


def _progress(cells: list[dict]) -> list[dict]:
    """The cell above all others that shows which exercises pass; none where there is no exercise.

    Only a learner's copy has it: the site and a grader know of nobody's progress.
    """
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if _is_check(cell)]
    if not ids:
        return []
    cell = {"id": "progress", "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return [{**cell, "source": progress_cell(int(ids[0][:2]))}]


def _is_check(cell: dict) -> bool:
    return cell["metadata"].get("nbgrader", {}).get("grade", False)


def _learners_cell(cell: dict) -> dict:
    metadata = {key: part for key, part in cell["metadata"].items() if key not in ("avlab", "nbgrader")}
    if _is_check(cell):
        metadata["tags"] = sorted({*metadata.get("tags", []), "raises-exception"})
    if cell["cell_type"] != "code":
        return {**cell, "metadata": metadata}
    source = blank("".join(cell["source"]))
    return {**cell, "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def _bring(chapter: Path, name: Path, target: Path) -> Iterator[str]:
    """Bring one chapter into the copy."""
    fresh = learners(json.loads(chapter.read_text(encoding="utf-8")))
    mine, given = target / name, target / MEMORY / "given" / name
    new, before, old = _text(fresh), _read(given), _read(mine)
    if old is None:
        write(mine, new)
        yield f"{mine}: new."
    elif new in (old, before):
        pass
    elif merged := _merged(before, old, fresh):
        write(mine, _text(merged), over=old)
        kept = "" if same_cells(merged, fresh) else " What you changed in it is as you left it."
        yield f"{mine}: brought up to date.{kept}"
    else:
        beside = _beside(mine, target, fresh)
        write(beside, new)
        write(target / MEMORY / "given" / beside.relative_to(target), new)
        yield f"{mine}: left as you have it. The course changed it too: {beside.name} beside it is new."
    if before != new:
        write(given, new)


def _merged(before: str | None, old: str, fresh: dict) -> dict | None:
    """The learner's notebook brought up to date; None where a machine cannot tell how."""
    mine, given = _notebook(old), _notebook(before)
    return merge(given, mine, fresh) if mine and given else None


def _beside(mine: Path, target: Path, fresh: dict) -> Path:
    """Where the new version goes: a name that is free, or that holds a version nobody has worked in."""
    number = 1
    while True:
        path = mine.with_suffix(f".new{number if number > 1 else ''}.ipynb")
        there, given = _read(path), _read(target / MEMORY / "given" / path.relative_to(target))
        if there is None:
            return path
        worked_in = [version for version in (_notebook(given), fresh) if version]
        if (now := _notebook(there)) and any(same_cells(now, version) for version in worked_in):
            return path
        number += 1


def _read(path: Path) -> str | None:
    # Bytes that are no text come through unharmed, and are no notebook below.
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else None


def _notebook(text: str | None) -> dict | None:
    """The notebook in a text; None where there is none, such as after a failed merge in git."""
    try:
        found = json.loads((text or "").encode())
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("cells"), list) else None


def _text(notebook: dict) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _clear_leftovers(target: Path) -> None:
    """What a killed update left half written; not what another one is writing now."""
    for path in target.rglob(LEFTOVERS):
        if path.stat().st_mtime < time.time() - _HOUR:
            path.unlink(missing_ok=True)
