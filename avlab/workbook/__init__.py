"""The workbook: exercises, checks that name the mistake, a learner's copy of the chapters, progress.

Names load when they are first used, so that making a learner's copy does not wait for torch.
"""

from importlib import import_module

# Functions here, and also names of modules: bound now, once both modules are loaded, and not later.
from avlab.workbook.exercises import exercise, exercises

# name -> the module that defines it
_NAMES = {
    "Exercise": "avlab.workbook.exercise",
    "Misconception": "avlab.workbook.exercise",
    "Mistake": "avlab.workbook.mistake",
    "UnknownExercise": "avlab.workbook.exercises",
    "Verdict": "avlab.workbook.verdict",
    "check": "avlab.workbook.verdict",
    "faults": "avlab.workbook.selftest",
    "judge": "avlab.workbook.verdict",
    "progress": "avlab.workbook.overview",
    "update": "avlab.workbook.learners_copy",
}

__all__ = [*_NAMES, "exercise", "exercises"]


def __getattr__(name: str):
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"avlab.workbook has no {name!r}. It has: {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
