"""An answer tried on an exercise's cases, beside what the reference does with them."""

from dataclasses import dataclass
from typing import Any

from avlab.workbook.arrays import Rules
from avlab.workbook.compare import difference
from avlab.workbook.exercise import Exercise
from avlab.workbook.run import Outcome, run


@dataclass(frozen=True)
class Trial:
    """The cases of a seed, and case by case the outcome of the reference and of an answer."""

    exercise: Exercise
    cases: list[tuple]
    expected: list[Outcome]
    got: list[Outcome]

    @property
    def rules(self) -> Rules:
        """How close this exercise wants floats to be."""
        return Rules(self.exercise.rtol, self.exercise.atol)

    def wrong(self, outcomes: list[Outcome]) -> list[int]:
        """The cases in which these outcomes differ from the reference's."""
        pairs = enumerate(zip(outcomes, self.expected, strict=True))
        return [index for index, (got, expected) in pairs if _is_wrong(got, expected, self.rules)]


def attempt(exercise: Exercise, answer: Any, cases: list[tuple]) -> Trial:
    """The reference and an answer, each tried on copies of the cases. Raises TooSlow for a slow answer."""
    expected = run(as_function(exercise.reference), cases)
    return Trial(exercise, cases, expected, run(as_function(answer), cases))


def as_function(answer: Any):
    """A value as a function without parameters that returns it, so that both are tried alike."""
    return answer if callable(answer) else lambda: answer


def _is_wrong(got: Outcome, expected: Outcome, rules: Rules) -> bool:
    if expected.error or got.error:
        return not (expected.error and isinstance(got.error, type(expected.error)))
    spoilt = got.changed is not None and expected.changed is None
    return spoilt or difference(expected.result, got.result, rules) is not None
