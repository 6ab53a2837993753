"""What a training needs to go on as if it had never stopped, in a file. Chapter 12."""

import pickle
from pathlib import Path
from typing import Any

import torch

from avlab.errors import CheckpointError
from avlab.files import replacing

REMEDY = "Remove the folder to begin anew."


def save(path: Path, state: dict[str, Any]) -> None:
    """Write the state. Killed at any moment, `path` holds the old state or the new one, whole."""
    with replacing(path) as part:
        torch.save(state, part)


def read(path: Path, settings: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The state in the file, on the processor, or None where there is no file.

    No code in it is run. Raises CheckpointError for a damaged file, and for one of a training by other
    `settings`, if they are given: the rest of one and the beginning of another are no training.
    """
    if not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        written = state["settings"]
    except (OSError, EOFError, RuntimeError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise CheckpointError(path, "is no training that can go on; it may be damaged.", REMEDY) from error
    if settings is not None and written != settings:
        names = sorted({*written, *settings})
        other = [name for name in names if written.get(name) != settings.get(name)]
        told = ", ".join(f"{name} {written.get(name)}, not {settings.get(name)}" for name in other)
        raise CheckpointError(path, f"was begun with other settings: {told}.", f"Give those, or: {REMEDY}")
    return state
