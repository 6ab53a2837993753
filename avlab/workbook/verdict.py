"""The check of an answer: passed; or what is seen, the likely cause, and what is already right."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from avlab.workbook import words
from avlab.workbook.borrowed import lender
from avlab.workbook.exercise import Exercise, Misconception
from avlab.workbook.exercises import exercise as find
from avlab.workbook.form import NOT_WRITTEN, misfit, unwritten
from avlab.workbook.mistake import Mistake
from avlab.workbook.overview import refresh
from avlab.workbook.recognise import recognise
from avlab.workbook.record import is_learners, record
from avlab.workbook.run import TooSlow
from avlab.workbook.seen import seen
from avlab.workbook.trial import Trial, attempt

# Graders set it, and so run other cases than the learner has seen.
SEED_VARIABLE = "AVLAB_SEED"


@dataclass(frozen=True)
class Verdict:
    """What a check found: whether the answer passes, the message, and the mistake where it is a known one.

    `kind` is "passed", or why not: "unwritten", "form", "slow", "error", "different", "changed", "borrowed".
    """

    kind: str
    message: str
    misconception: Misconception | None = None

    @property
    def passed(self) -> bool:
        """Whether the answer earns its points."""
        return self.kind == "passed"


def check(id: str, answer: Any) -> None:
    """Check a learner's answer: print that it passed, or raise Mistake with what is wrong.

    `answer` is the function that the exercise asks for, itself and not a call of it; or the value.
    `avlab progress` and the table at the top of the chapter then show it. Raises UnknownExercise where no
    exercise has that id. Chapter 1.
    """
    verdict = judge(find(id), answer)
    if SEED_VARIABLE not in os.environ and is_learners(Path.cwd()):
        record(id, verdict.passed)
        refresh()
    text = f"{id}: {'passed' if verdict.passed else 'not yet'}. {verdict.message}".strip()
    if not verdict.passed:
        raise Mistake(text)
    print(text)


def judge(exercise: Exercise, answer: Any, seed: str | None = None) -> Verdict:
    """The verdict on an answer, on the cases of a seed: the grader's or the visible one unless given."""
    cases = exercise.inputs(os.environ.get(SEED_VARIABLE, "") if seed is None else seed)
    if unwritten(answer):
        return Verdict("unwritten", NOT_WRITTEN)
    if wrong_form := misfit(exercise, answer, cases[0]):
        return Verdict("form", wrong_form)
    try:
        trial = attempt(exercise, answer, cases)
    except TooSlow as slow:
        return Verdict("slow", _slow(exercise, cases, slow))
    if all(isinstance(outcome.error, NotImplementedError) for outcome in trial.got):
        return Verdict("unwritten", NOT_WRITTEN)
    if trial.wrong(trial.got):
        return _wrong(trial)
    if exercise.asks_for_function and (name := lender(trial, answer)):
        return Verdict("borrowed", _borrowed(name))
    return Verdict("passed", f"{exercise.passed} {_note(trial)}".strip())


def _wrong(trial: Trial) -> Verdict:
    known, wrong = recognise(trial), trial.wrong(trial.got)
    index = known.explains[0] if known else wrong[0]
    what = seen(trial, index)
    parts = [what.text, *_place(trial, index)]
    if known:
        parts.append(known.misconception.says)
        if len(known.explains) < len(wrong):
            parts.append(
                f"That explains {len(known.explains)} of the {len(wrong)} cases that go wrong, not all."
            )
    right = [*what.right, *_cases_right(len(trial.cases), len(wrong))]
    parts += [f"Already right: {', '.join(right)}."] if right else []
    return Verdict(what.kind, "\n".join(parts), known and known.misconception)


def _place(trial: Trial, index: int) -> list[str]:
    """The case, and what the function printed there."""
    if not trial.exercise.asks_for_function:
        return []
    printed = trial.got[index].printed.strip()
    return [_case(trial.exercise, trial.cases[index]), *([f"It printed there: {printed}"] if printed else [])]


def _case(exercise: Exercise, case: tuple) -> str:
    return (
        f"The case: {exercise.describe(case) if exercise.describe else words.case(exercise.reference, case)}."
    )


def _cases_right(count: int, wrong: int) -> list[str]:
    return [f"{count - wrong} of {count} cases"] if 0 < wrong < count else []


def _slow(exercise: Exercise, cases: list[tuple], slow: TooSlow) -> str:
    where = f", in {slow.line}" if slow.line else ""
    said = f"Your function was still running after {slow.seconds:.0f} s{where}."
    return f"{said} If that is a loop, does it ever end?\n{_case(exercise, cases[slow.case])}"


def _borrowed(name: str) -> str:
    return f"`{name}` does the work here. Write the steps yourself: what is checked is your own code."


def _note(trial: Trial) -> str:
    """A word on an answer that is right, in another library's clothes."""
    kinds = type(trial.expected[0].result), type(trial.got[0].result)
    if kinds == (torch.Tensor, np.ndarray):
        return "Yours returns a NumPy array, the library's a tensor."
    return (
        "Yours returns a tensor, the library's a NumPy array." if kinds == (np.ndarray, torch.Tensor) else ""
    )
