"""eSpeak NG in process: a text goes in, its samples and the events on the way come out.

Every call opens the library anew and closes it again. eSpeak keeps state in static variables (the phase of
its pitch flutter, its gain control, its noise) that none of its functions resets, so that in a library left
open the same sentence never sounds the same twice. Opening and closing costs about 0.4 ms.
"""

import _ctypes
import ctypes
import locale
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from avlab.errors import WorldError

# Not where it is needed: a child that is forked while another thread imports would wait for ever.
try:
    import espeakng_loader
except ImportError:  # scenes can do without
    espeakng_loader = None

# From speak_lib.h of eSpeak NG 1.52.
SYNCHRONOUS = 2
PHONEME_EVENTS, IPA, DONT_EXIT = 0x0001, 0x0002, 0x8000
UTF8 = 1
RATE, PITCH = 1, 3
WORD, PHONEME = 1, 7
SAMPLE_RATE = 22050

_LOCK = threading.Lock()
if hasattr(os, "register_at_fork"):
    # A child must not be born while another thread holds the lock or the library is open.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


class Event(NamedTuple):
    """A word or a phoneme begins: at which sample, at which character of the text, and its name in IPA."""

    kind: int
    sample: int
    position: int
    name: str


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


def synthesise(text: str, file: Path, variant: str, speed: int, pitch: int) -> tuple[bytes, list[Event]]:
    """Speak `text`: 16-bit mono samples at 22,050 Hz, and the word and phoneme events in order.

    `file` is a voice file of eSpeak's data, `variant` the name of a change of timbre or "". The
    same arguments give the same bytes, whatever was spoken before and on whichever thread.
    Raises WorldError where the library does not load or cannot speak.
    """
    chunks: list[bytes] = []
    events: list[Event] = []

    def collect(samples, count, marks):
        if samples and count > 0:
            chunks.append(ctypes.string_at(samples, 2 * count))
        events.extend(_read(marks))
        return 0

    callback = _Callback(collect)
    with _LOCK, _own_locale():
        library = _opened()
        try:
            _initialise(library)
            library.espeak_SetSynthCallback(callback)
            _choose_voice(library, file, variant)
            library.espeak_SetParameter(RATE, speed, 0)
            library.espeak_SetParameter(PITCH, pitch, 0)
            _speak(library, text)
            library.espeak_Terminate()
        finally:
            _close(library)
    return b"".join(chunks), events


@contextmanager
def _own_locale():
    # eSpeak sets the process's character type to UTF-8 and leaves it so.
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        yield
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def data() -> Path:
    """The folder of eSpeak's voices and dictionaries. Raises WorldError where the wheel is missing."""
    return Path(_wheel().get_data_path())


def _wheel():
    if espeakng_loader is None:
        raise _unloadable("there is no module espeakng_loader")
    return espeakng_loader


def _opened() -> ctypes.CDLL:
    try:
        return ctypes.CDLL(_wheel().get_library_path())
    except OSError as error:
        raise _unloadable(str(error)) from error


def _unloadable(reason: str) -> WorldError:
    return WorldError(
        "eSpeak NG",
        f"the library of voices does not load ({reason}).",
        f"Install it anew: {sys.executable} -m pip install --force-reinstall espeakng-loader",
    )


def _close(library: ctypes.CDLL) -> None:
    close = _ctypes.FreeLibrary if sys.platform == "win32" else _ctypes.dlclose
    close(library._handle)


def _initialise(library: ctypes.CDLL) -> None:
    options = PHONEME_EVENTS | IPA | DONT_EXIT
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, os.fsencode(data()), options)
    if rate != SAMPLE_RATE:
        raise WorldError(
            "eSpeak NG",
            f"its data in {data()} cannot be read.",
            "Its path must be shorter than 160 characters: move the environment nearer to the root.",
        )
    # The seed is the time of day otherwise: the breath in a voice is noise.
    library.espeak_ng_SetRandSeed(ctypes.c_long(1))


def _choose_voice(library: ctypes.CDLL, file: Path, variant: str) -> None:
    suffix = f"+{variant}" if variant else ""
    # eSpeak lowers the case of a path and cuts it at 60 characters, so the file "en-US" is not found by its
    # path; by its name it is, but only by reading all 230 voices (1.3 ms). An open file has a short name
    # without case in /dev/fd.
    with file.open("rb") as opened:
        path = f"/dev/fd/{opened.fileno()}{suffix}"
        if library.espeak_ng_SetVoiceByFile(path.encode()) == 0:
            return
    name = f"{file.parent.name}/{file.name}{suffix}"
    if library.espeak_SetVoiceByName(name.encode()) != 0:
        raise WorldError(
            name, "eSpeak NG cannot load this voice.", "avlab.world.voices() lists what there is."
        )


def _speak(library: ctypes.CDLL, text: str) -> None:
    content = text.encode()
    size = ctypes.c_size_t(len(content) + 1)
    status = library.espeak_Synth(content, size, 0, 1, 0, UTF8, None, None)
    if status != 0:
        raise WorldError(
            f"“{text[:40]}”", f"eSpeak NG refused it with status {status}.", "Say something shorter."
        )


def _read(marks) -> list[Event]:
    events = []
    for mark in marks:
        if mark.type == 0:  # a list of events ends with an empty one, and does not know its length
            return events
        if mark.type in (WORD, PHONEME):
            # Eight bytes at most, so a long name may end within a character.
            name = mark.id.string.decode("utf-8", "ignore") if mark.type == PHONEME else ""
            events.append(Event(mark.type, mark.sample, mark.text_position - 1, name))
    return events
