"""The stored page: a section for each subject, with a table and the machine and day of its measurement."""

import re
from dataclasses import dataclass, field

import torch

HEAD = """\
# How fast

Made by `make bench`. Ours and the others take turns, after their results were held against each other; a time
is the median of the turns, in milliseconds. A ratio above 1 says that ours is faster. The last column is the
same on an accelerator: ours, the other, and the ratio. "—" stands where the other does not run.
"""
COLUMNS = ("what", "ours", "the other", "the other's", "ratio", "agreement", "on an accelerator")

Times = dict[str, float]  # milliseconds, "ours" and by the name of each other


@dataclass
class Measured:
    """Of one subject, by what was done: the times here, those on an accelerator, and how results agree."""

    here: dict[str, Times] = field(default_factory=dict)
    there: dict[str, Times] | None = None
    agreement: dict[str, dict[str, str]] = field(default_factory=dict)

    def times(self, device: torch.device) -> dict[str, Times]:
        """Where to put what is measured on this device."""
        if device.type == "cpu":
            return self.here
        self.there = {} if self.there is None else self.there
        return self.there

    def slower(self) -> list[str]:
        """Where somebody else was faster."""
        return [
            f"{what}: {name} {ms(other)}, ours {ms(times['ours'])}"
            for what, times in self.here.items()
            for name, other in times.items()
            if other < times["ours"]
        ]


def section(title: str, about: str, measured: Measured) -> str:
    """The title, what there is to say about the measurement, and the table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for what, times in measured.here.items():
        there = _there(measured, what)
        for name in dict.fromkeys([*times, *there]):
            if name != "ours":
                agreement = measured.agreement[what][name]
                cells = [what, ms(times["ours"]), name, *_other(times, name), agreement]
                lines.append(f"| {' | '.join([*cells, _cell(measured, what, name)])} |")
    return "\n\n".join([f"## {title}", about, "\n".join(lines)]) + "\n"


def updated(page: str, sections: dict[str, str], order: list[str]) -> str:
    """The page with these sections, by their titles; the others stay as they were."""
    old = {part.splitlines()[0][3:]: part.rstrip() + "\n" for part in re.split("(?m)^(?=## )", page)[1:]}
    parts = old | sections
    return "\n".join([HEAD, *(parts[title] for title in order if title in parts)])


def ms(milliseconds: float) -> str:
    """A time with three digits or so."""
    return f"{milliseconds:.{0 if milliseconds >= 100 else 1 if milliseconds >= 10 else 2}f}"


def _other(times: Times, name: str) -> list[str]:
    return [ms(times[name]), f"{times[name] / times['ours']:.2f}"] if name in times else ["—", "—"]


def _there(measured: Measured, what: str) -> Times:
    return (measured.there or {}).get(what, {})


def _cell(measured: Measured, what: str, name: str) -> str:
    if measured.there is None:
        return "not measured"
    times = _there(measured, what)
    return ", ".join([ms(times["ours"]), *_other(times, name)]) if times else "—"
