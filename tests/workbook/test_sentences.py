"""Each way of being wrong has a sentence of its own."""

import math

import pytest
import torch

from avlab.workbook import exercise, judge
from avlab.workbook import run as running
from tests.workbook.answers import all_but, right


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
