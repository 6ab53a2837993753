from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import tensor

from avlab import Clip
from avlab.workbook.arrays import EXACT, Rules
from avlab.workbook.compare import alike, difference

RULES = Rules()


class Word(NamedTuple):
    start: float
    text: str


@dataclass
class Sound:
    samples: torch.Tensor
    rate: int


class Opaque:
    def __init__(self, part=0):
        self.part = part


def seen(expected, got) -> str:
    return difference(expected, got, RULES).seen


def right(expected, got) -> tuple[str, ...]:
    return difference(expected, got, RULES).right


@pytest.mark.parametrize(
    "expected, got",
    [
        (tensor([1, 2]), np.array([1, 2])),
        (np.array([1.0, 2.0]), tensor([1.0, 2.0], dtype=torch.float64)),
        (tensor([1.0]), tensor([1.0 + 5e-6])),
        (tensor([1.0], requires_grad=True), tensor([1.0])),
        (tensor([torch.nan, torch.inf]), tensor([torch.nan, torch.inf])),
        (tensor([1 + 2j]).conj(), tensor([1 - 2j])),
        (torch.ones(2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.bfloat16)),
        (tensor(3.5), 3.5),
        (3.5, tensor(3.5)),
        (3.0, 3),
        (3, np.int64(3)),
        (np.float32(0.1), 0.1),
        (True, np.bool_(True)),
        ([1, 2], (1, 2)),
        ([1.0, 2.0], [1, 2]),
        ([2**70], [2**70]),
        ([], ()),
        (Word(0.0, "a"), (1e-9, "a")),
        ({"a": tensor([1])}, {"a": tensor([1])}),
        ({1, 2}, {2, 1}),
        (slice(0, 3), slice(0, np.int64(3))),
        (Sound(torch.zeros(2), 8), Sound(torch.zeros(2), 8)),
        (Opaque(), Opaque()),
        (object(), object()),
        (None, None),
    ],
)
def test_these_are_the_same(expected, got):
    assert difference(expected, got, RULES) is None


@pytest.mark.parametrize(
    "expected, got, says",
    [
        (tensor([0, 160]), tensor([0, 400]), "You have 0, 400; expected is 0, 160."),
        (tensor([1.0]), tensor([1.0001]), "You have 1.0001; expected is 1."),
        (tensor([1.0]), tensor([1.0000201]), "You have 1.00002; expected is 1."),
        (
            torch.arange(20),
            torch.arange(20).clamp(max=13),
            "You have 13, 13, 13, 13, 13, 13, … from index 13 on; ",
        ),
        (torch.zeros(2, 3), torch.eye(3)[:2], "You have 1 in `answer[0, 0]`; expected is 0."),
        (tensor([1, 2]), tensor([1.0, 2.0]), "Your number type is float32, where int64 is expected."),
        (tensor([1], dtype=torch.uint8), tensor([1]), "Your number type is int64, where uint8 is expected."),
        (tensor([1, 2]), [1, 2], "Your answer is a list, where a tensor is expected."),
        (tensor([1, 2]), None, "Your answer is nothing (None), where a tensor is expected."),
        (
            torch.zeros(2, 3),
            torch.zeros(3, 2),
            "Your answer has shape (3, 2), where (2, 3) is expected. The lengths",
        ),
        (torch.zeros(3), torch.zeros(1, 3), "An axis of length 1"),
        (tensor([1, 2]), tensor([1]), "Your answer holds 1 number, not 2. You have 1; expected is 1, 2."),
        (torch.zeros(0), tensor([5.0]), "Your answer holds 1 number, not 0. You have 5; expected is none."),
        (
            torch.zeros(4),
            torch.full((4,), torch.nan),
            "4 of your 4 numbers are NaN (not a number), the first at",
        ),
        (
            torch.zeros(4),
            tensor([0, 1, -torch.inf, 0]),
            "1 of your 4 numbers is infinite, the first at `answer[2]`",
        ),
        (0.5, float("nan"), "Your answer is NaN (not a number); 0.5 is expected."),
        (3, 3.0, "Your answer is a number (float), where a whole number (int) is expected."),
        (3, True, "Your answer is a truth value (bool), where a whole number (int) is expected."),
        (True, 1, "Your answer is a whole number (int), where a truth value (bool) is expected."),
        (0.1, "0.1", "Your answer is text (str), where a number (float) is expected."),
        (1e-9, 1.0, "You have 1; expected is 1e-9."),
        (2**70, 2**70 + 1, "expected is 1180591620717411303424."),
        ("abc", "abd", "You have 'abd'; expected is 'abc'."),
        ([1, 2], [1, 3], "You have 1, 3; expected is 1, 2."),
        ([1, 2], [1.0, 2.0], "Your `answer[0]` is a number (float), where a whole number (int) is expected."),
        ([1, 2], [1], "Your answer holds 1 element, not 2. You have [1]; expected is [1, 2]."),
        ([1, 2], 1, "Your answer is a whole number (int), where a list is expected."),
        ([[1], [2]], [[1], [3]], "You have 3 in `answer[1]`; expected is 2."),
        ((tensor([1]), "a"), (tensor([2]), "a"), "You have 2 in `answer[0]`; expected is 1."),
        (Word(0.0, "a"), Word(0.0, "b"), "You have 'b' in `answer[1]`; expected is 'a'."),
        ({"a": 1, "b": 2}, {"a": 1}, "Your answer lacks 'b'."),
        ({"a": 1}, {"a": 1, "b": 2}, "has 'b', which nobody asked for."),
        ({"a": 1}, {"a": 2}, "You have 2 in `answer['a']`; expected is 1."),
        ({"a": 1}, [1], "Your answer is a list, where a dictionary is expected."),
        ({1}, {2}, "You have {2}; expected is {1}."),
        (slice(0, 3), slice(0, 4), "You have slice(0, 4); expected is slice(0, 3)."),
        (slice(0, 3), (0, 3), "Your answer is a tuple, where a slice is expected."),
        (
            Sound(torch.zeros(2), 8),
            Sound(torch.ones(2), 8),
            "You have 1, 1 in `answer.samples`; expected is 0, 0.",
        ),
        (Opaque(1), Opaque(2), "You have 2 in `answer.part`; expected is 1."),
        (Clip(audio=torch.zeros(2), sample_rate=8), torch.zeros(2), "where a Clip is expected."),
        (None, 3, "Your answer is a whole number (int), where nothing (None) is expected."),
    ],
)
def test_the_first_difference_is_said_in_the_learners_numbers(expected, got, says):
    assert says in seen(expected, got)


