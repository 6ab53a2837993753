"""The most memory that a process and its children held at one moment."""

import threading

import psutil


class PeakMemory:
    """Watches a process from a thread, from entering to leaving; `.megabytes` is the most that was seen."""

    def __init__(self, process_id: int, interval: float = 0.05):
        self.megabytes = 0
        self._process_id = process_id
        self._interval = interval
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._left.wait(self._interval):
            self._look()

    def _look(self) -> None:
        self.megabytes = max(self.megabytes, round(_resident(self._process_id) / 1e6))


def _resident(process_id: int) -> int:
    try:
        process = psutil.Process(process_id)
        return sum(_size(one) for one in [process, *process.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0


def _size(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
