"""Reads the files named on stdin, one after the other, and prints what came of each as a line of JSON."""

import faulthandler
import json
import resource
import sys
from pathlib import Path

import torch

import avlab
from avlab.errors import MediaError

SECONDS = 20  # for one file, after which the process ends itself and says where it hung
MEMORY = 8 << 30  # bytes of address space: who asks for more than this for a file of some kilobytes fails


def outcome(path: Path, original: avlab.Clip | None) -> dict:
    problem = None
    try:
        clip, kind = avlab.read(path), "Clip"
    except MediaError as error:
        clip, kind, problem = error.partial, type(error).__name__, error.problem
    found = {"file": path.name, "kind": kind, "frames": 0, "samples": 0, "equal": True, "problem": problem}
    if clip is None:
        return found
    if clip.frames is not None:
        found["frames"] = len(clip.frames)
        if original is not None and original.frames is not None:
            found["equal"] = torch.equal(clip.frames, original.frames[: len(clip.frames)])
    if clip.audio is not None:
        found["samples"] = len(clip.audio)
        if original is not None:
            found["equal"] &= torch.equal(clip.audio, original.audio[: len(clip.audio)])
    return found


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    originals: dict[str, avlab.Clip] = {}
    for line in sys.stdin:
        name, source = json.loads(line)
        if source and source not in originals:
            originals[source] = avlab.read(source)
        print(json.dumps({"begin": name}), flush=True)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        found = outcome(Path(name), originals.get(source))
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
