"""The imports that worked solutions need and the chapter's own cells do not make."""

import ast

from IPython.core.inputtransformer2 import TransformerManager

from avlab.workbook.cells import imports_cell, needed_imports
from avlab.workbook.exercise import Exercise


def missing_imports(exercises: list[Exercise], sources: list[str]) -> str:
    """Import lines for the solutions of `exercises`, beyond what the cells `sources` import; often empty."""
    imported = set().union(*map(_imported, sources))
    lacking = [exercise for exercise in exercises if needed_imports(exercise).keys() - imported]
    return f"# What the exercises use.\n{imports_cell(lacking)}" if lacking else ""


def _imported(source: str) -> set[str]:
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return set()  # Running the cell will say so, with its line.
    aliases = [
        alias
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    return {alias.asname or alias.name.split(".")[0] for alias in aliases}
