"""One thing done by us and by others: first held to be equal, then measured in turn."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

Work = Callable[[], Any]
# How two results agree, in a few words. Raises Disagreement where they do not.
Compare = Callable[[Any, Any], str]


class Disagreement(Exception):
    """Two libraries did not give the same, so their times say nothing."""


@dataclass(frozen=True)
class Contest:
    """Something that we do, and how others do the same."""

    what: str
    ours: Work
    peers: dict[str, Work]
    compare: Compare
    repeats: int = 9


def within(tolerance: float) -> Compare:
    """Compares numbers: no two may differ by more than `tolerance`."""

    def compare(ours: Any, theirs: Any) -> str:
        ours, theirs = torch.as_tensor(ours).cpu(), torch.as_tensor(theirs).cpu()
        if ours.shape != theirs.shape:
            raise Disagreement(f"the shapes are {tuple(ours.shape)} and {tuple(theirs.shape)}")
        ours = ours if ours.is_complex() else ours.double()  # bytes would wrap around
        difference = (ours - theirs).abs().max().item()
        if not difference <= tolerance:  # nor may it be NaN
            raise Disagreement(f"the results differ by {difference:.2g}, more than {tolerance:g}")
        return f"differs by {difference:.1g}" if difference else "the same"

    return compare


def check(contest: Contest) -> dict[str, str]:
    """By the name of each other, how its result agrees with ours. Raises Disagreement where it does not."""
    ours, words = contest.ours(), {}
    for name, work in contest.peers.items():
        try:
            words[name] = contest.compare(ours, work())
        except Disagreement as problem:
            raise Disagreement(f"{contest.what}, {name}: {problem}") from None
    return words


def measure(contest: Contest, device: torch.device) -> dict[str, float]:
    """Median milliseconds of "ours" and, by name, of each other.

    All take turns, so that a busy moment of the machine falls on all.
    """
    runners = {"ours": contest.ours, **contest.peers}
    rounds = [[_seconds(work, device) for work in runners.values()] for _ in range(contest.repeats)]
    medians = [1000 * statistics.median(column) for column in zip(*rounds, strict=True)]
    return dict(zip(runners, medians, strict=True))


def _seconds(work: Work, device: torch.device) -> float:
    began = time.perf_counter()
    work()
    torch.get_device_module(device).synchronize()  # an accelerator returns before it has finished
    return time.perf_counter() - began
