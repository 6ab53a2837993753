"""Finding the mistake: which known wrong answer does the same as the learner's, on the same cases."""

from dataclasses import dataclass

from avlab.workbook.arrays import Rules
from avlab.workbook.compare import alike, difference
from avlab.workbook.exercise import Misconception
from avlab.workbook.run import Outcome, run
from avlab.workbook.trial import Trial, as_function

# A learner often makes a known mistake and stumbles over an awkward case besides. The mistake is still
# named where the two agree on this share of all cases.
_SHARE = 2 / 3


@dataclass(frozen=True)
class Recognised:
    """A known mistake, and the cases that go wrong in just its way."""

    misconception: Misconception
    explains: list[int]


def recognise(trial: Trial) -> Recognised | None:
    """The known mistake that does what the learner's answer does; None where none does.

    The one that agrees with it on most cases, if wherever both go wrong they go wrong alike.
    """
    best, most = None, 0
    wrong = set(trial.wrong(trial.got))
    for misconception in trial.exercise.mistakes:
        known = run(as_function(misconception.answer), trial.cases)
        triples = zip(known, trial.got, trial.expected, strict=True)
        same = {index for index, triple in enumerate(triples) if _same(*triple, trial.rules)}
        shared = wrong & set(trial.wrong(known))
        if len(same) > most and shared & same and _tells(trial, shared, same):
            best, most = Recognised(misconception, sorted(shared & same)), len(same)
    return best


def _tells(trial: Trial, shared: set[int], same: set[int]) -> bool:
    if len(same) == len(trial.cases):
        return True
    # Where only two answers are possible, two wrong ones agree by themselves: only all of them tell.
    if all(isinstance(outcome.result, bool) for outcome in trial.expected):
        return False
    stumbles = {index for index in shared if trial.got[index].error}
    return shared - stumbles <= same and len(same) >= _SHARE * len(trial.cases)


def _same(known: Outcome, got: Outcome, expected: Outcome, rules: Rules) -> bool:
    if known.error or got.error:
        return type(known.error) is type(got.error)
    if expected.error is None and alike(expected.result, known.result, rules):
        # Wrong in its kind or number type, or in what it does to its input, if at all: that must agree.
        return known.changed == got.changed and difference(known.result, got.result, rules) is None
    return alike(known.result, got.result, rules)
