"""The exercises of every chapter: a module `chapter_NN` each, holding `EXERCISES`."""

import difflib
import pkgutil
import re
from functools import cache
from importlib import import_module

from avlab.errors import AvlabError
from avlab.workbook.exercise import Exercise


class UnknownExercise(AvlabError):
    """No chapter has an exercise of that id."""


def exercises() -> list[Exercise]:
    """Every exercise of every chapter, in the order of the course. Chapter 1."""
    return [exercise for chapter in _chapters() for exercise in _of_chapter(chapter)]


def exercise(id: str) -> Exercise:
    """The exercise of that id; only its own chapter is loaded. Raises UnknownExercise. Chapter 1."""
    chapter = f"chapter_{id.split('.')[0]}"
    for candidate in _of_chapter(chapter) if chapter in _chapters() else []:
        if candidate.id == id:
            return candidate
    near = difflib.get_close_matches(id, [candidate.id for candidate in exercises()], n=3, cutoff=0.3)
    remedy = f"Did you mean {' or '.join(near)}?" if near else "avlab progress lists them all."
    raise UnknownExercise(id, "there is no exercise of that name.", remedy)


def _chapters() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name for name in names if re.fullmatch(r"chapter_\d\d", name))


@cache
def _of_chapter(name: str) -> list[Exercise]:
    return list(import_module(f"{__name__}.{name}").EXERCISES)
