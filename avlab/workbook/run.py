"""Running a learner's function on cases: each outcome kept, the inputs guarded, the time limited."""

import copy
import io
import sysconfig
import traceback
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import torch

import avlab
from avlab.workbook.arrays import EXACT
from avlab.workbook.compare import difference
from avlab.workbook.time_limit import TimeUp, at_most

SECONDS = 20.0
_MOST_PRINTED = 400


@dataclass(frozen=True)
class Outcome:
    """What a function did with one case: its result or its error, which input it changed, what it printed."""

    result: Any = None
    error: BaseException | None = None
    changed: int | None = None
    printed: str = ""


class TooSlow(Exception):
    """The function was still running a case when its time was up, at this line of its own."""

    def __init__(self, case: int, seconds: float, line: str):
        super().__init__(case, seconds, line)
        self.case, self.seconds, self.line = case, seconds, line


def run(function: Callable, cases: Iterable[tuple]) -> list[Outcome]:
    """What the function does with each case, on copies of it. Raises TooSlow once all took SECONDS."""
    outcomes: list[Outcome] = []
    try:
        with at_most(SECONDS):
            for case in cases:
                outcomes.append(_outcome(function, case))
    except TimeUp as up:
        raise TooSlow(len(outcomes), SECONDS, own_line(up.__traceback__)) from None
    return outcomes


def own_line(trace: TracebackType | None) -> str:
    """The learner's own line where it happened: "line 3: `return total / count`"; empty if there is none."""
    own = [part for part in traceback.extract_tb(trace) if not _is_library(part.filename)]
    if not own:
        return ""
    text = f": `{own[-1].line}`" if own[-1].line else ""
    return f"line {own[-1].lineno}{text}"


def copied(value: Any) -> Any:
    """A copy that shares no memory with the original. A generator, which has no copy, stays itself."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(copied(part) for part in value)
    if type(value) is dict:
        return {key: copied(part) for key, part in value.items()}
    try:
        return copy.deepcopy(value)
    except (TypeError, RuntimeError):  # what pickle and torch say of things that have no copy
        return value


def _outcome(function: Callable, case: tuple) -> Outcome:
    arguments, printed = copied(case), _Printed()
    try:
        # Warnings too: nbgrader takes anything on stderr for a failure.
        with redirect_stdout(printed), redirect_stderr(printed):
            result = function(*arguments)
    except (Exception, SystemExit) as error:
        return Outcome(error=error, printed=printed.getvalue())
    return Outcome(copied(result), None, _changed(case, arguments), printed.getvalue())


def _changed(before: tuple, after: tuple) -> int | None:
    pairs = enumerate(zip(before, after, strict=True))
    return next((index for index, (old, new) in pairs if difference(old, new, EXACT)), None)


class _Printed(io.StringIO):
    """What was printed, cut off before an endless loop fills the memory."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, _MOST_PRINTED - self.tell())])
        return len(text)


def _library_folders() -> list[str]:
    paths = sysconfig.get_paths()
    return [str(Path(avlab.__file__).parent), *{paths[part] for part in ("stdlib", "purelib", "platlib")}]


_LIBRARIES = tuple(_library_folders())


def _is_library(filename: str) -> bool:
    # "<@beartype(...)>", "<__array_function__ internals>"; a cell may be "<ipython-input-3-…>" or "<stdin>".
    return filename.startswith((*_LIBRARIES, "<@", "<__", "<frozen")) or "-packages" in filename
