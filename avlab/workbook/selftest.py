"""Is an exercise itself right? Its worked solution passes, and everything that should fail fails, by name."""

from collections.abc import Callable, Iterator
from typing import Any

from avlab.workbook.arrays import EXACT
from avlab.workbook.cells import imports_cell, solution_cell
from avlab.workbook.compare import difference
from avlab.workbook.exercise import Exercise
from avlab.workbook.run import run
from avlab.workbook.trial import as_function, attempt
from avlab.workbook.verdict import Verdict, judge

VISIBLE = ""
# What a grader may choose; any other would do.
HIDDEN = ("grader", "another grader")


def faults(exercise: Exercise) -> list[str]:
    """What is wrong with an exercise, a sentence each; empty when it can be set. Chapter 1."""
    parts = (_of_the_cases, _of_the_solution, _of_the_mistakes, _of_cheating)
    return [f"{exercise.id}: {fault}" for part in parts for fault in part(exercise)]


def worked(exercise: Exercise) -> Any:
    """The answer that the solution cell makes when it runs, after the cell of imports."""
    names: dict = {}
    exec(compile(imports_cell([exercise]), f"<imports of {exercise.id}>", "exec"), names)
    exec(compile(solution_cell(exercise), f"<solution of {exercise.id}>", "exec"), names)
    return names[exercise.name]


def by_heart(exercise: Exercise, seed: str = VISIBLE) -> Callable:
    """An answer that knows the cases of a seed and what comes of each, and nothing else."""
    cases = exercise.inputs(seed)
    known = list(zip(cases, run(exercise.reference, cases), strict=True))

    def answer(*arguments):
        outcome = next(
            (got for case, got in known if difference(case, arguments, EXACT) is None), known[0][1]
        )
        if outcome.error:
            raise outcome.error
        return outcome.result

    return answer


def is_right(exercise: Exercise, answer: Any, seed: str) -> bool:
    """Whether an answer gives what the reference gives, whoever may have written it."""
    trial = attempt(exercise, answer, exercise.inputs(seed))
    return not trial.wrong(trial.got)


def _of_the_cases(exercise: Exercise) -> Iterator[str]:
    first, second = exercise.inputs(VISIBLE), exercise.inputs(VISIBLE)
    if difference(first, second, EXACT):
        yield "the same seed gives other cases the second time: take all randomness from the generator."
    changed = [outcome.changed for outcome in run(as_function(exercise.reference), first)]
    if any(part is not None for part in changed):
        yield "the reference changes its input."


def _of_the_solution(exercise: Exercise) -> Iterator[str]:
    for seed in (VISIBLE, *HIDDEN):
        verdict = judge(exercise, worked(exercise), seed)
        if not verdict.passed:
            yield f"its worked solution does not pass: {verdict.message}"
    blank = judge(exercise, _blank if exercise.asks_for_function else ...)
    if blank.kind != "unwritten":
        yield f"a blank answer is not seen to be blank: {blank.message}"


def _of_the_mistakes(exercise: Exercise) -> Iterator[str]:
    for mistake in exercise.mistakes:
        verdict = judge(exercise, mistake.answer, VISIBLE)
        if is_right(exercise, mistake.answer, VISIBLE):
            yield f"this mistake gives the right answer in every case: {mistake.says}"
        elif verdict.misconception is not mistake:
            yield f"this mistake is not named: {mistake.says} {_instead(verdict)}"
        elif any(is_right(exercise, mistake.answer, seed) for seed in HIDDEN):
            yield f"this mistake passes on a hidden seed: {mistake.says}"


def _instead(verdict: Verdict) -> str:
    other = verdict.misconception
    return f"No case tells it from: {other.says}" if other else f"The check says: {verdict.message}"


def _of_cheating(exercise: Exercise) -> Iterator[str]:
    if not exercise.asks_for_function:
        return
    if any(is_right(exercise, by_heart(exercise), seed) for seed in HIDDEN):
        yield "an answer that knows the visible cases by heart passes on a hidden seed."
    if judge(exercise, lambda *arguments: exercise.reference(*arguments), VISIBLE).kind != "borrowed":
        yield "an answer that only calls the reference is not told so."


def _blank(*_):
    raise NotImplementedError
