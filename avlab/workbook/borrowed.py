"""Answers that let somebody else's function do the exercise: noticed while they run, under whatever name."""

import functools
import inspect
from collections.abc import Callable

from avlab.workbook.compare import alike
from avlab.workbook.run import TooSlow, run
from avlab.workbook.trial import Trial
from avlab.workbook.watch import Call, Watch, code_of

# The field's own implementations, which chapters compare with. NumPy and torch are the ground one stands on.
# fmt: off
PEERS = frozenset({
    "av", "cv2", "decord", "gensim", "imageio", "jiwer", "librosa", "moviepy", "nltk", "parselmouth",
    "python_speech_features", "scipy", "silero_vad", "skimage", "sklearn", "soundfile", "torchaudio",
    "torchvision", "transformers", "whisper",
})
# fmt: on
_OURS = "avlab"


def lender(trial: Trial, answer: Callable) -> str | None:
    """The full name of the function that does the work in a right answer; None where it is the learner's own.

    It is the reference itself, called at any depth, or a function that the exercise forbids; or one of a
    peer whose package the reference does without; or one of avlab that the reference does without
    and that returns what the answer then returns, in most cases.
    """
    owner, reference = _owner(answer), trial.exercise.reference
    if code_of(owner) is None or _package(owner.__module__) in {_OURS, *PEERS}:
        return f"{owner.__module__ or 'builtins'}.{owner.__qualname__}"
    needed = _calls(reference, trial.cases, Watch({_OURS, *PEERS}, through=code_of(reference)))
    calls = _calls(
        answer, trial.cases, Watch({_OURS, *PEERS}, forbidden=[reference, *trial.exercise.forbidden])
    )
    names = {call.name for case in needed for call in case}
    packages = {_package(name) for name in names}
    for call in (call for case in calls for call in case):
        if call.forbidden or _package(call.name) in PEERS - packages:
            return call.name
    doing = [_doing(trial, index, case) for index, case in enumerate(calls)]
    suspects = [name for name in doing if name and name not in names]
    return suspects[0] if 2 * len(suspects) > len(calls) else None


def _owner(answer: Callable) -> Callable:
    """The function below a partial, a method, a decorated function or an object that can be called."""
    while isinstance(answer, functools.partial):
        answer = answer.func
    if not (inspect.isroutine(answer) or inspect.isclass(answer)):
        answer = type(answer).__call__
    return inspect.unwrap(getattr(answer, "__func__", answer))


def _package(name: str | None) -> str:
    return (name or "").split(".")[0]


def _calls(function: Callable, cases: list[tuple], watch: Watch) -> list[list[Call]]:
    """The calls into somebody else's code, case by case; the watch slows it, so perhaps not to the end."""
    calls = []
    for case in cases:
        try:
            run(watch.watched(function), [case])
        except TooSlow:
            break
        calls.append(watch.take())
    return calls


def _doing(trial: Trial, index: int, calls: list[Call]) -> str | None:
    """The name of the call that returned what the whole answer returned."""
    answer = trial.got[index].result
    given = (
        call.name for call in calls if call.result is not None and alike(call.result, answer, trial.rules)
    )
    return next(given, None)
