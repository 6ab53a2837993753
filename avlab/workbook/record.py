"""What passes and what does not yet, remembered in the learner's copy: one small file an exercise."""

import json
from pathlib import Path
from typing import NamedTuple

from avlab.workbook.files import write

# Lies at the top of a learner's copy, with all that is remembered of it.
MEMORY = ".avlab"


class Entry(NamedTuple):
    """How an exercise stands: whether its last check passed, and how many checks there were."""

    passed: bool
    tries: int


def memory(start: Path) -> Path | None:
    """The memory of the learner's copy in which `start` lies, or that lies in it; None without a copy."""
    folders = [start, *start.parents, start / "workbook"]
    return next((folder / MEMORY for folder in folders if (folder / MEMORY).is_dir()), None)


def is_learners(folder: Path) -> bool:
    """Whether a folder lies in a learner's copy; a checkout with a copy in it does not."""
    return any((around / MEMORY).is_dir() for around in (folder, *folder.parents))


def record(id: str, passed: bool, start: Path | None = None) -> None:
    """Remember the result of a check, where there is a learner's copy."""
    folder = memory(start or Path.cwd())
    if folder is None:
        return
    before = entry(id, start)
    text = json.dumps(Entry(passed, before.tries + 1 if before else 1)._asdict())
    try:
        write(_file(folder, id), text)
    except OSError:
        # A full or read-only disk. The learner hears the verdict; progress is only a convenience.
        return


def entry(id: str, start: Path | None = None) -> Entry | None:
    """How an exercise stands; None where nothing, or nothing readable, is remembered of it."""
    folder = memory(start or Path.cwd())
    try:
        return Entry(**json.loads(_file(folder, id).read_text(encoding="utf-8"))) if folder else None
    except (OSError, ValueError, TypeError):
        return None


def _file(folder: Path, id: str) -> Path:
    return folder / "progress" / f"{id}.json"
