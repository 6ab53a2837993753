"""`python -m tools.bench`: ours beside the field's own, in one run; the tables go to book/bench.md.

Subjects that are not named keep the tables that they have. DEVICE=cuda adds a column from an accelerator.
"""

import argparse
import datetime
import gc
import importlib
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from avlab import device
from avlab.files import replacing
from tools.bench import page
from tools.bench.contest import Contest, Disagreement, check, measure
from tools.notebooks.chapters import ROOT
from tools.notebooks.execute import machine

# A module here, and the title of its table.
SUBJECTS = {"reading": "Reading", "signals": "Signals", "vad": "Voice activity"}
PAGE = ROOT / "book" / "bench.md"


def main(arguments: list[str] | None = None) -> int:
    names = _names(arguments)
    devices = _devices(os.environ.get("DEVICE") or "cpu")
    try:
        measured = bench(names, devices)
    except Disagreement as problem:
        print(f"{problem}. Nothing was measured; the page is as it was.", file=sys.stderr)
        return 1
    sections = {SUBJECTS[name]: _section(name, measured[name], devices) for name in names}
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    with replacing(PAGE) as new:
        new.write_text(page.updated(old, sections, list(SUBJECTS.values())), encoding="utf-8")
    print("\n".join(["", *sections.values(), *_slower(measured)]))
    return 0


def bench(names: list[str], devices: list[torch.device]) -> dict[str, page.Measured]:
    """Every contest of these subjects: all results held against each other first, then all times."""
    measured = {name: page.Measured() for name in names}
    with tempfile.TemporaryDirectory() as folder:
        turns = [
            (name, on, contest)
            for name in names
            for on in devices
            for contest in _subject(name).contests(Path(folder), on)
        ]
        print(f"Comparisons: {len(turns)}. Do all give the same?", flush=True)
        seconds = sum(_check(contest, on, measured[name]) for name, on, contest in turns)
        print(f"They do. Measuring takes about {seconds:.0f} s.", flush=True)
        gc.freeze()  # imageio ends a film with a collection, which all that is loaded here would make slow
        for number, (name, on, contest) in enumerate(turns, 1):
            times = measure(contest, on)
            measured[name].times(on)[contest.what] = times
            said = ", ".join(f"{who} {page.ms(time)}" for who, time in times.items())
            print(f"{number}/{len(turns)} {contest.what}, in ms: {said}", flush=True)
    return measured


def _check(contest: Contest, on: torch.device, measured: page.Measured) -> float:
    """Note how all agree, and tell about how many seconds measuring will take."""
    words = measured.agreement.setdefault(contest.what, {})
    words |= check(contest) | words  # those of the processor stay
    # Not from the check itself: what is done for the first time is slow.
    return contest.repeats * sum(measure(replace(contest, repeats=1), on).values()) / 1000


def _section(name: str, measured: page.Measured, devices: list[torch.device]) -> str:
    versions = f"torch {torch.__version__}, threads: {torch.get_num_threads()}"
    there = "".join(f"; {torch.cuda.get_device_name() if on.type == 'cuda' else on}" for on in devices[1:])
    where = f"Measured on {datetime.date.today()} on {machine()}, {versions}{there}."
    return page.section(SUBJECTS[name], f"{where} {_subject(name).NOTE}", measured)


def _slower(measured: dict[str, page.Measured]) -> list[str]:
    rows = [row for each in measured.values() for row in each.slower()]
    return ["Ours is the slower one in:", *rows] if rows else ["Ours is nowhere the slower one."]


def _subject(name: str):
    return importlib.import_module(f"tools.bench.{name}")


def _devices(wanted: str) -> list[torch.device]:
    """The processor, and where more is wanted the best that there is."""
    found = [torch.device("cpu")] if wanted == "cpu" else [torch.device("cpu"), device.best()]
    if found[-1].type != wanted.partition(":")[0]:
        raise SystemExit(f"DEVICE={wanted}, but torch sees no such device. Leave DEVICE out.")
    return found


def _names(arguments: list[str] | None) -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument(
        "subjects", nargs="*", help=f"{', '.join(SUBJECTS)}; all when left out (about three minutes)"
    )
    chosen = parser.parse_args(arguments).subjects
    if unknown := set(chosen) - SUBJECTS.keys():
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return [name for name in SUBJECTS if not chosen or name in chosen]


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        print("\nStopped. The page is as it was.", file=sys.stderr)
        status = 130
    sys.exit(status)
