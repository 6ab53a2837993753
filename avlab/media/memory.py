"""How much fits: what is asked for is compared with what is free, before and while it is decoded."""

import os
from pathlib import Path

import numpy as np

from avlab.errors import TooLargeMedia

_SHARE = 0.75  # of what is free; the rest is left to whoever works with the clip
_UNKNOWN = 2**31  # taken to be free where the system does not tell
_AT_ONCE = 2**25  # bytes made room for before the first row is there
_CGROUP = Path("/sys/fs/cgroup")


def free_bytes() -> int:
    """How many bytes can still be had: by the system, and by the container that this program may run in."""
    return min([_system(), *_control_groups()])


def _system() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (OSError, AttributeError, ValueError):
        return _UNKNOWN  # no /proc (macOS), no sysconf (Windows), or not that name in it


def _control_groups() -> list[int]:
    """What a container's limit (Binder, Docker) leaves; files that it caches do not count as used."""
    left = []
    for limit, used, counts, cached in (
        ("memory.max", "memory.current", "memory.stat", "file"),  # version 2
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_cache"),
    ):
        if not (_CGROUP / limit).exists() or not (most := (_CGROUP / limit).read_text().strip()).isdigit():
            continue  # no such version here, or "max": no limit
        stat = dict(line.split() for line in (_CGROUP / counts).read_text().splitlines())
        left.append(int(most) - int((_CGROUP / used).read_text()) + int(stat[cached]))
    return left


class Pile:
    """Rows of numbers that arrive one after the other, kept in one array that grows in place.

    `limit` is in bytes; `rows` is how many are expected. Raises TooLargeMedia when they no longer fit.
    """

    def __init__(self, path: Path, limit: int, rows: int = 0):
        self._path, self._limit, self._expected = path, limit, rows
        self._array: np.ndarray | None = None
        self.count = 0

    def append(self, rows: np.ndarray) -> None:
        """Put `rows` (any number of them, along the first axis) on top."""
        self._make_room(rows)
        self._array[self.count : self.count + len(rows)] = rows
        self.count += len(rows)

    def taken(self, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        """All rows as one array; of no rows of that shape and type when none arrived."""
        if self._array is None:
            return np.empty((0, *shape), dtype)
        array, self._array = self._array, None
        array.resize((self.count, *array.shape[1:]), refcheck=False)
        return array

    def _make_room(self, rows: np.ndarray) -> None:
        need, each = self.count + len(rows), rows[:1].nbytes
        refuse_more_than(self._limit, need * each, self._path)
        if self._array is None:
            room = max(need, min(self._expected, _AT_ONCE // max(each, 1)))
            self._array = np.empty((room, *rows.shape[1:]), rows.dtype)
        elif need > len(self._array):
            room = need + need // 8
            room = min(room, self._expected) if need <= self._expected else room
            try:
                # The system lengthens such memory without copying it, but for the first time: what NumPy
                # large at once it marks for huge pages, and that is copied.
                self._array.resize((room, *rows.shape[1:]), refcheck=False)
            except MemoryError:
                refuse_more_than(0, room * each, self._path)


def limit() -> int:
    """The most bytes that one clip may take now."""
    return int(_SHARE * free_bytes())


def refuse_more_than(limit: int, need: int, path: Path) -> None:
    """Raise TooLargeMedia, naming the ways out, if `need` bytes are more than `limit`."""
    if need > limit:
        raise TooLargeMedia(
            path,
            f"That takes {need / 2**30:.3g} GB of memory or more; {limit / 2**30:.3g} GB may be used.",
            "Ask for a part (start=, end=), for fewer frames (fps=), smaller ones (size=) or none "
            "(pictures=False); or take it piece by piece with avlab.stream(path).",
        )
