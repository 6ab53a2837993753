"""Writing a text so that it is on the disk, whole, and only over what one has read."""

import os
from pathlib import Path

from avlab.errors import AvlabError
from avlab.files import replacing


def write(path: Path, text: str, over: str | None = None) -> None:
    """Put `text` into the file whole: killed at any moment, it holds the old text or the new, whole.

    With `over`, only if that is still what the file holds. Raises AvlabError otherwise, and OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as fresh:
        with open(fresh, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            # On the disk before it takes the name, or a power cut leaves an empty file of that name.
            os.fsync(file.fileno())
        if over is not None and path.read_text(encoding="utf-8", errors="surrogateescape") != over:
            raise AvlabError(path, "it was saved while it was being updated.", "Close it and run this again.")
