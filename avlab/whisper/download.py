"""Published weights on this machine: found where they may lie, or downloaded. Chapter 10."""

import hashlib
import os
from pathlib import Path

import pooch

from avlab.assets import FOLDER_VARIABLE, PATIENCE
from avlab.errors import CheckpointError
from avlab.whisper.published import ADDRESS, ALIASES, SHA256

CHUNK = 1 << 16  # bytes; a broken connection loses less than one


def weights(name: str) -> Path:
    """The file of a published model, by name: from this machine if it is there, else from its address.

    Looked for in the folder that AVLAB_ASSETS names, in the cache, and in openai-whisper's own cache; only
    a file with the published SHA-256 counts. A download that broke off goes on where it stopped.
    Raises CheckpointError without a network, or for other bytes than the published ones.
    """
    name = ALIASES.get(name, name)
    cache = Path(pooch.os_cache("avlab"))
    openais = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "whisper"
    by_hand = os.environ.get(FOLDER_VARIABLE)
    for folder in ([Path(by_hand).expanduser()] if by_hand else []) + [cache, openais]:
        path = folder / f"{name}.pt"
        if path.is_file() and _sha256(path) == SHA256[name]:
            return path
    return download(ADDRESS.format(sha256=SHA256[name], name=name), SHA256[name], cache / f"{name}.pt")


def download(url: str, sha256: str, target: Path) -> Path:
    """Bring a file from `url` to `target`, with a progress bar; what came so far is kept and continued.

    Raises CheckpointError where it does not come, or is not the one with that hash.
    """
    import requests  # takes half a second, and is needed once

    part = target.with_name(f"{target.name}.part")
    remedy = (
        f"Try again with a network; or get the file in another way, put it as {target.name} into a folder, "
        f"and name that folder in the environment variable {FOLDER_VARIABLE}. Its SHA-256 must be {sha256}."
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _continue(url, part)
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
        problem = f"could not be downloaded from {url}: the connection failed or fell silent."
        raise CheckpointError(target.name, problem, remedy) from error
    except OSError as error:  # a refusal of the server, or a full disk
        raise CheckpointError(target.name, f"could not be downloaded from {url}: {error}.", remedy) from error
    if _sha256(part) != sha256:
        part.unlink()
        raise CheckpointError(
            target.name, f"came from {url} with another hash than the published one.", remedy
        )
    return part.replace(target)


def _continue(url: str, part: Path) -> None:
    import requests
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    have = part.stat().st_size if part.exists() else 0
    # Compressed on the way, bytes could not be counted on from.
    wanted = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
    with requests.get(url, headers=wanted, stream=True, timeout=PATIENCE) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            return  # there is no more to come: the hash says whether it is right
        answer.raise_for_status()
        if answer.status_code != requests.codes.partial_content:
            have = 0  # this server sends everything again
        total = have + int(answer.headers.get("Content-Length", 0))
        with (
            part.open("ab" if have else "wb") as file,
            Progress("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn()) as progress,
        ):
            bar = progress.add_task(part.stem, total=total or None, completed=have)
            for chunk in answer.iter_content(CHUNK):
                file.write(chunk)
                progress.advance(bar, len(chunk))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
