"""Numbers held against numbers, whatever they are kept in, and the sentences about how they differ."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from avlab.workbook import words


class Rules(NamedTuple):
    """How close floats must be (as numpy.isclose has it), and whether kinds and number types count."""

    rtol: float = 1e-5
    atol: float = 1e-6
    strict: bool = True


EXACT = Rules(0.0, 0.0)


@dataclass(frozen=True)
class Difference:
    """What is seen where two values differ first, as sentences, and what is right all the same."""

    seen: str
    right: tuple[str, ...] = ()


def numbers(value: Any) -> np.ndarray | None:
    """The numbers of a tensor, an array, a number or a (nested) list of them; None for anything else."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        # NumPy has no bfloat16.
        value = value.float() if value.dtype == torch.bfloat16 else value
        return value.resolve_conj().resolve_neg().numpy()
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):  # rows of different lengths
        return None
    return array if array.dtype.kind in "biufc" else None


def value_difference(right: np.ndarray, left: np.ndarray, rules: Rules, place: str) -> Difference | None:
    """The first place where two arrays of one shape differ, whatever their number types; None where none."""
    wrong = np.asarray(~close(right, left, rules))
    if not wrong.any():
        return None
    return Difference(_numbers_seen(right, left, wrong, place), _right_numbers(right, left, wrong, rules))


def close(right: np.ndarray, left: np.ndarray, rules: Rules) -> np.ndarray:
    """Number by number, whether two arrays of one shape agree: whole numbers exactly, others nearly."""
    # "O": whole numbers too large for 64 bits.
    if right.dtype.kind in "biuO" and left.dtype.kind in "biuO":
        return np.asarray(right == left)
    return np.asarray(np.isclose(left, right, rtol=rules.rtol, atol=rules.atol, equal_nan=True))


def _numbers_seen(right: np.ndarray, left: np.ndarray, wrong: np.ndarray, place: str) -> str:
    strange = np.asarray(~_finite(left) & wrong & _finite(right))
    if strange.any():
        return _not_finite(right, left, strange, place)
    first = np.unravel_index(wrong.argmax(), wrong.shape)
    if right.ndim != 1:
        digits = words.digits_apart(left[first], right[first])
        where = f"{place}[{', '.join(map(str, first))}]" if first else place
        return words.against(words.number(right[first], digits), words.number(left[first], digits), where)
    index = int(first[0])
    digits = words.digits_apart(left[index], right[index])
    start = max(0, index - 1) if index >= words.SHOWN else 0
    return words.against(words.row(right, start, digits), words.row(left, start, digits), place, start)


def _finite(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(np.isfinite(numbers)) if numbers.dtype.kind in "fc" else np.ones(numbers.shape, bool)


def _not_finite(right: np.ndarray, left: np.ndarray, strange: np.ndarray, place: str) -> str:
    first = np.unravel_index(strange.argmax(), strange.shape)
    name = "NaN (not a number)" if np.isnan(left[first]) else "infinite"
    expected = words.number(right[first])
    if not first:
        return f"{words.subject(place)} is {name}; {expected} is expected."
    where = f"`answer{place}[{', '.join(map(str, first))}]`"
    count = f"{strange.sum()} of your {left.size} numbers {'is' if strange.sum() == 1 else 'are'}"
    return f"{count} {name}, the first at {where}, where {expected} is expected."


def _right_numbers(right: np.ndarray, left: np.ndarray, wrong: np.ndarray, rules: Rules) -> tuple[str, ...]:
    said = []
    count = int((~wrong).sum())
    if count and left.size > words.SHOWN:
        said.append(f"{count} of {left.size} numbers")
    if left.size > 1 and right.dtype.kind in "iuf" and left.dtype.kind in "iuf":
        low, high = right.min(), right.max()
        if low < high and close(np.array([low, high]), np.array([left.min(), left.max()]), rules).all():
            said.append(f"range ({words.number(low)} to {words.number(high)})")
    return tuple(said)


def shape_difference(right: np.ndarray, left: np.ndarray, place: str) -> Difference:
    """What to say of two arrays of different shapes."""
    if left.ndim == right.ndim == 1:
        rows = words.against(words.row(right), words.row(left), place)
        counts = f"{words.subject(place)} holds {words.counted(left.size, 'number')}, not {right.size}."
        return Difference(f"{counts} {rows}" if max(left.size, right.size) <= words.SHOWN else counts)
    seen = f"{words.subject(place)} has shape {left.shape}, where {right.shape} is expected."
    if left.size == right.size and left.squeeze().shape == right.squeeze().shape:
        seen += " An axis of length 1 is in the wrong place, missing or too many."
    elif sorted(left.shape) == sorted(right.shape):
        seen += " The lengths are right, and their order is not."
    return Difference(seen)
