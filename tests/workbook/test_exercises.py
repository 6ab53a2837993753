"""Every exercise of every chapter, held to what an exercise has to be. And the test that does so, held to it."""

import dataclasses
import importlib.util
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import torch

from avlab.workbook import exercises, judge
from avlab.workbook.exercise import Misconception
from avlab.workbook.selftest import by_heart, faults, is_right

WRONG_ANSWERS = Path(__file__).parent / "wrong_answers"
EACH = 5
NAMED = 0.7
CHAPTERS = sorted({exercise.chapter for exercise in exercises()})


@pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.id)
def test_an_exercise_is_right_itself(exercise):
    assert faults(exercise) == []


def test_ids_and_names_are_given_once():
    for part in ("id", "name"):
        counts = Counter(getattr(exercise, part) for exercise in exercises())
        assert [given for given, count in counts.items() if count > 1] == []


# --- wrong answers by somebody who has seen the exercise, and not the list of its mistakes ---------


def wrong_answers(chapter: str) -> dict[str, list]:
    """ANSWERS of wrong_answers/chapter_NN.py: for each id, five wrong functions or values."""
    path = WRONG_ANSWERS / f"chapter_{chapter}.py"
    if not path.exists():
        pytest.fail(f"{path.name} is missing: {EACH} wrong answers to each exercise, by somebody else")
    spec = importlib.util.spec_from_file_location(f"wrong_answers_{chapter}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ANSWERS


@cache
def verdicts(chapter: str) -> list[tuple]:
    """Each exercise of a chapter, each outsider's answer to it, and what the check says."""
    answers = wrong_answers(chapter)
    mine = [exercise for exercise in exercises() if exercise.chapter == chapter]
    assert {id: len(given) for id, given in answers.items()} == {one.id: EACH for one in mine}
    return [(one, answer, judge(one, answer)) for one in mine for answer in answers[one.id]]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_exercise_has_its_five_outsiders_and_all_fail(chapter):
    told = [(one.id, answer, verdict.passed) for one, answer, verdict in verdicts(chapter)]
    assert [(id, answer) for id, answer, passed in told if passed] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_most_outsiders_hear_their_mistake_named(chapter):
    told = verdicts(chapter)
    unnamed = [f"{one.id} {answer}: {got.message}" for one, answer, got in told if not got.misconception]
    assert len(unnamed) <= (1 - NAMED) * len(told), "\n\n".join(unnamed)


# --- the self-test finds what it is there to find --------------------------------------------------


def test_the_toys_are_right(toy):
    assert [fault for exercise in toy.EXERCISES for fault in faults(exercise)] == []


def fault_of(exercise, **changes) -> str:
    return "\n".join(faults(dataclasses.replace(exercise, **changes)))


def test_two_mistakes_that_no_case_tells_apart_are_reported(loudness, toy):
    twin = Misconception(lambda sound: (sound * sound).mean(), "A root is missing here.")
    said = fault_of(loudness, mistakes=[*loudness.mistakes, twin])
    assert (
        "this mistake is not named: A root is missing here. No case tells it from: This is the power." in said
    )


def test_a_mistake_that_is_right_is_reported(loudness):
    harmless = Misconception(lambda sound: (sound * sound).mean() ** 0.5, "You take the power.")
    said = fault_of(loudness, mistakes=[*loudness.mistakes, harmless])
    assert said == "99.loudness: this mistake gives the right answer in every case: You take the power."


def test_cases_without_randomness_are_reported(loudness):
    said = fault_of(loudness, cases=lambda random: [(torch.tensor([3.0, -1.0]),)])
    assert "knows the visible cases by heart passes" in said


def test_cases_that_do_not_follow_the_seed_are_reported(loudness):
    assert "the same seed gives other cases" in fault_of(loudness, cases=lambda random: [(torch.rand(5),)])


def test_a_reference_that_spoils_its_input_is_reported(loudness, toy):
    said = fault_of(loudness, reference=toy.squares_in_place)
    assert "the reference changes its input." in said


def test_no_case_at_all_is_reported(loudness):
    with pytest.raises(ValueError, match="no case"):
        faults(dataclasses.replace(loudness, cases=lambda random: []))


def test_knowing_by_heart_passes_what_it_knows(loudness, positions):
    for exercise in (loudness, positions):
        assert is_right(exercise, by_heart(exercise), "")
        assert not is_right(exercise, by_heart(exercise), "grader")


def test_the_toy_chapter_is_gone_after_a_test():
    assert "99.cut" not in [exercise.id for exercise in exercises()]
    assert "avlab.workbook.exercises.chapter_99" not in sys.modules
