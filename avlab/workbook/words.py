"""Values in words: what a learner's answer and a case look like in a sentence."""

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

SHOWN = 6  # numbers of a row that are written out
_SMALL = 9  # numbers of a small table, written out whole
_LONGEST = 90  # characters of anything else

_KINDS = [
    (torch.Tensor, "a tensor"),
    (np.ndarray, "a NumPy array"),
    ((bool, np.bool_), "a truth value (bool)"),
    ((int, np.integer), "a whole number (int)"),
    ((float, np.floating), "a number (float)"),
    ((complex, np.complexfloating), "a complex number"),
    (str, "text (str)"),
    (bytes, "bytes"),
    (list, "a list"),
    (dict, "a dictionary"),
    ((set, frozenset), "a set"),
    (slice, "a slice"),
    (type, "a class"),
    (type(None), "nothing (None)"),
]


def kind(value: Any) -> str:
    """What kind of thing it is, with its article: "a tensor", "a list", "a Clip"."""
    if isinstance(value, tuple):
        return f"a {type(value).__name__}"
    for types, words in _KINDS:
        if isinstance(value, types):
            return words
    if inspect.isroutine(value):
        return "a function"
    name = type(value).__name__
    return f"an {name}" if name[0] in "AEIOUaeiou" else f"a {name}"


def number(value: Any, digits: int = 6) -> str:
    """One number as a learner would write it: 400, 0.0333333, True."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, complex):
        return f"{value:.{digits}g}"
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e+")


def digits_apart(left: Any, right: Any) -> int:
    """How many digits it takes to see that two numbers differ; six where that is enough."""
    return next((digits for digits in (6, 9, 12) if number(left, digits) != number(right, digits)), 17)


def row(values: Any, start: int = 0, digits: int = 6) -> str:
    """Some numbers of a row, from `start` on: "0, 400, 800, …"; "none" where there are none."""
    if not len(values):
        return "none"
    shown = [number(value, digits) for value in values[start : start + SHOWN]]
    return ", ".join([*shown, "…"] if start + SHOWN < len(values) else shown)


def value(thing: Any) -> str:
    """A whole value, shortened: "[0, 0.04, 0.08, …] (90 numbers)", "a float32 tensor of shape (2, 80)"."""
    if isinstance(thing, torch.Tensor | np.ndarray) and thing.ndim:
        return _array(thing)
    if isinstance(thing, torch.Tensor | np.generic | bool | int | float | complex):
        return number(thing)
    if isinstance(thing, list | tuple) and type(thing) in (list, tuple):
        left, right = "[]" if isinstance(thing, list) else "()"
        more = f", … ({len(thing)} in all)" if len(thing) > SHOWN else ""
        return left + ", ".join(value(part) for part in thing[:SHOWN]) + more + right
    if isinstance(thing, Iterator) or inspect.isroutine(thing):
        return kind(thing)
    if isinstance(thing, slice) and thing.step is None:
        return f"slice({thing.start}, {thing.stop})"
    words = repr(thing)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def case(function: Callable, arguments: tuple) -> str:
    """A case by its parameters: "start = 0, end = 1.5, sample_rate = 16000"."""
    names = list(inspect.signature(function).parameters)
    return ", ".join(f"{name} = {value(argument)}" for name, argument in zip(names, arguments, strict=False))


def listed(parts: list[str]) -> str:
    """Several things in a sentence: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def dtype(array: torch.Tensor | np.ndarray) -> str:
    """The number type of an array, by the same word for both libraries: "float32"."""
    return str(array.dtype).removeprefix("torch.")


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 number", "3 numbers"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def subject(place: str) -> str:
    """The answer, or a place in it, to begin a sentence with: "Your answer", "Your `answer[2]`"."""
    return f"Your `answer{place}`" if place else "Your answer"


def against(expected: str, got: str, place: str = "", start: int = 0) -> str:
    """The learner's numbers beside the expected ones: "You have 400; expected is 160."."""
    where = f" in `answer{place}`" if place else ""
    since = f" from index {start} on" if start else ""
    return f"You have {got}{where}{since}; expected is {expected}."


def _array(array: torch.Tensor | np.ndarray) -> str:
    if array.ndim == 1:
        return f"[{row(array) if len(array) else ''}]" + (
            f" ({len(array)} numbers)" if len(array) > SHOWN else ""
        )
    if 0 < math.prod(array.shape) <= _SMALL:
        return value(array.tolist())
    library = "tensor" if isinstance(array, torch.Tensor) else "array"
    return f"a {library} of shape {tuple(array.shape)}, {dtype(array)}"
