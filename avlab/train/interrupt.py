"""Ctrl-C that waits until things are whole. Chapter 12."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def waiting_interrupt() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets, instead of stopping what runs; a second one stops it as ever.

    Only the main thread hears Ctrl-C: in another the event is never set. Chapter 12.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.getsignal(signal.SIGINT) or signal.SIG_DFL

    def note(number: int, frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