@pytest.mark.parametrize(
    "expected, got, says",
    [
        (tensor([0.0, 1.0, 2.0]), tensor([0.0, 3.0, 2.0]), ("shape (3,)", "number type (float32)")),
        (torch.arange(9.0), torch.arange(9.0).flip(0), ("1 of 9 numbers", "range (0 to 8)")),
        (tensor([1, 2]), tensor([1.0, 2.0]), ("every number", "shape (2,)")),
        (tensor([1, 2]), [1, 2], ("the numbers in it",)),
        (3, 3.0, ("the number itself",)),
        (tensor([1, 2]), [1, 3], ()),
        ([1, 2], [1, 3], ("2 elements",)),
        (Sound(torch.zeros(2), 8), Sound(torch.ones(2), 8), ("1 of 2 parts",)),
        ({"a": 1}, {"a": 2}, ("the keys",)),
    ],
)
def test_what_is_right_is_said_too(expected, got, says):
    assert set(says) <= set(right(expected, got)) and bool(says) == bool(right(expected, got))


def test_a_range_that_is_nearly_right_is_not_called_right():
    assert "range (-1 to 1)" not in right(tensor([-1.0, 0.0, 1.0]), tensor([-1.0001, 0.0, 1.0]))
    assert "range (-1 to 1)" in right(tensor([-1.0, 0.0, 1.0]), tensor([-1.0, 0.1, 1.0]))


def test_a_number_type_that_is_wrong_is_not_called_right():
    assert right(tensor([1, 2]), tensor([1.0, 3.0])) == ("shape (2,)",)
    assert "Your number type is float32" in seen(tensor([1, 2]), tensor([1.0, 3.0]))


def test_likeness_looks_through_kinds_and_number_types():
    assert alike(tensor([1, 2]), [1.0, 2.0], RULES)
    assert alike([1, 2], tensor([1.0, 2.0]), RULES)
    assert alike(3, 3.0, RULES)
    assert not alike(tensor([1, 2]), [1.0, 2.5], RULES)
    assert not alike(tensor([1, 2]), "12", RULES)


def test_exactly_is_exactly():
    assert difference(tensor([0.1]), tensor([0.1]), EXACT) is None
    assert difference(tensor([1.0]), tensor([1.0000001]), EXACT)


def test_two_numbers_that_look_the_same_get_more_digits():
    assert seen(0.123456781, 0.123456781 + 2e-5) == "You have 0.123477; expected is 0.123457."
    assert difference(1.0, 1.000000001, EXACT).seen == "You have 1.000000001; expected is 1."
