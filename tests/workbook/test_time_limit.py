import signal
import sys
import threading
import time

import pytest

from avlab.workbook import run as running
from avlab.workbook.run import TooSlow, run
from avlab.workbook.time_limit import TimeUp, at_most

LIMIT = 0.2


def endless():
    while True:
        pass


def swallowing_exceptions():
    while True:
        try:  # noqa: SIM105 - learners write it so
            sum(range(100))
        except Exception:
            pass


def swallowing_everything():
    while True:
        try:  # noqa: SIM105
            sum(range(100_000))
        except:  # noqa: E722
            pass


def swallowing_in_a_caller():
    while True:
        try:
            sorted(range(1000), key=lambda number: -number)
        except BaseException as error:
            print(error)


def sleeping():
    time.sleep(1000)


def swallowing_once():
    try:
        endless()
    except:  # noqa: E722
        return "done"


def here(function):
    with at_most(LIMIT):
        function()


def in_a_thread(function):
    caught = []

    def target():
        try:
            here(function)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "the function was not stopped"
    if caught:
        raise caught[0]


@pytest.mark.parametrize("place", [here, in_a_thread])
@pytest.mark.parametrize("function", [endless, swallowing_exceptions, swallowing_once])
def test_what_does_not_end_is_stopped(place, function):
    with pytest.raises(TimeUp):
        place(function)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs Unix signals")
@pytest.mark.parametrize("function", [sleeping, swallowing_everything, swallowing_in_a_caller])
def test_a_signal_also_stops_what_sleeps_or_swallows_everything(function):
    with pytest.raises(TimeUp):
        here(function)
    assert sys.gettrace() is None


@pytest.mark.parametrize("place", [here, in_a_thread])
def test_what_ends_in_time_is_left_alone_then_and_later(place):
    def quick():
        return None

    place(quick)
    time.sleep(2 * LIMIT)  # nothing comes after


def test_a_debugger_works_after_a_thread_was_stopped():
    with pytest.raises(TimeUp):
        in_a_thread(endless)
    seen = []
    sys.settrace(lambda frame, *_: seen.append(frame.f_code.co_name))
    try:
        (lambda: None)()
    finally:
        sys.settrace(None)
    assert "<lambda>" in seen


@pytest.mark.parametrize("place", [here, in_a_thread])
def test_other_errors_come_through(place):
    with pytest.raises(ZeroDivisionError):
        place(lambda: 1 / 0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs Unix signals")
def test_somebody_elses_alarm_is_given_back():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 100)
        here(lambda: None)
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 90
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung == [True]


def test_too_slow_names_the_case_and_the_line(monkeypatch):
    monkeypatch.setattr(running, "SECONDS", LIMIT)

    def third_never_ends(number):
        while number == 3:
            pass

    with pytest.raises(TooSlow) as caught:
        run(third_never_ends, [(1,), (2,), (3,)])
    assert caught.value.case == 2
    assert "while number == 3:" in caught.value.line or "pass" in caught.value.line
