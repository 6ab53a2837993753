"""The cells whose outputs are not compared when a chapter is tested, and why."""

import tomllib
from pathlib import Path

from nbformat import NotebookNode

from tools.notebooks.chapters import ROOT

# Tags that keep nbval from comparing. The same as comments in the code are not allowed.
TAGS = {"nbval-ignore-output", "nbval-skip", "raises-exception"}
REASONS = ROOT / "notebooks" / "ignored_outputs.toml"


def ignored(notebook: NotebookNode) -> list[str]:
    """The ids of the cells that are not compared."""
    return [cell.id for cell in notebook.cells if TAGS & set(cell.metadata.get("tags", []))]


def reasons(path: Path = REASONS) -> dict[str, dict[str, str]]:
    """For each chapter, the ids of the cells that are allowed not to be compared, each with its reason."""
    return tomllib.loads(path.read_text(encoding="utf-8"))
