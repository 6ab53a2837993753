"""The toy chapter of the workbook's own tests, found as a chapter of the course is."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from avlab.workbook import exercise, exercises, update
from tests.workbook.chapters import NAME, TOY, chapter, save


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


@pytest.fixture
def course(toy, tmp_path, monkeypatch):
    """A course of one chapter, in the folder where tests run."""
    monkeypatch.chdir(tmp_path)
    save(chapter(toy.EXERCISES), Path("notebooks") / NAME)
    return tmp_path


@pytest.fixture
def copy(course):
    """The chapter in the learner's copy of that course."""
    update()
    return Path("workbook") / NAME
