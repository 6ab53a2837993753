"""One JupyterLab for all tests, over a folder of its own, and its notebooks in a browser."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.request import Request, urlopen

import pytest

from tests.lab.notebook import Notebook

OPTIONS = ("--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0")
OPEN_DOOR = ("--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True")
PLACES = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
SETTINGS = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")


class Lab(NamedTuple):
    """A running JupyterLab: its address, and the folder that it serves."""

    address: str
    folder: Path


@pytest.fixture(scope="session")
def lab(tmp_path_factory, chromium) -> Lab:
    """A JupyterLab with settings and kernels of its own. It needs a browser to be of use."""
    base = tmp_path_factory.mktemp("lab")
    folder = base / "work"
    folder.mkdir()
    private = {name: str(base / name) for name in (*PLACES, *SETTINGS)}
    with (base / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *OPTIONS, *OPEN_DOOR, f"--ServerApp.root_dir={folder}"],
            env=os.environ | private,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield Lab(_address(base / "JUPYTER_RUNTIME_DIR", server), folder)
    os.killpg(server.pid, signal.SIGTERM)  # its kernels, too
    server.wait(timeout=30)


def _address(runtime, server) -> str:
    for _ in range(600):
        for file in runtime.glob("jpserver-*.json"):
            return json.loads(file.read_text())["url"]
        assert server.poll() is None, "JupyterLab ended before it was ready"
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not start within a minute")


@pytest.fixture
def open_notebook(lab, browser):
    """Opens a notebook by its path in the folder that JupyterLab serves; its kernel ends with the test."""
    pages = []

    def open_one(path: str) -> Notebook:
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        pages.append(page)
        # A workspace of its own, or JupyterLab opens what the test before had open.
        page.goto(f"{lab.address}lab/workspaces/{Path(path).stem}/tree/{path}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        return Notebook(page)

    yield open_one
    for page in pages:
        page.close()
    _end_kernels(f"{lab.address}api/kernels")


def _end_kernels(address: str) -> None:
    with urlopen(address) as answer:
        kernels = json.load(answer)
    for kernel in kernels:
        urlopen(Request(f"{address}/{kernel['id']}", method="DELETE")).close()
