import functools
import math

import numpy as np
import pytest
import torch

from avlab.workbook import Mistake, check, exercise, judge
from avlab.workbook import run as running
from avlab.workbook.selftest import worked


def right(samples, length, hop):
    if hop <= 0:
        raise ValueError("a step forward is positive")
    return torch.tensor(list(range(0, samples - length + 1, hop)), dtype=torch.int64)


def all_but(**ways):
    """The right answer, but for one thing: `before` it, or `after` it."""

    def answer(samples, length, hop):
        if "before" in ways:
            ways["before"](samples, length, hop)
        return ways.get("after", lambda result: result)(right(samples, length, hop))

    return answer


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


@pytest.mark.parametrize("answer", [..., None, NotImplemented])
def test_a_missing_answer_is_unwritten(positions, answer):
    assert judge(positions, answer).kind == "unwritten"


def test_a_body_that_does_nothing_is_unwritten(positions):
    def raises(samples, length, hop):
        """Where each frame begins."""
        raise NotImplementedError

    def dots(samples, length, hop): ...

    def passes(samples, length, hop):
        """Where each frame begins."""

    def returns(samples, length, hop):
        return None

    for answer in (raises, dots, passes, returns):
        assert judge(positions, answer).message == "Nothing is written here yet."


def of_one(samples):
    return samples


class AClass:
    pass


async def promised(samples, length, hop):
    return right(samples, length, hop)


def yielding(samples, length, hop):
    yield from right(samples, length, hop).tolist()


def returning_nothing(samples, length, hop):
    assert samples >= 0


def printing(samples, length, hop):
    print(right(samples, length, hop))


def stopping(samples, length, hop):
    found = []
    return found[samples]


@pytest.mark.parametrize(
    "answer, kind, says",
    [
        (AClass, "form", "`AClass` is a class. The exercise asks for a function: `def positions(...)`."),
        (
            torch.arange(3),
            "form",
            "You gave a tensor: what the function returned, perhaps. Give the function itself",
        ),
        (promised, "form", "`async def`"),
        (
            of_one,
            "form",
            "takes 1 parameter (`samples`), but it is called with 3 parameters (`samples`, `length` and",
        ),
        (lambda: 3, "form", "Your function takes no parameters, but"),
        (
            yielding,
            "different",
            "returns a generator, which has computed nothing yet. That comes of `yield`. Expected",
        ),
        (
            returning_nothing,
            "different",
            "returns nothing (None) here; expected is [0, 2, 4, 6, 8, 10, …] (7 numbers). Is",
        ),
        (printing, "different", "It prints, but only `return` gives the answer back."),
        (stopping, "error", "stopped with IndexError (list index out of range), in line"),
        (stopping, "error", "`return found[samples]`."),
        (lambda *case: "0, 2", "different", "Your answer is text (str), where a tensor is expected."),
        (lambda *case: right, "different", "Your answer is a function, where a tensor is expected."),
        (
            all_but(after=torch.Tensor.tolist),
            "different",
            "Your answer is a list, where a tensor is expected.",
        ),
        (all_but(after=lambda r: r * torch.nan), "different", "7 of your 7 numbers are NaN"),
        (all_but(after=lambda r: r.to(torch.int32)), "different", "Your number type is int32, where int64"),
        (
            lambda samples, length, hop: torch.arange(0, max(samples - length + 1, 0), hop or 1),
            "different",
            "refusal",
        ),
    ],
)
def test_each_form_of_wrong_has_its_sentence(positions, answer, kind, says):
    verdict = judge(positions, answer)
    assert verdict.kind == kind
    assert says in verdict.message


def test_refusing_the_wrong_way_is_said(positions):
    def divides(samples, length, hop):
        1 / hop
        return right(samples, length, hop)

    message = judge(positions, divides).message
    assert "stopped with ZeroDivisionError (division by zero), in line" in message
    assert "should be refused with ValueError." in message


def test_an_endless_loop_is_stopped_and_said(positions, monkeypatch):
    monkeypatch.setattr(running, "SECONDS", 0.3)

    def endless(samples, length, hop):
        while samples:
            pass

    verdict = judge(positions, endless)
    assert verdict.kind == "slow"
    assert "Your function was still running after 0 s, in line" in verdict.message
    assert "\nThe case: samples = 16, length = 4, hop = 2." in verdict.message


def test_the_limit_is_twenty_seconds():
    assert running.SECONDS == 20


def test_an_input_changed_in_place_is_said_though_the_answer_is_right(loudness):
    def spoils(sound):
        loud = (sound * sound).mean().sqrt()
        sound -= sound.mean() + 1
        return loud

    verdict = judge(loudness, spoils)
    assert verdict.kind == "changed"
    assert "Your function changes its input `sound` in place." in verdict.message
    assert "Already right: the answer itself" in verdict.message


def test_an_input_changed_in_place_is_said_beside_a_wrong_answer(loudness):
    def spoils(sound):
        sound += 1
        return sound.mean()

    message = judge(loudness, spoils).message
    assert message.startswith("You have 1; expected is 3. Your function changes its input `sound` in place.")


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


@pytest.mark.parametrize(
    "value, says",
    [
        (2501, "You have 2501; expected is 2500."),
        (2.5, "You have 2.5; expected is 2500.\nThese are seconds."),
        (math.nan, "Your answer is NaN (not a number); 2500 is expected."),
        ("2500", "Your answer is text (str), where a number (float) is expected."),
        (math.sqrt, "`answer_99_milliseconds` is a function. The exercise asks for a value"),
        (..., "Nothing is written here yet."),
    ],
)
def test_a_wrong_value_has_its_sentence_too(toy, value, says):
    assert (
        judge(exercise("99.milliseconds"), value).message == says
        or says in judge(exercise("99.milliseconds"), value).message
    )


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
