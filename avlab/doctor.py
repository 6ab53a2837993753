"""What this machine has, what is missing, and the line that mends it. Chapter 1.

Imports nothing that it judges: torch, PyAV and eSpeak NG are asked in a Python of their own.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

# packaging comes with pooch, and pip itself carries it.
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PINS = Path(__file__).parent.with_name("constraints.txt")
OLDEST_PYTHON = (3, 11)
PATIENCE = 120
ADDRESS = "https://github.com/hearing-and-seeing/hearing-and-seeing"
# The length from which eSpeak NG 1.52 does not find its data (N_PATH_HOME in its speech.h).
ESPEAK_PATH = 160
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
GIGABYTE = 1e9
# A chapter may hold 4 GB; what it downloads and a second environment fit in 5.
MEMORY, DISK = 4, 5

_TORCH = """
import json, torch
cuda, apple = torch.cuda.is_available(), torch.backends.mps.is_available()
gpu = torch.cuda.get_device_name() if cuda else "Apple's" if apple else ""
print(json.dumps({"version": torch.__version__, "gpu": gpu}))
"""
_CODECS = """
import json, av
def lacks(name, mode):
    try:
        av.codec.Codec(name, mode)
    except av.codec.codec.UnknownCodecError:
        return True
wanted = [(name, mode) for name in ("h264", "aac", "mp3", "opus", "vp9", "flac") for mode in "rw"]
verb = {"r": "reading", "w": "writing"}
missing = [f"{name} ({verb[mode]})" for name, mode in wanted if lacks(name, mode)]
print(json.dumps({"version": av.__version__, "missing": missing}))
"""
_VOICES = """
import ctypes, json, os, espeakng_loader
library = ctypes.CDLL(espeakng_loader.get_library_path())
folder = espeakng_loader.get_data_path()
synchronous, do_not_exit = 2, 0x8000
works = library.espeak_Initialize(synchronous, 0, os.fsencode(folder), do_not_exit) > 0
library.espeak_Info.restype = ctypes.c_char_p
library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.c_void_p)
count = next(i for i, voice in enumerate(library.espeak_ListVoices(None)) if not voice) if works else 0
print(json.dumps({"version": library.espeak_Info(None).decode(), "count": count, "folder": str(folder)}))
"""


class Finding(NamedTuple):
    """One thing looked at. `mark` is "ok", "note" (the course runs without it) or "missing" (it does not)."""

    what: str
    mark: str
    says: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Looks at this machine, one finding after the other; changes and downloads nothing. Chapter 1."""
    yield _python()
    yield from _torch()
    yield _codecs()
    yield _voices()
    yield _packages()
    yield _browser()
    yield _disk()
    yield _memory()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return Finding("Python", "ok", f"{version} at {sys.executable}")
    mend = "conda env create -f environment.yml && conda activate hearing-and-seeing"
    return Finding("Python", "missing", f"{version}, and the course needs 3.11 or newer", mend)


def _torch() -> Iterator[Finding]:
    found, reason = _ask(_TORCH)
    if not found:
        yield Finding("torch", "missing", f"does not import: {reason}", _install(["torch"], again=True))
        return
    yield Finding("torch", "ok", found["version"])
    yield Finding("GPU", "ok", found["gpu"] or "none: the course is made for a processor")


def _codecs() -> Finding:
    found, reason = _ask(_CODECS)
    mend = _install(["av"], again=True)
    if not found:
        return Finding("codecs", "missing", f"PyAV does not import: {reason}", mend)
    if found["missing"]:
        lacking = ", ".join(found["missing"])
        return Finding("codecs", "missing", f"PyAV {found['version']} was built without {lacking}", mend)
    return Finding("codecs", "ok", f"H.264, AAC, MP3, Opus, VP9, FLAC in PyAV {found['version']}")


def _voices() -> Finding:
    found, reason = _ask(_VOICES)
    mend = _install(["espeakng-loader"], again=True)
    if not found:
        return Finding("voices", "missing", f"eSpeak NG does not load: {reason}", mend)
    if found["count"]:
        return Finding("voices", "ok", f"{found['count']} of eSpeak NG {found['version']}")
    says = f"eSpeak NG cannot read its data in {found['folder']}"
    if len(found["folder"]) < ESPEAK_PATH:
        return Finding("voices", "missing", says, mend)
    mend = f"git clone {ADDRESS} ~/hearing-and-seeing && cd ~/hearing-and-seeing && make lab"
    return Finding("voices", "missing", f"{says}: that path has {ESPEAK_PATH} characters or more", mend)


