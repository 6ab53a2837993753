"""Fixtures that every test may use; a test that uses one carries the marker of the same meaning."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MEDIA = ROOT.parent / "shared" / "media"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MARKERS = {"media": "media", "device": "device", "chromium": "browser"}


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in MARKERS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKERS[fixture])


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real recordings that may lie beside the checkout."""
    if not MEDIA.is_dir():
        pytest.skip("no real recordings: there is no shared/media beside the checkout")
    return MEDIA


@pytest.fixture(scope="session")
def device():
    """The torch device that `make test DEVICE=cuda` asks for; the processor when nothing is asked."""
    import torch

    wanted = torch.device(os.environ.get("DEVICE") or "cpu")
    if wanted.type == "cuda" and not torch.cuda.is_available():
        pytest.skip(f"DEVICE={wanted}, but torch sees no CUDA device")
    return wanted


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; CHROMIUM in the environment names another one than that on the PATH."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip(f"no browser: looked for {named or ', '.join(CHROMIUM)}")
    return found
