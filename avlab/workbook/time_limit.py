"""A limit on how long somebody else's code may run: it stops an endless loop in a notebook's kernel.

In the main thread a Unix signal does it, and interrupts a sleep too. Elsewhere (Windows, a kernel's
subshell) a second thread asks the interpreter to raise; that waits until the next line of Python.
Neither can interrupt one long call into C.
"""

import ctypes
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

# Seconds until the next interruption, where code swallowed one with a bare `except:`.
_AGAIN = 0.05
_OWN = __file__.rpartition("/")[0]


class TimeUp(BaseException):
    """The limit is over. Not an Exception, so that `except Exception` in the running code lets it pass."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Run the block; raise TimeUp in it once it has taken `seconds`, and after it if it swallowed that."""
    fired: list[bool] = []
    main = threading.current_thread() is threading.main_thread()
    alarm = _by_signal if main and hasattr(signal, "setitimer") else _by_thread
    with alarm(seconds, fired):
        yield
    if fired:
        raise TimeUp


@contextmanager
def _by_signal(seconds: float, fired: list[bool]) -> Iterator[None]:
    def ring(_, frame: FrameType | None):
        if fired:
            _raise_in_handlers(frame)
        fired.append(True)
        # Not by the timer's own interval: the next one must not come while this one is being served.
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
        raise TimeUp

    def stop():
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)
        sys.settrace(trace)

    trace = sys.gettrace()
    before = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    with _certainly(stop):
        yield


def _raise_in_handlers(frame: FrameType | None) -> None:
    """Raise TimeUp at the next line too: within the `except:` that swallows the first, and so out of it."""

    def trace(_, event, __):
        if event == "line":
            raise TimeUp
        return trace

    while frame and not frame.f_code.co_filename.startswith(_OWN):
        frame.f_trace, frame = trace, frame.f_back
    # Python looks at f_trace only while there is a trace function; this one lets new frames be.
    sys.settrace(lambda *_: None)


@contextmanager
def _by_thread(seconds: float, fired: list[bool]) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
    over, lock = threading.Event(), threading.Lock()

    def watch():
        wait = seconds
        while not over.wait(wait):
            with lock:
                if over.is_set():
                    return
                fired.append(True)
                interrupt(thread, ctypes.py_object(TimeUp))
            wait = _AGAIN

    def stop():
        with lock:
            over.set()
        # One that was asked for and has not come yet must come here, and not later in somebody else's line.
        # (Taken back with NULL, CPython 3.11 goes on looking for it, and hangs under a trace function.)
        with suppress(TimeUp):
            for _ in range(100 if fired else 0):
                pass

    threading.Thread(target=watch, daemon=True).start()
    with _certainly(stop):
        yield


@contextmanager
def _certainly(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at the end, and again lest the first call was interrupted: the next comes too late."""
    try:
        yield
    finally:
        try:
            stop()
        finally:
            stop()
