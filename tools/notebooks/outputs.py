"""Stored outputs, made the same by every run: what a kernel numbers at random is taken out."""

from nbformat import NotebookNode

WIDGET = "application/vnd.jupyter.widget-view+json"


class BareWidget(Exception):
    """A widget without a static form, which the site and an unopened notebook show as nothing."""


def settle(notebook: NotebookNode) -> None:
    """Keep each widget's static form alone: its live form needs a kernel, and its number differs by run."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            _keep_static_form(output)


def carry_over(stored: NotebookNode, composed: NotebookNode) -> None:
    """Give the outputs of a notebook to another that has the same code cells."""
    pairs = zip(_code_cells(stored), _code_cells(composed), strict=True)
    for old, new in pairs:
        new.outputs, new.execution_count = old.outputs, old.execution_count


def _keep_static_form(output: NotebookNode) -> None:
    data = output.get("data", {})
    if WIDGET not in data:
        return
    if "text/html" not in data:
        raise BareWidget("A widget has no static form. Show it with text/html beside it, as show.sweep does.")
    del data[WIDGET]


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
