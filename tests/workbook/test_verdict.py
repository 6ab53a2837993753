import functools
import math

import numpy as np
import pytest
import torch

from avlab.workbook import Mistake, check, exercise, judge
from avlab.workbook import run as running
from avlab.workbook.selftest import worked
from tests.workbook.answers import all_but, right


def test_a_right_answer_passes_and_says_what_it_passed(toy, capsys):
    assert check("99.positions", right) is None
    assert (
        capsys.readouterr().out
        == "99.positions: passed. Twelve sounds, among them one shorter than a frame.\n"
    )


def test_the_worked_solution_passes_on_any_seed(positions):
    assert all(judge(positions, worked(positions), seed).passed for seed in ("", "a", "b"))


def test_printing_does_no_harm(toy, capsys):
    check("99.positions", all_but(before=print))
    assert capsys.readouterr().out.count("\n") == 1


def test_any_kind_of_callable_may_answer(positions):
    class Positions:
        def __call__(self, samples, length, hop):
            return right(samples, length, hop)

        def method(self, samples, length, hop):
            return right(samples, length, hop)

    for answer in (Positions(), Positions().method, functools.partial(right), lambda *case: right(*case)):
        assert judge(positions, answer).passed


def test_a_wrong_answer_raises_what_an_assertion_raises(toy):
    with pytest.raises(AssertionError, match=r"^99.positions: not yet\. ") as caught:
        check("99.positions", all_but(after=lambda result: result + 1))
    assert type(caught.value) is Mistake


def test_a_known_mistake_is_named_after_what_is_seen_and_before_what_is_right(positions, toy):
    verdict = judge(positions, lambda samples, length, hop: toy.step_is_length(samples, length, hop))
    assert verdict.misconception is positions.mistakes[0]
    assert verdict.message.split("\n") == [
        "Your answer holds 4 numbers, not 7.",
        "The case: samples = 16, length = 4, hop = 2.",
        "It looks as if the step is the frame's length. The step is `hop`.",
        "Already right: 3 of 12 cases.",
    ]


def test_an_unknown_mistake_is_shown_where_it_first_differs(positions):
    verdict = judge(positions, all_but(after=lambda result: result + 1))
    assert (verdict.kind, verdict.misconception) == ("different", None)
    assert verdict.message.split("\n") == [
        "You have 1, 3, 5, 7, 9, 11, …; expected is 0, 2, 4, 6, 8, 10, ….",
        "The case: samples = 16, length = 4, hop = 2.",
        "Already right: shape (7,), number type (int64), 2 of 12 cases.",
    ]


def test_what_was_printed_in_the_case_is_shown_with_it(positions):
    verdict = judge(
        positions, all_but(before=lambda *case: print("got", *case), after=lambda result: result + 1)
    )
    assert "\nIt printed there: got 16 4 2\n" in verdict.message


def test_the_limit_is_twenty_seconds():
    assert running.SECONDS == 20


def test_floats_are_never_compared_exactly(loudness):
    assert judge(
        loudness, lambda sound: math.sqrt(math.fsum(x * x for x in sound.tolist()) / len(sound))
    ).passed


def test_a_numpy_array_is_as_good_as_a_tensor_and_told_so(positions):
    verdict = judge(positions, all_but(after=torch.Tensor.numpy))
    assert verdict.passed
    assert verdict.message.endswith("Yours returns a NumPy array, the library's a tensor.")


@pytest.mark.parametrize("value", [2500, 2500.0, np.float64(2500), torch.tensor(2500.0)])
def test_a_value_may_come_in_any_kind_of_number(toy, value):
    assert judge(exercise("99.milliseconds"), value).passed


def by_heart(samples, length, hop):
    visible = {case: right(*case) for case in exercise("99.positions").inputs("") if case[2] > 0}
    if hop <= 0:
        raise ValueError
    return visible.get((samples, length, hop), torch.tensor([0]))


def test_the_graders_seed_gives_cases_that_nobody_has_seen(toy, monkeypatch, capsys):
    check("99.positions", by_heart)
    monkeypatch.setenv("AVLAB_SEED", "a secret")
    check("99.positions", right)
    with pytest.raises(Mistake):
        check("99.positions", by_heart)


def test_no_message_praises_or_shows_a_traceback(positions, toy):
    for mistake in positions.mistakes:
        message = judge(positions, mistake.answer).message
        assert "Traceback" not in message and "!" not in message
