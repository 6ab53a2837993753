"""A watch over a running function: which functions of certain packages it calls, and what they return."""

import inspect
import pkgutil
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from types import BuiltinFunctionType, CodeType, FrameType
from typing import Any


@dataclass(frozen=True)
class Call:
    """A call into a watched package, by the function's full name, and what came back."""

    name: str
    result: Any = None
    forbidden: bool = False


def code_of(function: Any) -> CodeType | None:
    """The code of a function written in Python, under its decorators; None where there is none."""
    return getattr(inspect.unwrap(function), "__code__", None)


class Watch:
    """Notes the calls that a function makes into `packages`, and `forbidden` ones at any depth.

    What a noted call calls in its turn is its own affair, and so is what an import does. The code
    `through` is looked through, so that the calls of a library's function can be watched too.
    """

    def __init__(
        self,
        packages: Collection[str],
        forbidden: Iterable[Callable | str] = (),
        through: CodeType | None = None,
    ):
        functions = [found for one in forbidden for found in _loaded(one)]
        self._packages, self._through = packages, through
        self._forbidden_codes = {code_of(one) for one in functions} - {None}
        self._forbidden_builtins = [one for one in functions if code_of(one) is None]
        self._calls: list[Call] = []
        self._inside: FrameType | None = None

    def watched(self, function: Callable) -> Callable:
        """The same function, with the watch on while it runs."""

        def run(*arguments):
            before = sys.getprofile()
            sys.setprofile(self._notice)
            try:
                return function(*arguments)
            finally:
                sys.setprofile(before)
                self._inside = None

        return run

    def take(self) -> list[Call]:
        """The calls noted since the last time."""
        calls, self._calls = self._calls, []
        return calls

    def _notice(self, frame: FrameType, event: str, value: Any) -> None:
        if event == "call":
            self._enter(frame)
        elif event == "return" and frame is self._inside:
            self._inside = None
            self._calls.append(Call(_frame_name(frame), value))
        elif event == "c_call":
            self._builtin(value)

    def _enter(self, frame: FrameType) -> None:
        if frame.f_code in self._forbidden_codes:
            self._calls.append(Call(_frame_name(frame), forbidden=True))
        elif self._inside is None and (_imports(frame) or self._counts(frame)):
            self._inside = frame

    def _counts(self, frame: FrameType) -> bool:
        # "<@": the wrapper in which beartype checks types, when the tests run.
        wrapper = frame.f_code is self._through or frame.f_code.co_filename.startswith("<@")
        return not wrapper and _package(_module(frame)) in self._packages

    def _builtin(self, function: BuiltinFunctionType) -> None:
        if any(function is one for one in self._forbidden_builtins):
            self._calls.append(Call(_builtin_name(function, self._packages), forbidden=True))
        elif self._inside is None:
            name = _builtin_name(function, self._packages)
            if _package(name) in self._packages:
                self._calls.append(Call(name))


def _loaded(function: Callable | str) -> list[Callable]:
    """The function of a dotted name, where its package is loaded; one that is not cannot have been called."""
    if not isinstance(function, str):
        return [function]
    return [pkgutil.resolve_name(function)] if _package(function) in sys.modules else []


def _package(name: str) -> str:
    return name.split(".")[0]


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__") or ""


def _imports(frame: FrameType) -> bool:
    return _package(_module(frame)) in ("importlib", "_frozen_importlib")


def _frame_name(frame: FrameType) -> str:
    return f"{_module(frame)}.{frame.f_code.co_qualname}"


def _builtin_name(function: BuiltinFunctionType, packages: Collection[str]) -> str:
    module = getattr(function, "__module__", None)
    if module is None:
        # OpenCV's functions do not say where they are from.
        homes = (package for package in packages if package in sys.modules)
        name = function.__name__
        module = next((home for home in homes if vars(sys.modules[home]).get(name) is function), "")
    return f"{module}.{function.__name__}"
