"""Writing a file so that it is never half there."""

import os
import secrets
from pathlib import Path

from avlab.errors import AvlabError

# What a killed `write` may leave, as a pattern.
LEFTOVERS = ".*.part"


def write(path: Path, text: str, replacing: str | None = None) -> None:
    """Put `text` into the file whole: killed at any moment, it holds the old text or the new, whole.

    With `replacing`, only if that is still what the file holds. Raises AvlabError otherwise, and OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder: a file can only take another's place at once within one disk.
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(fresh, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            # On the disk before it takes the name, or a power cut leaves an empty file of that name.
            os.fsync(file.fileno())
        if replacing is not None and path.read_text(encoding="utf-8", errors="surrogateescape") != replacing:
            raise AvlabError(path, "it was saved while it was being updated.", "Close it and run this again.")
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
