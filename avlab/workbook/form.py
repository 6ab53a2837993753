"""What an answer must be before it can be tried: written, a function or a value as asked, called alike."""

import dis
import inspect
from collections.abc import Callable
from typing import Any

from avlab.workbook import words
from avlab.workbook.exercise import Exercise

# The instructions of a function that only ends: `pass`, `...` or a docstring.
_ENDING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


NOT_WRITTEN = "Nothing is written here yet."


def unwritten(answer: Any) -> bool:
    """Whether nobody has written an answer yet: no value, or a function that only ends."""
    if answer is None or answer is Ellipsis or answer is NotImplemented:
        return True
    if not hasattr(answer, "__code__"):
        return False
    steps = list(dis.get_instructions(answer))
    given = [step.argval for step in steps if "CONST" in step.opname]
    return {step.opname for step in steps} <= _ENDING and given[-1:] == [None]


def misfit(exercise: Exercise, answer: Any, case: tuple) -> str:
    """The sentence for an answer of the wrong form; empty if it can be tried."""
    if not exercise.asks_for_function:
        what = "a class" if inspect.isclass(answer) else "a function" if callable(answer) else ""
        return (
            what and f"`{exercise.name}` is {what}. The exercise asks for a value: what it gives when called."
        )
    if inspect.isclass(answer):
        return (
            f"`{answer.__name__}` is a class. The exercise asks for a function: `def {exercise.name}(...)`."
        )
    if not callable(answer):
        given = f"You gave {words.kind(answer)}: what the function returned, perhaps."
        return (
            f'{given} Give the function itself, without brackets: `check("{exercise.id}", {exercise.name})`.'
        )
    if inspect.iscoroutinefunction(answer):
        return "Your function begins with `async def`, so calling it only prepares it. Write `def`."
    return _parameters(exercise, answer, case)


def _parameters(exercise: Exercise, answer: Callable, case: tuple) -> str:
    try:
        signature = inspect.signature(answer)
    except ValueError:  # functions written in C do not all tell
        return ""
    try:
        signature.bind(*case)
    except TypeError:
        names = [str(name) for name in signature.parameters]
        asked = list(inspect.signature(exercise.reference).parameters)[: len(case)]
        return (
            f"Your function takes {_counted(names)}, but it is called with {_counted(asked)}, in this order."
        )
    return ""


def _counted(names: list[str]) -> str:
    said = "1 parameter" if len(names) == 1 else f"{len(names) or 'no'} parameters"
    return f"{said} ({words.listed([f'`{name}`' for name in names])})" if names else said
