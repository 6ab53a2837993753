"""Two values held against each other: the first place where they differ, and what is right all the same."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from avlab.workbook import words
from avlab.workbook.arrays import Difference, Rules, close, numbers, shape_difference, value_difference

_ARRAYS = torch.Tensor | np.ndarray
_REAL = int | float | np.integer | np.floating


def difference(expected: Any, got: Any, rules: Rules, place: str = "") -> Difference | None:
    """The first place where `got` differs from `expected`, or None.

    Tensors and NumPy arrays stand for each other, and so do lists and tuples, and numbers with and without
    a tensor around them. Objects of unknown kinds that define no equality are equal when of one class.
    """
    if isinstance(expected, _ARRAYS) and expected.ndim:
        return _of_arrays(expected, got, rules, place)
    if isinstance(expected, _ARRAYS):
        return _of_numbers(expected.item(), got, rules, place)
    if isinstance(expected, bool | np.bool_ | _REAL | complex):
        return _of_numbers(expected, got, rules, place)
    if isinstance(expected, list | tuple):
        return _of_rows(expected, got, rules, place)
    if isinstance(expected, dict):
        return _of_dictionaries(expected, got, rules, place)
    if not isinstance(got, type(expected)):
        return _of_kinds(expected, got, place)
    if isinstance(expected, slice):
        found = _of_parts(("start", "stop", "step"), expected, got, rules, place)
        return found and Difference(words.against(words.value(expected), words.value(got), place))
    if dataclasses.is_dataclass(expected):
        return _of_parts([part.name for part in dataclasses.fields(expected)], expected, got, rules, place)
    if type(expected).__eq__ is object.__eq__:
        return _of_parts(list(getattr(expected, "__dict__", {})), expected, got, rules, place)
    return (
        None if expected == got else Difference(words.against(words.value(expected), words.value(got), place))
    )


def alike(left: Any, right: Any, rules: Rules) -> bool:
    """Whether two values say the same, whatever kinds and number types say it."""
    return difference(left, right, rules._replace(strict=False)) is None


def _of_arrays(expected: Any, got: Any, rules: Rules, place: str) -> Difference | None:
    right, left = numbers(expected), numbers(got)
    if left is None or (rules.strict and not isinstance(got, _ARRAYS)):
        return _of_kinds(expected, got, place)
    if left.shape != right.shape:
        return shape_difference(right, left, place)
    dtypes = words.dtype(expected), words.dtype(got) if isinstance(got, _ARRAYS) else ""
    wrong_type = rules.strict and dtypes[0] != dtypes[1]
    type_seen = f"Your number type is {dtypes[1]}, where {dtypes[0]} is expected." if wrong_type else ""
    shape = f"shape {left.shape}"
    found = value_difference(right, left, rules, place)
    if not found:
        return Difference(type_seen, ("every number", shape)) if wrong_type else None
    dtype = () if wrong_type else (f"number type ({dtypes[1]})",)
    return Difference(f"{found.seen} {type_seen}".strip(), (shape, *found.right, *dtype))


def _of_numbers(expected: Any, got: Any, rules: Rules, place: str) -> Difference | None:
    plain = got.item() if isinstance(got, _ARRAYS | np.generic) and got.shape == () else got
    plain_expected = expected.item() if isinstance(expected, np.generic) else expected
    if not isinstance(plain, bool | int | float | complex):
        return _of_kinds(expected, got, place)
    fitting = {bool: bool, int: int, float: int | float, complex: int | float | complex}[type(plain_expected)]
    truth = isinstance(plain, bool) != isinstance(plain_expected, bool)
    if rules.strict and (truth or not isinstance(plain, fitting)):
        return _of_kinds(expected, plain, place)
    return value_difference(np.asarray(plain_expected), np.asarray(plain), rules, place)


def _of_rows(expected: Any, got: Any, rules: Rules, place: str) -> Difference | None:
    if not rules.strict and isinstance(got, _ARRAYS) and got.ndim:
        got = list(got)
    if not isinstance(got, list | tuple):
        return _of_kinds(expected, got, place)
    if len(expected) != len(got):
        counts = f"{words.subject(place)} holds {words.counted(len(got), 'element')}, not {len(expected)}."
        rows = words.against(words.value(expected), words.value(got), place)
        return Difference(f"{counts} {rows}" if max(len(expected), len(got)) <= words.SHOWN else counts)
    if _plain(expected) and _plain(got) and not (rules.strict and _floats(got) > _floats(expected)):
        found = value_difference(np.asarray(expected), np.asarray(got), rules, place)
        return found and Difference(found.seen, (words.counted(len(got), "element"), *found.right))
    places = [f"{place}[{index}]" for index in range(len(got))]
    found = [difference(*parts, rules, where) for *parts, where in zip(expected, got, places, strict=True)]
    return _first(found, words.counted(len(got), "element"))


def _of_dictionaries(expected: dict, got: Any, rules: Rules, place: str) -> Difference | None:
    if not isinstance(got, dict):
        return _of_kinds(expected, got, place)
    if missing := [repr(key) for key in expected if key not in got]:
        return Difference(f"{words.subject(place)} lacks {words.listed(missing)}.")
    if extra := [repr(key) for key in got if key not in expected]:
        return Difference(f"{words.subject(place)} has {words.listed(extra)}, which nobody asked for.")
    found = [difference(part, got[key], rules, f"{place}[{key!r}]") for key, part in expected.items()]
    return _first(found, "the keys")


def _of_parts(names: Sequence[str], expected: Any, got: Any, rules: Rules, place: str) -> Difference | None:
    """Objects part by part: `answer.audio`."""
    pairs = ((getattr(expected, name), getattr(got, name, None), name) for name in names)
    return _first([difference(right, left, rules, f"{place}.{name}") for right, left, name in pairs])


def _first(found: list[Difference | None], right: str = "") -> Difference | None:
    wrong = [part for part in found if part]
    if not wrong:
        return None
    count = f"{len(found) - len(wrong)} of {len(found)} parts" if len(wrong) < len(found) else ""
    return Difference(wrong[0].seen, tuple(filter(None, (right, count))))


def _of_kinds(expected: Any, got: Any, place: str) -> Difference:
    seen = f"{words.subject(place)} is {words.kind(got)}, where {words.kind(expected)} is expected."
    right, left = numbers(expected), numbers(got)
    same = right is not None and left is not None and right.shape == left.shape
    if not (same and close(right, left, Rules()).all()):
        return Difference(seen)
    return Difference(seen, ("the numbers in it" if right.ndim else "the number itself",))


def _plain(values: Sequence) -> bool:
    return all(isinstance(part, _REAL) and not isinstance(part, bool) for part in values)


def _floats(values: Sequence) -> bool:
    """Whether there is a float among them: where whole numbers are asked for, 3.0 will not do."""
    return any(isinstance(part, float | np.floating) for part in values)
