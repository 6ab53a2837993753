import functools
import sys

import numpy as np
import pytest
import torch

from avlab.workbook.run import copied, own_line, run


def test_each_case_has_its_outcome():
    good, bad = run(lambda number: 6 / number, [(3,), (0,)])
    assert (good.result, good.error) == (2.0, None)
    assert (bad.result, type(bad.error)) == (None, ZeroDivisionError)


def test_inputs_are_guarded_and_a_change_is_noticed():
    def doubles(first, second):
        second *= 2
        return second

    case = (torch.ones(2), torch.ones(2))
    outcomes = run(doubles, [case, case])
    assert [outcome.changed for outcome in outcomes] == [1, 1]
    assert case[1].tolist() == [1, 1]
    assert run(lambda first, second: second * 2, [case])[0].changed is None


def test_a_change_deep_inside_is_noticed():
    def appends(words):
        words["a"].append(3)

    assert run(appends, [({"a": [1]},)])[0].changed == 0


def test_a_result_does_not_change_after_it_was_given():
    def collects(number, kept=[]):  # noqa: B006
        kept.append(number)
        return kept

    first, second = run(collects, [(1,), (2,)])
    assert (first.result, second.result) == ([1], [1, 2])


def test_a_random_generator_starts_anew_for_each_function():
    cases = [(np.random.default_rng(3),)]
    draws = [run(lambda random: random.random(), cases)[0] for _ in range(2)]
    assert draws[0].result == draws[1].result
    assert draws[0].changed is None


def test_what_is_printed_is_kept_and_not_shown(capsys):
    (outcome,) = run(lambda: print("x" * 1000), [()])
    assert set(outcome.printed) == {"x"} and len(outcome.printed) == 400
    assert capsys.readouterr().out == ""


def test_what_goes_to_the_other_stream_is_kept_too(capsys):
    (outcome,) = run(lambda: print("take care", file=sys.stderr), [()])
    assert outcome.printed == "take care\n"
    assert capsys.readouterr().err == ""


def test_leaving_the_interpreter_is_an_error_like_others():
    (outcome,) = run(lambda: exit(), [()])
    assert isinstance(outcome.error, SystemExit)


def test_being_interrupted_by_the_learner_is_not_caught():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(interrupted, [()])


def test_the_line_is_the_learners_own_and_not_the_librarys():
    def adds():
        return torch.add(torch.zeros(2), torch.zeros(3))

    (outcome,) = run(adds, [()])
    line = own_line(outcome.error.__traceback__)
    assert line.endswith(": `return torch.add(torch.zeros(2), torch.zeros(3))`")
    assert line.startswith(f"line {adds.__code__.co_firstlineno + 1}")


def test_the_line_of_a_helper_of_the_learners_counts_as_own():
    def helper():
        return 1 / 0

    (outcome,) = run(lambda: helper(), [()])
    assert own_line(outcome.error.__traceback__).endswith("`return 1 / 0`")


def test_where_no_line_is_the_learners_none_is_named():
    (outcome,) = run(functools.partial(torch.add, torch.zeros(2), torch.zeros(3)), [()])
    assert own_line(outcome.error.__traceback__) == ""


def test_copies_share_no_memory():
    tensor, array, rows = torch.zeros(2), np.zeros(2), ([1], {"a": [2]})
    for value in (tensor, array, rows):
        other = copied(value)
        assert type(other) is type(value)
    copied(tensor)[0] = copied(array)[0] = 1
    copied(rows)[0].append(3)
    copied(rows)[1]["a"].append(3)
    assert (tensor.sum(), array.sum(), rows) == (0, 0, ([1], {"a": [2]}))


def test_what_has_no_copy_stays_itself():
    generator = (part for part in ())
    assert copied(generator) is generator
    made = torch.ones(2, requires_grad=True) * 2
    assert copied(made).tolist() == [2, 2]
