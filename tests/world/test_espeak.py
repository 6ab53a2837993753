"""No state of the synthesiser may leak: not between calls, threads or processes."""

import locale
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from avlab.errors import WorldError
from avlab.world import espeak, say, sentence, variants
from avlab.world.voice import find

# Among them voices with echo, with breath (noise), with roughness, and of the three synthesisers within eSpeak.
VOICES = [
    "en-us",
    "en-gb-x-rp",
    "en-us+f3",
    "en-us+whisper",
    "en-us+croak",
    "en-gb+klatt",
    "es+klatt4",
    "en-us+klatt6",
]
CALLS = [
    (sentence(i), voice, *how) for i, voice in enumerate(VOICES) for how in ((175, 50), (320, 85), (100, 10))
]


def fingerprint(call: tuple) -> str:
    speech = say(*call)
    heard = speech.audio.numpy().tobytes() + repr((speech.words, speech.phonemes)).encode()
    return sha256(heard).hexdigest()


@pytest.fixture(scope="module")
def truth() -> dict[tuple, str]:
    return {call: fingerprint(call) for call in CALLS}


def test_the_same_call_sounds_the_same_after_any_others(truth):
    for seed in range(3):
        calls = random.Random(seed).sample(CALLS, len(CALLS))
        assert all(fingerprint(call) == truth[call] for call in calls)


def test_the_same_call_sounds_the_same_after_one_that_was_refused(truth):
    for text in ("...", "", "\x01"):
        with pytest.raises(WorldError):
            say(text)
        assert fingerprint(CALLS[0]) == truth[CALLS[0]]


def test_threads_do_not_disturb_each_other(truth):
    calls = random.Random(7).choices(CALLS, k=120)
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(fingerprint, calls)) == [truth[call] for call in calls]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_child_may_be_forked_while_other_threads_speak(truth):
    code = f"""
import os, threading
from avlab.world import say
busy = True
def chatter():
    while busy: say("somebody else is speaking at the same time")
threads = [threading.Thread(target=chatter) for _ in range(2)]
for thread in threads: thread.start()
try:
    for _ in range(15):
        child = os.fork()
        if not child:
            os._exit(0 if sum(say(*{CALLS[3]!r}).audio.tolist()) == {sum(say(*CALLS[3]).audio.tolist())!r} else 1)
        assert os.waitpid(child, 0)[1] == 0, "the child heard something else"
finally:
    busy = False
    for thread in threads: thread.join()
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)


def test_another_process_hears_the_same(truth):
    code = f"""
from hashlib import sha256
from avlab.world import say
for call in {CALLS[::3]!r}:
    speech = say(*call)
    print(sha256(speech.audio.numpy().tobytes() + repr((speech.words, speech.phonemes)).encode()).hexdigest())
"""
    heard = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    assert heard.stdout.split() == [truth[call] for call in CALLS[::3]]


def test_every_variant_repeats_itself():
    for variant in variants():
        call = ("two", f"en-us+{variant}")
        assert fingerprint(call) == fingerprint(call), variant


def test_the_process_keeps_its_locale():
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C")
        say("hello")
        assert locale.setlocale(locale.LC_CTYPE) == "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def test_a_missing_library_names_the_remedy(monkeypatch, tmp_path):
    class Wheel:
        get_library_path = staticmethod(lambda: str(tmp_path / "libespeak-ng.so"))
        get_data_path = staticmethod(lambda: str(espeak.data()))

    data = espeak.data()
    monkeypatch.setattr(espeak, "_wheel", lambda: Wheel)
    monkeypatch.setattr(espeak, "data", lambda: data)
    with pytest.raises(WorldError, match=r"pip install .*espeakng-loader"):
        say("hello")


def test_a_missing_wheel_names_the_remedy(monkeypatch):
    monkeypatch.setattr(espeak, "espeakng_loader", None)
    with pytest.raises(WorldError, match=r"pip install .*espeakng-loader"):
        espeak.data()


def test_data_too_deep_for_espeak_names_the_remedy(monkeypatch, tmp_path):
    deep = tmp_path / "/".join(["a_folder_with_a_long_name"] * 8)
    deep.mkdir(parents=True)
    file, _ = find("en-us")
    monkeypatch.setattr(espeak, "data", lambda: deep)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(WorldError, match="shorter than 160"):
        espeak.synthesise("hello", file, "", 175, 50)
