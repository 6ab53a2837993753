"""What is seen where an answer goes wrong, in the learner's own numbers."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from avlab.workbook import words
from avlab.workbook.compare import difference
from avlab.workbook.exercise import Exercise
from avlab.workbook.run import Outcome, own_line
from avlab.workbook.trial import Trial

_LONGEST = 200


@dataclass(frozen=True)
class Seen:
    """What kind of thing went wrong, the sentences about it, and what is right all the same."""

    kind: str
    text: str
    right: tuple[str, ...] = ()


def seen(trial: Trial, index: int) -> Seen:
    """What there is to see in a case that went wrong."""
    expected, got = trial.expected[index], trial.got[index]
    if got.error:
        return Seen("error", _stopped(expected, got))
    if expected.error:
        refusal = f"{type(expected.error).__name__} ({expected.error})"
        return Seen("different", f"You have {words.value(got.result)}; expected is a refusal: {refusal}.")
    if got.result is None and expected.result is not None:
        return Seen("different", _nothing(expected, got))
    if isinstance(got.result, Iterator) and not isinstance(expected.result, Iterator):
        return Seen("different", _unfinished(expected, got))
    found = difference(expected.result, got.result, trial.rules)
    spoilt = "" if got.changed is None else _spoilt(trial.exercise, got.changed)
    if found is None:
        return Seen("changed", spoilt, ("the answer itself",))
    return Seen("different", f"{found.seen} {spoilt}".strip(), found.right)


def _stopped(expected: Outcome, got: Outcome) -> str:
    line, name = own_line(got.error.__traceback__), type(got.error).__name__
    message = str(got.error).strip().split("\n")[0][:_LONGEST]
    why, where = f" ({message})" if message else "", f", in {line}" if line else ""
    said = f"Your function stopped with {name}{why}{where}."
    if expected.error:
        return f"{said} A case like this should be refused with {type(expected.error).__name__}."
    return said


def _nothing(expected: Outcome, got: Outcome) -> str:
    said = f"Your function returns nothing (None) here; expected is {words.value(expected.result)}."
    if got.printed:
        return f"{said} It prints, but only `return` gives the answer back."
    return f"{said} Is there a way through it without a `return`?"


def _unfinished(expected: Outcome, got: Outcome) -> str:
    said = f"Your function returns {words.kind(got.result)}, which has computed nothing yet."
    cause = " That comes of `yield`." if inspect.isgenerator(got.result) else ""
    return f"{said}{cause} Expected is {words.kind(expected.result)}."


def _spoilt(exercise: Exercise, changed: int) -> str:
    name = list(inspect.signature(exercise.reference).parameters)[changed]
    return (
        f"Your function changes its input `{name}` in place. Whoever gave it still needs it: work on a copy."
    )