def _packages() -> Finding:
    wanted = _requirements()
    if not wanted:
        mend = _pip("install", "-c", str(PINS), "-e", f"{PINS.parent}[lab]")
        return Finding("packages", "missing", "avlab itself is not installed", mend)
    have = {name: _installed(name) for name in wanted}
    broken = [name for name in wanted if not _fits(have[name], wanted[name])]
    if broken:
        says = ", ".join(f"{name} {have[name] or 'is not installed'}" for name in broken)
        return Finding("packages", "missing", f"do not fit: {says}", _install(broken))
    pins = _pins()
    moved = [name for name in wanted if name in pins and Version(have[name]).public != pins[name]]
    if moved:
        says = ", ".join(f"{name} {have[name]} (pinned: {pins[name]})" for name in moved)
        return Finding("packages", "note", f"not as they were tried together: {says}", _install(moved))
    tried = ", as they were tried together" if pins else ""
    return Finding("packages", "ok", f"all {len(wanted)} fit{tried}")


def _browser() -> Finding:
    # As the browser tests choose: CHROMIUM in the environment names another than those on the PATH.
    named = os.environ.get("CHROMIUM")
    found = next(filter(shutil.which, [named] if named else CHROMIUM), None)
    if found:
        return Finding("browser", "ok", found)
    mends = {"linux": "sudo apt-get install chromium", "darwin": "brew install --cask chromium"}
    mend = mends.get(sys.platform, "winget install Google.Chrome")
    says = "no Chromium: the browser tests are left out (any browser opens the course)"
    return Finding("browser", "note", says, mend)


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / GIGABYTE
    says = f"{free:.0f} GB free"
    if free >= DISK:
        return Finding("disk", "ok", says)
    return Finding("disk", "note", f"{says}: an environment takes about 3", _pip("cache", "purge"))


def _memory() -> Finding:
    processors = f"{os.cpu_count()} processors"
    if not hasattr(os, "sysconf"):  # Windows has no such call
        return Finding("memory", "ok", f"not known here, {processors}")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    says = f"{memory:.0f} GB, {processors}"
    if memory >= MEMORY:
        return Finding("memory", "ok", says)
    return Finding("memory", "note", f"{says}: a chapter may need {MEMORY} GB")


def _ask(code: str) -> tuple[dict | None, str]:
    """Runs in a Python of its own, since a broken library may take its whole process with it."""
    command = [sys.executable, "-P", "-c", code]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None, f"no answer in {PATIENCE} seconds"
    if answer.returncode:
        lines = answer.stderr.strip().splitlines()
        return None, lines[-1] if lines else f"it stopped with code {answer.returncode}"
    return json.loads(answer.stdout.splitlines()[-1]), ""


def _requirements() -> dict[str, Requirement]:
    """What avlab and the lab ask for here, by normal name; nothing where avlab is not installed."""
    try:
        requirements = map(Requirement, metadata.requires("avlab") or ())
    except metadata.PackageNotFoundError:
        return {}
    return {
        canonicalize_name(requirement.name): requirement
        for requirement in requirements
        if not requirement.marker or requirement.marker.evaluate({"extra": "lab"})
    }


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _fits(version: str | None, requirement: Requirement) -> bool:
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def _pins() -> dict[str, str]:
    """The versions seen working together; an installed wheel has no such list, only ranges."""
    lines = PINS.read_text(encoding="utf-8").splitlines() if PINS.is_file() else []
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def _install(names: list[str], again: bool = False) -> str:
    options = ["--force-reinstall"] if again else []
    if _pins():
        return _pip("install", *options, "-c", str(PINS), *names)
    ranges = _requirements()
    packages = [f"{name}{ranges[name].specifier}" if name in ranges else name for name in names]
    return _pip("install", *options, *packages)


def _pip(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", *arguments])
