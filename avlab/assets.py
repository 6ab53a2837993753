"""The course's files: found here, in a folder of yours or in the cache, or downloaded. Chapter 1."""

import difflib
import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pooch

from avlab.errors import AssetError

REGISTRY = Path(__file__).with_name("assets.toml")
FOLDER_VARIABLE = "AVLAB_ASSETS"
# A dead network is told from a slow one after these seconds without a single byte.
PATIENCE = 15


@dataclass(frozen=True)
class Asset:
    """One registered file: what it is, where it is from, under which licence, and the hash it must have.

    Exactly one of `data` (a path below `data/`: this project made it) and `url` (somebody else's) is set.
    `words` is the transcript where somebody speaks.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    licence: str
    credit: str
    about: str
    words: str = ""
    data: str | None = None
    url: str | None = None


def names() -> list[str]:
    """The names that `asset` knows, in the order of the registry. Chapter 1."""
    return list(_registered(REGISTRY))


def info(name: str) -> Asset:
    """What is registered under a name: contents, words, licence, credit, address, hash. Chapter 1.

    Raises AssetError for an unknown name, with the closest ones.
    """
    known = _registered(REGISTRY)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        meant = f"Did you mean {' or '.join(close)}? " if close else ""
        raise AssetError(name, "is not a registered file.", f"{meant}There are: {', '.join(known)}.")
    return known[name]


def asset(name: str) -> Path:
    """The path of a registered file, downloaded if it is not on this machine yet. Chapter 1.

    Looked for in the folder that the environment variable AVLAB_ASSETS names, in the course's own
    `data`, in the cache, and then at its address. Whatever is found is held against the registered
    SHA-256. Raises AssetError for an unknown name, for a file with another hash, and where there is
    no network; the message says where to get the file and where to put it.
    """
    entry = info(name)
    return here(entry) or _download(entry)


def here(entry: Asset) -> Path | None:
    """The path of a file that is on this machine already, or None; nothing is downloaded. Chapter 1.

    Raises AssetError where the file is there with other bytes than the registered ones. A spoiled
    file in the cache counts as absent, since it can be fetched again.
    """
    by_hand = _folder_of_the_learner()
    for path in (by_hand and by_hand / entry.file, _data_path(entry)):
        if path and path.is_file():
            _verify(entry, path)
            return path
    cached = _cache() / entry.file
    return cached if cached.is_file() and _fingerprint(cached) == entry.sha256 else None


def _folder_of_the_learner() -> Path | None:
    named = os.environ.get(FOLDER_VARIABLE)
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise AssetError(FOLDER_VARIABLE, f"names {folder}, which is not a folder.", "Create or unset it.")
    return folder


def _data_path(entry: Asset) -> Path | None:
    if entry.data is None:
        return None
    # A wheel carries data/ inside the package; in a checkout it lies beside the package.
    inside = Path(__file__).with_name("_data")
    return (inside if inside.is_dir() else Path(__file__).parent.with_name("data")) / entry.data


def _cache() -> Path:
    return Path(pooch.os_cache("avlab"))


def _download(entry: Asset) -> Path:
    if entry.url is None:
        remedy = "Restore it with git, or install avlab again."
        raise AssetError(entry.name, f"is missing: there is no {_data_path(entry)}.", remedy)
    # Its message names a folder of this machine, and would be stored with a notebook's outputs.
    pooch.get_logger().setLevel("WARNING")
    try:
        # pooch downloads beside the target and moves the file there only when its hash is right.
        path = pooch.retrieve(
            entry.url,
            f"sha256:{entry.sha256}",
            fname=entry.file,
            path=_cache(),
            downloader=pooch.HTTPDownloader(timeout=PATIENCE),
        )
    except (OSError, ValueError) as error:
        raise AssetError(entry.name, *_what_went_wrong(entry, error)) from error
    return Path(path)


def _what_went_wrong(entry: Asset, error: OSError | ValueError) -> tuple[str, str]:
    import requests  # pooch downloads with it

    if isinstance(error, requests.Timeout):
        reason = f"it sent nothing for {PATIENCE} seconds"
    elif isinstance(error, requests.ConnectionError):
        reason = "the connection failed"
    elif isinstance(error, ValueError):
        reason = f"what came has another hash than the registered {entry.sha256}"
    else:
        reason = str(error)
    return (
        f"could not be downloaded from {entry.url}: {reason}.",
        f"Try again with a network; or get the file in another way, put it as {entry.file} into a folder, "
        f"and name that folder in the environment variable {FOLDER_VARIABLE}. "
        f"Its SHA-256 must be {entry.sha256}.",
    )


def _verify(entry: Asset, path: Path) -> None:
    got = _fingerprint(path)
    if got != entry.sha256:
        raise AssetError(
            entry.name,
            f"{path} is not the registered file: expected SHA-256 {entry.sha256}, got {got}.",
            "Remove it or put the right file in its place.",
        )


def _fingerprint(path: Path) -> str:
    state = path.stat()
    return _sha256(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _sha256(path: Path, changed: int, size: int) -> str:
    # Kept for as long as the file's time and size stay, so that a notebook hashes each file once.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache
def _registered(registry: Path) -> dict[str, Asset]:
    entries = tomllib.loads(registry.read_text(encoding="utf-8"))
    return {name: Asset(name, **entry) for name, entry in entries.items()}
