import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import avlab
from avlab import errors
from tests.media.made import SOUND_ONLY, WITH_PICTURES, film, sound_of
from tests.media.spoiling import Spoiled, packets, spoil

SPECIFIC = {"Clip"} | {kind.__name__ for kind in errors.MediaError.__subclasses__()}
SEED = 2024
CHILD = Path(__file__).with_name("fuzz_child.py")
BATCH, WORKERS, PATIENCE = 250, 2, 240  # files for one process, processes at once, seconds for each


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("sources")
    clip = film(seconds=1.4, height=32, width=48)
    return [
        avlab.write(clip if suffix in WITH_PICTURES else sound_of(clip), folder / f"film{suffix}")
        for suffix in WITH_PICTURES + SOUND_ONLY
    ]


def read_in_a_process_of_its_own(batch: list[Spoiled]) -> list[dict]:
    """What came of each file; fails, naming the file, when the process crashed, hung or spoke."""
    lines = "\n".join(
        json.dumps([str(one.path), str(one.source) if one.kind == "cut" else ""]) for one in batch
    )
    done = subprocess.run(
        [sys.executable, str(CHILD)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    begun = [line["begin"] for line in said if "begin" in line]
    assert done.returncode == 0, f"{begun[-1]} ended the process with {done.returncode}:\n{done.stderr}"
    assert not done.stderr, f"something was written to stderr in {begun[0]} … {begun[-1]}:\n{done.stderr}"
    return [line for line in said if "file" in line]


def survey(sources: list[Path], folder: Path, count: int) -> list[tuple[Spoiled, dict]]:
    """Spoil, read, and judge; gives back each spoiled file with what came of it."""
    spoiled = spoil(sources, folder, count, SEED)
    size = min(BATCH, -(-count // WORKERS))
    batches = [spoiled[at : at + size] for at in range(0, count, size)]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = [one for batch in pool.map(read_in_a_process_of_its_own, batches) for one in batch]
    assert len(found) == count
    pairs = list(zip(spoiled, found, strict=True))
    report(pairs)
    assert {one["kind"] for one in found} <= SPECIFIC
    assert [one["file"] for one in found if not one["equal"]] == []
    judge(pairs)
    return pairs


def judge(pairs: list[tuple[Spoiled, dict]]) -> None:
    frames, whole_frames, packets_, whole_packets = recovered(pairs)
    assert frames >= 0.95 * whole_frames
    assert packets_ >= 0.95 * whole_packets


def recovered(pairs: list[tuple[Spoiled, dict]]) -> tuple[float, int, float, int]:
    """Of the cut files: frames that came back, and that lay before the cut; the same for packets of sound."""
    pairs = [(one, got) for one, got in pairs if one.kind == "cut"]
    each = {source: samples_in_a_packet(source) for source in {one.source for one, _ in pairs}}
    return (
        sum(got["frames"] for _, got in pairs),
        sum(one.frames for one, _ in pairs),
        sum(got["samples"] / each[one.source] for one, got in pairs),
        sum(one.packets for one, _ in pairs),
    )


def samples_in_a_packet(source: Path) -> float:
    return len(avlab.read(source, pictures=False).audio) / len(packets(source)["audio"])


def report(pairs: list[tuple[Spoiled, dict]]) -> None:
    for kind in ("flip", "cut", "splice"):
        outcomes = Counter(got["kind"] for one, got in pairs if one.kind == kind)
        print(f"{kind}: {dict(outcomes.most_common())}")
    frames, whole_frames, packets_, whole_packets = recovered(pairs)
    print(f"of cut files: {frames} of {whole_frames} frames ({frames / whole_frames:.2%}),", end=" ")
    print(f"{packets_:.0f} of {whole_packets} packets of sound ({packets_ / whole_packets:.2%})")


def test_a_hundred_spoiled_recordings(sources, tmp_path):
    survey(sources, tmp_path, 96)


@pytest.mark.slow
def test_two_thousand_spoiled_recordings(sources, tmp_path):
    pairs = survey(sources, tmp_path, 2000)

    for source in sources:
        judge([(one, got) for one, got in pairs if one.source == source])
