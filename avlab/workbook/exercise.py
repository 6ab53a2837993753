"""What an exercise is: a task, its answer, the cases it is tried on, and the mistakes people make in it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

LEAST_MISTAKES = 3


@dataclass(frozen=True, eq=False)
class Misconception:
    """A plausible wrong answer, and the sentence that names the mistake and points at its cause.

    `answer` is a wrong function (or a wrong value, where the exercise asks for a value).
    `says` is one or more whole sentences, to the learner: "It looks as if … . The step is `hop`."
    """

    answer: Any
    says: str


@dataclass(frozen=True, eq=False)
class Exercise:
    """One task of a chapter, with all that is needed to set it, check it and talk about it.

    `id`          the chapter's two digits, a dot and a name: "01.frame_on_screen".
    `difficulty`  1 to 5; an exercise earns as many `points`.
    `reference`   the right answer: a plain function, the library's own where there is one. Where the
                  exercise asks for a value (`cases` is None): the value, or a function without
                  parameters that computes it and ends in `return`.
    `mistakes`    at least three, each with its sentence.
    `cases`       from a `numpy.random.Generator` to tuples of positional arguments (or the only argument):
                  random ones, and awkward ones (empty, a single one, ties). Put the plainest first: a wrong
                  answer is shown on the first case that it gets wrong.
    `name`        what the learner writes; the reference's name unless given.
    `passed`      what the cases were, told on passing: "Twelve random films, among them an empty one."
    `rtol`, `atol`  tolerances of numpy.isclose for floats. Whole numbers and text are compared exactly.
    `describe`    from a case to words, where the automatic description says too much or too little.
    `forbidden`   dotted names whose use earns nothing ("torch.stft"), beside the reference itself and
                  what `borrowed.PEERS` lists.

    Raises ValueError where a part is missing or malformed. An exercise, whole::

        Exercise(
            id="01.samples_between", title="Cut sound by seconds", difficulty=2, minutes=10,
            hint="Sample i sounds at i / sample_rate. Which sample sounds at `start`?",
            reference=avlab.clocks.samples_between,
            cases=lambda random: [(0.0, 1.0, 8000), *((t, t + 0.5, 16000) for t in random.uniform(0, 9, 9))],
            mistakes=[
                Misconception(rounds_down, "It looks as if you cut off the fraction. Round to the nearest."),
                Misconception(both_ends, "You count the last sample too. It belongs to the next piece."),
                Misconception(in_seconds, "These are seconds. Samples are seconds times `sample_rate`."),
            ],
            passed="Ten pieces, from the first second on.",
        )
    """

    id: str
    title: str
    difficulty: int
    minutes: int
    hint: str
    reference: Any
    mistakes: list[Misconception]
    cases: Callable[[np.random.Generator], Iterable] | None = None
    name: str = ""
    passed: str = ""
    rtol: float = 1e-5
    atol: float = 1e-6
    describe: Callable[[tuple], str] | None = None
    forbidden: tuple[str, ...] = field(default=())

    def __post_init__(self):
        if not self.name and callable(self.reference):
            object.__setattr__(self, "name", self.reference.__name__)
        problems = [*_misnamed(self), *_unsaid(self), *_out_of_range(self), *_unfit(self)]
        if problems:
            raise ValueError(f"exercise {self.id}: {'; '.join(problems)}")

    @property
    def chapter(self) -> str:
        """The two digits of its chapter: "01"."""
        return self.id.split(".")[0]

    @property
    def points(self) -> int:
        """What passing it earns: as many points as it is difficult."""
        return self.difficulty

    @property
    def asks_for_function(self) -> bool:
        """Whether the learner writes a function; otherwise a value."""
        return self.cases is not None

    def inputs(self, seed: str) -> list[tuple]:
        """The cases of a seed, the same each time; a value's exercise has one case, of no arguments.

        Raises ValueError where there is none.
        """
        if not self.asks_for_function:
            return [()]
        random = np.random.default_rng(list(f"{self.id} {seed}".encode()))
        cases = [case if isinstance(case, tuple) else (case,) for case in self.cases(random)]
        if not cases:
            raise ValueError(f"exercise {self.id}: its generator makes no case")
        return cases


def _misnamed(exercise: Exercise) -> list[str]:
    problems = []
    if not re.fullmatch(r"\d\d\.[a-z][a-z0-9_]*", exercise.id):
        problems.append("its id is not of the form 01.lower_case_name")
    if not exercise.name.isidentifier():
        problems.append(f"the learner cannot write a name like {exercise.name!r}: give name=")
    return problems


def _unsaid(exercise: Exercise) -> list[str]:
    problems = [f"its {part} is empty" for part in ("title", "hint") if not getattr(exercise, part).strip()]
    sentences = [mistake.says for mistake in exercise.mistakes]
    if exercise.passed:
        sentences.append(exercise.passed)
    problems += [f"this is no sentence: {said!r}" for said in sentences if not said.strip().endswith(".")]
    if len(set(sentences)) < len(sentences):
        problems.append("two of its mistakes say the same")
    return problems


def _out_of_range(exercise: Exercise) -> list[str]:
    problems = []
    if exercise.difficulty not in range(1, 6):
        problems.append(f"its difficulty is {exercise.difficulty}, not 1 to 5")
    if exercise.minutes <= 0:
        problems.append(f"it takes {exercise.minutes} minutes")
    if len(exercise.mistakes) < LEAST_MISTAKES:
        problems.append(f"it has {len(exercise.mistakes)} mistakes, and needs {LEAST_MISTAKES}")
    return problems


def _unfit(exercise: Exercise) -> list[str]:
    if not exercise.asks_for_function:
        return []
    if not callable(exercise.reference):
        return ["it has cases, but its reference is no function"]
    if not all(callable(mistake.answer) for mistake in exercise.mistakes):
        return ["the answer of each of its mistakes must be a function, like its reference"]
    return []
