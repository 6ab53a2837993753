"""A limit on how long somebody else's code may run: it stops an endless loop in a notebook's kernel.

In the main thread a Unix signal does it, and interrupts a sleep too. Elsewhere (Windows, a kernel's
subshell) a second thread asks the interpreter to raise; that waits until the next line of Python.
Neither can interrupt one long call into C.
"""

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A bare `except:` swallows the interruption, so it comes again, until it falls outside the `try`;
# and not for ever, so that it can never outlive the check by much.
_AGAIN, _TIMES = 0.02, 500


class TimeUp(BaseException):
    """The limit is over. Not an Exception, so that `except Exception` in the running code lets it pass."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Run the block; raise TimeUp in it once it has taken `seconds`, and after it if it swallowed that."""
    fired = []

    def fire() -> bool:
        fired.append(True)
        return len(fired) <= _TIMES

    main = threading.current_thread() is threading.main_thread()
    alarm = _by_signal if main and hasattr(signal, "setitimer") else _by_thread
    with alarm(seconds, fire):
        yield
    if fired:
        raise TimeUp


@contextmanager
def _by_signal(seconds: float, fire: Callable[[], bool]) -> Iterator[None]:
    def ring(*_):
        if fire():
            raise TimeUp

    def stop():
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)

    before = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    with _certainly(stop):
        yield


@contextmanager
def _by_thread(seconds: float, fire: Callable[[], bool]) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
    over, lock = threading.Event(), threading.Lock()

    def watch():
        wait = seconds
        while not over.wait(wait):
            with lock:
                if over.is_set() or not fire():
                    return
                interrupt(thread, ctypes.py_object(TimeUp))
            wait = _AGAIN

    def stop():
        with lock:
            over.set()
            # One that was asked for and has not come yet must not come later, in somebody else's line.
            interrupt(thread, None)

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
