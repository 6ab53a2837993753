"""On the site an exercise is what the learner starts from, with a solution and common errors folded below it.

The notebook holds the solution between nbgrader's markers. What is read is rewritten; the file stays.
"""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell
from sphinx.application import Sphinx

from avlab.workbook import exercises
from avlab.workbook.cells import blank, nbgrader_metadata, unmarked
from avlab.workbook.exercise import Exercise

SOLUTION = """\
<details class="solution">
<summary>Show one solution</summary>

```python
{code}
```

Where answers go wrong:

{errors}

</details>
"""


def folded(exercise: Exercise, source: str) -> list[nbformat.NotebookNode]:
    """The two cells that stand on the page for the cell with the solution."""
    errors = "\n".join(f"- {mistake.says}" for mistake in exercise.mistakes)
    solution = SOLUTION.format(code=unmarked(source), errors=errors)
    return [new_code_cell(blank(source)), new_markdown_cell(solution)]


def rewritten(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with each solution folded away."""
    by_id = {nbgrader_metadata(exercise, "solution")["grade_id"]: exercise for exercise in exercises()}
    cells = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        cells += folded(by_id[marks["grade_id"]], cell.source) if marks.get("solution") else [cell]
    return nbformat.from_dict({**notebook, "cells": cells})


def _read(app: Sphinx, docname: str, source: list[str]) -> None:
    if str(app.env.doc2path(docname)).endswith(".ipynb"):
        source[0] = nbformat.writes(rewritten(nbformat.reads(source[0], as_version=4)))


def setup(app: Sphinx) -> None:
    """Rewrite each notebook as it is read."""
    app.connect("source-read", _read)
