"""A chapter's text becomes a notebook without outputs: the same text gives the same bytes."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from jupytext.myst import myst_to_notebook
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from avlab.workbook import exercise
from avlab.workbook.cells import check_cell, nbgrader_metadata, solution_cell
from avlab.workbook.exercise import Exercise
from tools.notebooks.imports import missing_imports

# Written down here, not taken from the kernel, whose patch version differs by machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}

COLAB = """\
# On Colab this installs what the chapter needs. Anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "avlab[lab] @ git+{repository}"
"""


TASK = """\
Difficulty {difficulty} of 5, about {minutes} minutes.

<details>
<summary>Hint</summary>

{hint}

</details>"""


class Malformed(Exception):
    """A chapter's text that does not keep to the form of a chapter."""


@dataclass(frozen=True)
class Composed:
    """A notebook without outputs, and for each of its cells the line of the text that it comes from."""

    notebook: NotebookNode
    lines: list[int]


def authored(text: str) -> Composed:
    """The cells as the author wrote them: nothing generated, an exercise is one empty cell."""
    notebook = myst_to_notebook(text, add_source_map=True)
    for cell, cell_id in zip(notebook.cells, _ids(notebook.cells), strict=True):
        cell.id = cell_id
    return Composed(notebook, [line + 1 for line in notebook.metadata.pop("source_map")])


def compose(text: str, repository: str, find: Callable[[str], Exercise] = exercise) -> Composed:
    """The whole notebook: Colab's cell, the author's cells, and each exercise as the cells it stands for."""
    source = authored(text)
    pairs = []
    for cell, line in zip(source.notebook.cells, source.lines, strict=True):
        pairs += [(made, line) for made in _expanded(cell, line, find)]
    # The first cells that run, but below the title, from which the site takes the page's name.
    below = 1 if pairs and pairs[0][0].cell_type == "markdown" else 0
    pairs[below:below] = [(cell, 1) for cell in (_colab(repository), *_imports(source, find))]
    notebook = new_notebook(cells=[cell for cell, _ in pairs], metadata=nbformat.from_dict(METADATA))
    nbformat.validate(notebook)
    return Composed(notebook, [line for _, line in pairs])


def headings(markdown: str) -> list[tuple[int, str]]:
    """Level and words of each heading of a Markdown cell, those inside fences left out."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return [(len(marks), words) for marks, words in re.findall(r"^(#{1,6}) +(.+?) *$", prose, re.MULTILINE)]


def _expanded(cell: NotebookNode, line: int, find: Callable[[str], Exercise]) -> list[NotebookNode]:
    if cell.cell_type != "code" or "exercise" not in cell.metadata:
        return [cell]
    if cell.source.strip():
        raise Malformed(f"line {line}: an exercise's cell is left empty: its code is generated.")
    found = find(cell.metadata["exercise"])
    return [_task(found), _graded(found, solution_cell, "solution"), _graded(found, check_cell, "check")]


def _task(exercise: Exercise) -> NotebookNode:
    """What the exercise says of itself; its heading and its task are in the text."""
    about = TASK.format(difficulty=exercise.difficulty, minutes=exercise.minutes, hint=exercise.hint)
    return new_markdown_cell(about, id=f"{exercise.id.replace('.', '-')}-task")


def _graded(exercise: Exercise, source: Callable[[Exercise], str], kind: str) -> NotebookNode:
    marks = nbgrader_metadata(exercise, kind)
    return new_code_cell(source(exercise), id=marks["grade_id"], metadata={"nbgrader": marks})


def _imports(source: Composed, find: Callable[[str], Exercise]) -> list[NotebookNode]:
    code = [cell for cell in source.notebook.cells if cell.cell_type == "code"]
    found = [find(cell.metadata["exercise"]) for cell in code if "exercise" in cell.metadata]
    lines = missing_imports(found, [cell.source for cell in code])
    # A learner needs them in the notebook; a reader of the site does not.
    hidden = {"tags": ["remove-cell"]}
    return [new_code_cell(lines, id="imports-of-solutions", metadata=hidden)] if lines else []


def _colab(repository: str) -> NotebookNode:
    metadata = {"jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
    return new_code_cell(COLAB.format(repository=repository).rstrip(), id="colab", metadata=metadata)


def _ids(cells: list[NotebookNode]) -> list[str]:
    """Section and number: an edit elsewhere does not change them."""
    section, seen, ids = "top", Counter(), []
    for cell in cells:
        found = headings(cell.source) if cell.cell_type == "markdown" else []
        name = _slug(found[0][1]) if found else section
        seen[name] += 1
        ids.append(f"{name}-{seen[name]}")
        section = _slug(found[-1][1]) if found else section
    return ids


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:48] or "section"
