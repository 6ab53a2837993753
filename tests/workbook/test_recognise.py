import dataclasses

import torch

from avlab.workbook import judge
from avlab.workbook.exercise import Misconception


def named(exercise, answer) -> str | None:
    found = judge(exercise, answer).misconception
    return found and found.says


def test_the_same_wrong_result_written_otherwise_is_recognised(positions):
    def hops_by_length(samples, length, hop):
        if hop <= 0:
            raise ValueError
        starts, start = [], 0
        while start + length <= samples:
            starts.append(start)
            start += length
        return torch.tensor(starts, dtype=torch.int64)

    assert named(positions, hops_by_length) == positions.mistakes[0].says


def test_a_known_mistake_in_other_number_types_is_recognised(positions, toy):
    def in_doubles(samples, length, hop):
        return toy.last_frame_hangs_over(samples, length, hop).double()

    assert named(positions, in_doubles) == positions.mistakes[1].says


def test_a_known_mistake_is_recognised_though_an_awkward_case_stops_it(positions, toy):
    def stumbles(samples, length, hop):
        assert hop > 0 and samples > length
        return toy.step_is_length(samples, length, hop)

    verdict = judge(positions, stumbles)
    assert verdict.misconception is positions.mistakes[0]
    assert "That explains 9 of the 12 cases that go wrong, not all." in verdict.message


def test_a_mistake_that_explains_little_is_not_named(positions, toy):
    def stumbles_mostly(samples, length, hop):
        assert samples == 16
        return toy.step_is_length(samples, length, hop)

    assert named(positions, stumbles_mostly) is None


def test_the_case_shown_is_one_that_the_mistake_explains(positions, toy):
    def stumbles_first(samples, length, hop):
        assert samples != 16
        return toy.last_frame_hangs_over(samples, length, hop)

    verdict = judge(positions, stumbles_first)
    assert verdict.misconception is positions.mistakes[1]
    assert "samples = 3, length = 4, hop = 2" in verdict.message


def test_what_agrees_with_a_mistake_only_where_both_are_right_is_not_recognised(positions, toy):
    def wrong_in_one(samples, length, hop):
        return toy.positions(samples, length, hop) if samples != 4 else torch.tensor([3])

    verdict = judge(positions, wrong_in_one)
    assert (verdict.passed, verdict.misconception) == (False, None)


def test_random_answers_are_not_recognised(positions, loudness):
    assert named(positions, lambda samples, length, hop: torch.arange(3)) is None
    assert named(loudness, lambda sound: sound.sum()) is None


def test_a_wrong_number_type_is_a_mistake_of_its_own(positions):
    def as_floats(samples, length, hop):
        if hop <= 0:
            raise ValueError
        return torch.tensor([float(start) for start in range(0, samples - length + 1, hop)])

    assert named(positions, as_floats) == positions.mistakes[2].says


def test_another_wrong_number_type_is_not_that_mistake(positions, toy):
    assert named(positions, lambda *case: toy.positions(*case).to(torch.int16)) is None


def test_spoiling_the_input_can_be_a_known_mistake(loudness):
    def squares(sound):
        sound *= sound
        return sound.mean().sqrt()

    assert named(loudness, squares) == loudness.mistakes[2].says


def test_where_only_two_answers_are_possible_all_must_agree(positions):
    loud = [Misconception(lambda number: number > 4, "Four is loud too.")]
    quiet = [Misconception(lambda number: number >= 0, "It is loud from four on.")]
    never = [Misconception(lambda number: False, "Some are loud.")]
    yes_or_no = dataclasses.replace(
        positions,
        reference=lambda number: number >= 4,
        name="is_loud",
        mistakes=loud + quiet + never,
        cases=lambda random: [(number,) for number in range(10)],
    )
    assert named(yes_or_no, lambda number: number >= 5) == "Four is loud too."
    assert named(yes_or_no, lambda number: number >= 1) is None


def test_raising_alike_is_wrong_alike(loudness):
    divides = Misconception(
        lambda sound: sound.sum() / (len(sound) - len(sound)) / 0, "You divide by nothing."
    )
    raises = Misconception(lambda sound: 1 // 0, "You divide by zero.")
    known = dataclasses.replace(loudness, mistakes=[*loudness.mistakes, divides, raises])
    assert named(known, lambda sound: 3 % 0) == "You divide by zero."


def test_spoiling_one_input_is_not_spoiling_another(loudness):
    def spoils(which):
        def answer(left, right):
            total = left + right
            (left, right)[which].zero_()
            return total

        return answer

    mistakes = [Misconception(spoils(0), "You clear the left one.")]
    mistakes.append(Misconception(lambda left, right: left * right, "Add them."))
    mistakes.append(Misconception(lambda left, right: left - right, "You take one away."))
    both = dataclasses.replace(
        loudness,
        reference=lambda left, right: left + right,
        name="together",
        mistakes=mistakes,
        cases=lambda random: [(torch.tensor([n]), torch.tensor([n + 1])) for n in range(1, 4)],
    )
    assert named(both, spoils(0)) == "You clear the left one."
    assert named(both, spoils(1)) is None
