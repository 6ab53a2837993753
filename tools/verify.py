"""`python -m tools.verify test` (or check): every step runs, whatever failed before; the end says which."""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-q", "--durations=10")
WORKERS = ("-n", "auto", "--dist", "loadfile")

LINT = {"lint": ("ruff", "check"), "format": ("ruff", "format", "--check")}
# What a step is called, and its command. `check` leaves out what takes long or needs a browser.
STEPS = {
    "check": {**LINT, "tests": (*PYTEST, *WORKERS, "-m", "not slow and not browser")},
    "test": {
        **LINT,
        "tests": (*PYTEST, *WORKERS, "-m", "not browser"),
        "notebooks": (*PYTEST, "-p", "tools.nbval_plugin", "--nbval", "notebooks"),
        "site": ("make", "book"),
        "browser": (*PYTEST, "-m", "browser"),
    },
}


@dataclass(frozen=True)
class Outcome:
    """How one step ended, and how long it took."""

    name: str
    passed: bool
    seconds: float


def run(name: str, command: tuple[str, ...]) -> Outcome:
    """Run one step in the checkout, its output going where ours goes."""
    print(f"\n== {name}: {' '.join(command[1:] if command[0] == sys.executable else command)}", flush=True)
    began = time.perf_counter()
    # Workers that share the cores, each with threads for all of them, wait for one another most of the time.
    threads = {"OMP_NUM_THREADS": "1"} if "-n" in command else {}
    environment = {**os.environ, **threads}
    passed = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment).returncode == 0
    return Outcome(name, passed, time.perf_counter() - began)


def summary(outcomes: list[Outcome]) -> str:
    """A line for each step, and a last one that says it all."""
    lines = [f"  {'passed' if o.passed else 'FAILED'}  {o.name:<10} {o.seconds:7.1f} s" for o in outcomes]
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    return "\n".join([*lines, f"FAILED: {', '.join(failed)}" if failed else "All passed."])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.verify", description=__doc__)
    parser.add_argument("which", choices=STEPS)
    steps = STEPS[parser.parse_args().which]
    outcomes = []
    try:
        for name, command in steps.items():
            outcomes.append(run(name, command))
    except KeyboardInterrupt:
        print(f"\nStopped. Not finished: {', '.join(list(steps)[len(outcomes) :])}.")
        return 130
    print(f"\n{summary(outcomes)}", flush=True)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
