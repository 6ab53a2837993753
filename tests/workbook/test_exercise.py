import dataclasses

import numpy as np
import pytest

from avlab.errors import AvlabError
from avlab.workbook import exercise, exercises
from avlab.workbook.exercise import Exercise, Misconception


def an_exercise(**changes) -> Exercise:
    mistakes = [Misconception(abs, f"It is {word}.") for word in ("one", "two", "three")]
    parts = {
        "id": "98.minus",
        "title": "Minus",
        "difficulty": 2,
        "minutes": 3,
        "hint": "Think.",
        "reference": minus,
    }
    return Exercise(**{**parts, "mistakes": mistakes, "cases": numbers, **changes})


def minus(number):
    return -number


def numbers(random):
    yield (0,)
    yield from ((int(number),) for number in random.integers(-9, 9, 5))


def test_points_chapter_and_name_follow_from_the_rest():
    made = an_exercise()
    assert (made.points, made.chapter, made.name) == (2, "98", "minus")


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"id": "98minus"}, "not of the form"),
        ({"id": "98.Minus"}, "not of the form"),
        ({"title": " "}, "title is empty"),
        ({"hint": ""}, "hint is empty"),
        ({"difficulty": 6}, "difficulty is 6"),
        ({"minutes": 0}, "takes 0 minutes"),
        ({"name": "two words"}, "cannot write a name"),
        ({"mistakes": [Misconception(abs, "It is.")] * 2}, "has 2 mistakes"),
        ({"mistakes": [Misconception(abs, "It is.")] * 3}, "say the same"),
        ({"mistakes": [Misconception(abs, f"{i}. no stop") for i in range(3)]}, "no sentence"),
        ({"passed": "Six numbers"}, "no sentence"),
        ({"reference": 3, "name": "three"}, "no function"),
        ({"mistakes": [Misconception(i, f"It is {i}.") for i in range(3)]}, "must be a function"),
        ({"reference": 3, "cases": None}, "cannot write a name"),
    ],
)
def test_what_is_missing_or_malformed_is_refused(changes, problem):
    with pytest.raises(ValueError, match=problem):
        an_exercise(**changes)


def test_a_seed_gives_its_own_cases_and_the_same_ones_again():
    made = an_exercise()
    assert made.inputs("a") == made.inputs("a")
    assert made.inputs("a") != made.inputs("b")
    assert made.inputs("a") != dataclasses.replace(made, id="98.other").inputs("a")


def test_a_case_that_is_no_tuple_is_the_only_argument():
    made = an_exercise(cases=lambda random: [np.arange(3), (4,)])
    (first,), second = made.inputs("")
    assert first.tolist() == [0, 1, 2]
    assert second == (4,)


def test_chapters_are_discovered_in_order(toy):
    ids = [one.id for one in exercises()]
    assert ids[-4:] == ["99.positions", "99.loudness", "99.cut", "99.milliseconds"]
    assert ids.index("01.frame_on_screen") < ids.index("99.positions")
    assert exercise("99.cut").title == "Cut"


def test_an_unknown_id_is_answered_with_near_ones(toy):
    with pytest.raises(AvlabError, match=r"99.position: .* Did you mean 99.positions"):
        exercise("99.position")
    with pytest.raises(AvlabError, match="there is no exercise"):
        exercise("97.x")
