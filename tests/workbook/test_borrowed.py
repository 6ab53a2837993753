import dataclasses
import functools
import sys

import pytest
import torch

import avlab
from avlab.clocks import samples_between
from avlab.workbook import exercise, judge


@pytest.fixture
def cut(toy):
    return exercise("99.cut")


def own(start, end, sample_rate):
    return slice(round(start * sample_rate), round(end * sample_rate))


def under_another_name(start, end, sample_rate):
    from avlab.clocks import samples_between as mine

    return mine(start, end, sample_rate)


def taken_apart(start, end, sample_rate):
    piece = avlab.clocks.samples_between(start, end, sample_rate)
    return slice(piece.start, piece.stop)


def by_name(start, end, sample_rate):
    return getattr(sys.modules["avlab.clocks"], "samples_" + "between")(start, end, sample_rate)


def through_map(start, end, sample_rate):
    return next(map(samples_between, [start], [end], [sample_rate]))


def sometimes(start, end, sample_rate):
    return own(start, end, sample_rate) if start < 1 else samples_between(start, end, sample_rate)


@pytest.mark.parametrize(
    "answer",
    [
        samples_between,
        functools.partial(samples_between),
        under_another_name,
        taken_apart,
        by_name,
        through_map,
    ],
)
def test_a_function_of_the_library_that_does_the_work_is_seen(cut, answer):
    verdict = judge(cut, answer)
    assert verdict.kind == "borrowed"
    assert "`avlab.clocks.samples_between` does the work here." in verdict.message


def test_doing_most_of_the_work_is_enough(cut):
    assert judge(cut, sometimes).kind == "borrowed"


def test_ones_own_work_passes(cut):
    assert judge(cut, own).passed


def test_a_function_of_the_library_that_only_helps_may_be_called(cut):
    def with_help(start, end, sample_rate):
        avlab.Clip(audio=torch.zeros(3), sample_rate=8)[0:0.1]
        return own(start, end, sample_rate)

    assert judge(cut, with_help).passed


def test_a_help_that_happens_to_return_the_answer_now_and_then_is_no_loan(cut):
    first = cut.inputs("")[0]

    def checks_itself(*case):
        assert case != first or samples_between(*case)
        return own(*case)

    assert judge(cut, checks_itself).passed


def test_the_reference_is_seen_wherever_it_is_called(cut, toy):
    aliases = [
        toy.cut,
        lambda *case: toy.cut(*case),
        lambda *case: own(toy.cut(*case).start / case[2], *case[1:]),
    ]
    for answer in (*aliases, functools.wraps(toy.cut)(own)):
        verdict = judge(cut, answer)
        assert verdict.kind == "borrowed", answer
        assert "chapter_99.cut` does the work" in verdict.message


def test_what_the_reference_itself_calls_may_be_called(cut):
    lending = dataclasses.replace(cut, reference=taken_apart)
    assert judge(lending, under_another_name).passed


def test_a_peer_is_seen_though_its_result_is_worked_over(loudness):
    scipy = pytest.importorskip("scipy.linalg")

    def norm(sound):
        return torch.tensor(scipy.norm(sound.numpy())) / len(sound) ** 0.5

    verdict = judge(loudness, norm)
    assert verdict.kind == "borrowed"
    assert "`scipy.linalg" in verdict.message


def test_a_peer_written_in_c_is_seen(loudness):
    cv2 = pytest.importorskip("cv2")

    def norm(sound):
        return torch.tensor(cv2.norm(sound.numpy())) / len(sound) ** 0.5

    verdict = judge(loudness, norm)
    assert (verdict.kind, "`cv2.norm`" in verdict.message) == ("borrowed", True)


def test_importing_a_peer_is_not_using_it(loudness):
    pytest.importorskip("scipy")

    def imports(sound):
        sys.modules.pop("scipy.constants", None)
        import scipy.constants  # noqa: F401

        return (sound**2).mean().sqrt()

    assert judge(loudness, imports).passed


def test_what_an_exercise_forbids_is_seen_in_python_and_in_c(loudness):
    strict = dataclasses.replace(loudness, forbidden=("torch.functional.norm", "torch.std", "absent.name"))
    python = judge(strict, lambda sound: torch.functional.norm(sound) / len(sound) ** 0.5)
    assert (python.kind, "`torch.functional.norm`" in python.message) == ("borrowed", True)
    builtin = judge(strict, lambda sound: (torch.std(sound, correction=0) ** 2 + sound.mean() ** 2).sqrt())
    assert builtin.kind == "borrowed"


def test_somebody_elses_profiler_is_given_back(cut):
    def profiler(*_):
        return None

    sys.setprofile(profiler)
    try:
        judge(cut, own)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)


def test_a_wrong_answer_is_told_its_mistake_first(cut, toy):
    verdict = judge(
        cut, lambda start, end, sample_rate: samples_between(start, end + 1 / sample_rate, sample_rate)
    )
    assert verdict.misconception is cut.mistakes[1]
