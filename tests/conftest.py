"""Fixtures that every test may use; a test that uses one carries the marker of the same meaning."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MEDIA = ROOT.parent / "shared" / "media"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Without these Chromium needs a display or privileges, or asks its maker's hosts for updates.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
# Tests of the built site (`html`) go with those of the browser, to the last step of `make test`.
MARKERS = {"media": "media", "device": "device", "chromium": "browser", "html": "browser"}


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


@pytest.fixture(scope="session")
def browser(chromium):
    """One Chromium for all tests: Playwright can be entered only once in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()
