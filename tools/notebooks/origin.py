"""What a notebook's outputs were made from, so that only what changed is executed again."""

import ast
import hashlib
import importlib.util
import json
from pathlib import Path

from nbformat import NotebookNode

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_hash(notebook: NotebookNode) -> str:
    """A hash of everything that runs: sources and tags of the code cells, in order."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return _short(json.dumps([[cell.source, cell.metadata.get("tags", [])] for cell in cells]))


def module_hash(name: str) -> str:
    """A hash of what a module of avlab does, comments and docstrings left out; empty if it is gone."""
    path = _source(name)
    if path is None:
        return ""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return _short(ast.dump(tree))


def reasons(composed: NotebookNode, stored: NotebookNode | None) -> list[str]:
    """Why a chapter must be executed again; empty when its stored outputs still hold."""
    if stored is None:
        return ["new"]
    made_from = stored.metadata.get("avlab", {}).get("made_from")
    if made_from is None:
        return ["the notebook does not say what it was made from"]
    changed = ["its code"] if made_from["code"] != code_hash(composed) else []
    return changed + [name for name, seen in made_from["modules"].items() if module_hash(name) != seen]


def _source(name: str) -> Path | None:
    """The module's file, found without importing it."""
    package = Path(importlib.util.find_spec("avlab").origin).parent
    path = package.joinpath(*name.split(".")[1:])
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.exists()), None)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
