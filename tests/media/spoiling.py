"""Recordings spoiled by chance: flipped, cut and spliced, each with what may be expected of it."""

import random
from dataclasses import dataclass
from pathlib import Path

import av

KINDS = ("flip", "cut", "splice")


@dataclass(frozen=True)
class Spoiled:
    """A spoiled file, the whole one that it was made of, and how many frames and packets of sound were left whole."""

    path: Path
    source: Path
    kind: str
    frames: int = 0
    packets: int = 0


def spoil(sources: list[Path], folder: Path, count: int, seed: int) -> list[Spoiled]:
    """`count` spoiled files in `folder`, over all sources and kinds in turn."""
    chance = random.Random(seed)
    spoiled = []
    for number in range(count):
        source = sources[number % len(sources)]
        kind = KINDS[number // len(sources) % len(KINDS)]
        path = folder / f"{number:04d}_{kind}{source.suffix}"
        data = source.read_bytes()
        if kind == "flip":
            path.write_bytes(_flipped(data, chance))
            spoiled.append(Spoiled(path, source, kind))
        elif kind == "splice":
            path.write_bytes(_spliced(data, chance.choice(sources).read_bytes(), chance))
            spoiled.append(Spoiled(path, source, kind))
        else:
            end = chance.randrange(1, len(data))
            path.write_bytes(data[:end])
            spoiled.append(Spoiled(path, source, kind, *whole_before(source, path, end)))
    return spoiled


def _flipped(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed; the headers as often as all the rest, for most of what can go wrong is said there."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        place = chance.randrange(min(len(data), 1024) if chance.random() < 0.5 else len(data))
        changed[place] ^= chance.randrange(1, 256)
    return bytes(changed)


def _spliced(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """The beginning of one and the end of another, or one with a piece missing, doubled or out of place."""
    a, b = sorted(chance.randrange(len(data)) for _ in range(2))
    return chance.choice(
        (
            data[:a] + other[chance.randrange(len(other)) :],
            data[:a] + data[b:],
            data[:b] + data[a:],
            data[:a] + bytes(b - a) + data[b:],
            data[: len(data) // 8] + data[b:] + data[a:b],
        )
    )


def whole_before(source: Path, cut: Path, end: int) -> tuple[int, int]:
    """How many frames and packets of sound of `source` lie wholly before byte `end`, where it was cut.

    By place and size, where FFmpeg tells the place. In MPEG and Ogg, where packets are spread over others or lie in
    pages that one checksum covers, by what a plain demuxer still finds in the cut file, byte for byte.
    """
    whole = packets(source)
    if source.suffix in (".mpg", ".ogg"):
        left = packets(cut)
        same = [
            sum(a[0] == b[0] for a, b in zip(whole[kind], left[kind], strict=False))
            for kind in ("video", "audio")
        ]
        return same[0], same[1]
    counts = [sum(place + len(data) <= end for data, place in whole[kind]) for kind in ("video", "audio")]
    return counts[0], counts[1]


def packets(path: Path) -> dict[str, list[tuple[bytes, int]]]:
    """The packets of a file and their places in it, by kind, as a plain demuxer gives them."""
    found = {"video": [], "audio": []}
    try:
        with av.open(str(path)) as container:
            for packet in container.demux():
                if packet.size:
                    found[packet.stream.type].append((bytes(packet), packet.pos))
    except av.FFmpegError:
        return found
    return found
