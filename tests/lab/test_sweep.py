"""A stored notebook in JupyterLab: first as a stranger's, which it does not trust, then after Run All."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.slow

CELL = """
import torch
from avlab import Clip, show
clip = Clip(torch.zeros(8, 48, 64, 3, dtype=torch.uint8), torch.arange(8) / torch.tensor(8.0, dtype=torch.float64))
show.sweep(lambda n: clip, [1, 2, 3], label="n", description="The same dark clip three times")
"""
STATE = """() => {
  const sweep = document.querySelector('.jp-OutputArea-output details').parentNode;
  const panels = [...sweep.children].filter(child => child.tagName == 'DETAILS');
  return {
    slider: sweep.querySelector('input').checkVisibility(),
    lines: panels.map(panel => panel.querySelector('summary').checkVisibility()),
    open: panels.map(panel => panel.querySelector('video').checkVisibility()),
    cell: [...document.querySelectorAll('.jp-Cell')].findIndex(cell => cell.matches('.jp-mod-active')),
  };
}"""


@pytest.fixture
def stored(lab) -> str:
    """An executed notebook with a sweep."""
    cells = [new_code_cell(CELL), new_code_cell("1 + 1")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = NotebookClient(new_notebook(cells=cells, metadata={"kernelspec": kernel})).execute()
    nbformat.write(notebook, lab.folder / "sweep.ipynb")
    return "sweep.ipynb"


def test_a_sweep_is_a_list_until_the_notebook_is_run_and_then_a_slider(stored, open_notebook):
    notebook = open_notebook(stored)
    page = notebook.page
    page.wait_for_selector(".jp-OutputArea-output details", timeout=60_000)
    before = page.evaluate(STATE)
    assert (before["slider"], before["lines"], before["open"]) == (False, [True] * 3, [True, False, False])
    page.get_by_text("2", exact=True).and_(page.locator("summary")).click()
    assert page.evaluate(STATE)["open"] == [True, True, False]

    notebook.run_all()
    fresh = page.evaluate(STATE)
    assert (fresh["slider"], fresh["lines"], fresh["open"]) == (True, [False] * 3, [True, False, False])
    page.locator(".jp-OutputArea-output input").click(position={"x": 4, "y": 8})
    for key, place in (("ArrowRight", 1), ("ArrowUp", 2), ("ArrowDown", 1)):
        page.keyboard.press(key)
        moved = page.evaluate(STATE)
        assert moved["open"] == [number == place for number in range(3)]
        assert moved["cell"] == 0, "the key went to JupyterLab, which moved to another cell"
