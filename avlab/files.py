"""Writing a file so that it is never half there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a killed program may leave, as a pattern.
LEFTOVERS = ".*.part"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A free name beside `path` to write to; at the end what is there takes the place of `path` at once.

    Killed at any moment, `path` is the old file or the new one, whole. After an error it is the old one, and
    nothing is left beside it. Raises what the system raises. Chapter 1.
    """
    # In the same folder: a file can only take another's place at once within one disk.
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
