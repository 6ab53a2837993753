"""A stored notebook in JupyterLab: first as a stranger's, which it does not trust, then after Run All."""

import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbclient import NotebookClient

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
def lab(tmp_path, chromium):
    """The address of a JupyterLab of its own, over a folder with one executed notebook."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CELL), nbformat.v4.new_code_cell("1 + 1")]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = tmp_path / "work"
    folder.mkdir()
    nbformat.write(NotebookClient(notebook).execute(), folder / "page.ipynb")
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    private = {name: str(tmp_path / name) for name in (*places, *settings)}
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={folder}"]
    open_door = ["--IdentityProvider.token=", "--ServerApp.password="]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options, *open_door],
            env=os.environ | private,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield address(tmp_path / "JUPYTER_RUNTIME_DIR", server)
    os.killpg(server.pid, signal.SIGTERM)  # its kernels, too
    server.wait(timeout=30)


def address(runtime, server) -> str:
    for _ in range(600):
        for file in runtime.glob("jpserver-*.json"):
            return json.loads(file.read_text())["url"]
        assert server.poll() is None, "JupyterLab ended before it was ready"
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not start within a minute")


def test_a_sweep_is_a_list_until_the_notebook_is_run_and_then_a_slider(lab, browser):
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.goto(f"{lab}lab/tree/page.ipynb")
    page.wait_for_selector(".jp-OutputArea-output details", timeout=60_000)
    stored = page.evaluate(STATE)
    assert (stored["slider"], stored["lines"], stored["open"]) == (False, [True] * 3, [True, False, False])
    page.get_by_text("2", exact=True).and_(page.locator("summary")).click()
    assert page.evaluate(STATE)["open"] == [True, True, False]

    # What is run before the kernel is there may be lost.
    idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
    page.wait_for_selector(idle, timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(".jp-OutputArea-output input:enabled", timeout=60_000)
    page.wait_for_selector(idle, timeout=60_000)
    fresh = page.evaluate(STATE)
    assert (fresh["slider"], fresh["lines"], fresh["open"]) == (True, [False] * 3, [True, False, False])
    page.locator(".jp-OutputArea-output input").click(position={"x": 4, "y": 8})
    for key, place in (("ArrowRight", 1), ("ArrowUp", 2), ("ArrowDown", 1)):
        page.keyboard.press(key)
        moved = page.evaluate(STATE)
        assert moved["open"] == [number == place for number in range(3)]
        assert moved["cell"] == 0, "the key went to JupyterLab, which moved to another cell"
    page.close()
