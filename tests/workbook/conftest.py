"""The toy chapter of the workbook's own tests, found as a chapter of the course is."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from avlab.workbook import exercise, exercises

TOY = Path(__file__).parent / "toy"


@pytest.fixture
def toy(monkeypatch):
    """Chapter 99, present for one test."""
    room = sys.modules[exercises.__module__]
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(TOY)])
    room._of_chapter.cache_clear()
    yield import_module(f"{room.__name__}.chapter_99")
    del sys.modules[f"{room.__name__}.chapter_99"]
    room._of_chapter.cache_clear()


@pytest.fixture
def positions(toy):
    return exercise("99.positions")


@pytest.fixture
def loudness(toy):
    return exercise("99.loudness")
