"""Opening a file, and telling what is wrong with one that does not open."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from avlab.errors import (
    AbsurdMedia,
    DamagedMedia,
    EmptyMedia,
    ForbiddenMedia,
    MediaError,
    MissingMedia,
    NotMedia,
)

COPY_AGAIN = "Copy or download the file again; what was readable is in the error's `partial`."

LARGEST = 2**26  # pixels of a frame: 8192 by 8192

_OPTIONS = {
    # FFmpeg also opens play lists, subtitles and pictures, some of which name further files and addresses.
    "format_whitelist": "mov,matroska,mpeg,mpegts,wav,flac,mp3,ogg,avi,aac,aiff,flv,asf",
    "protocol_whitelist": "file",
    # A header may claim any size, and a decoder makes room for it before the first byte is decoded. Four
    # times what is read, so that a frame that is somewhat too large can be measured and named.
    "max_pixels": str(4 * LARGEST),
}

# How the formats begin: what starts so and does not open was a recording once.
_BEGINNINGS = {
    "mp4": [(4, b"ftyp"), (4, b"moov"), (4, b"mdat"), (4, b"wide"), (4, b"free"), (4, b"skip")],
    "Matroska or WebM": [(0, b"\x1aE\xdf\xa3")],
    "MPEG": [(0, b"\x00\x00\x01\xba")],
    "WAV": [(0, b"RIFF"), (0, b"RF64")],
    "FLAC": [(0, b"fLaC")],
    "MP3": [(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"), (0, b"\xff\xfa")],
    "Ogg": [(0, b"OggS")],
}


@contextmanager
def opened(path: Path) -> Iterator[av.container.InputContainer]:
    """The file as an FFmpeg container, closed again whatever happens.

    Raises MissingMedia, ForbiddenMedia, EmptyMedia, NotMedia, DamagedMedia, AbsurdMedia. Chapter 3.
    """
    head = _first_bytes(path)
    try:
        # "file:" keeps a name such as "concat:a" from meaning anything but a name.
        container = av.open(f"file:{path}", options=_OPTIONS, metadata_errors="replace")
    except av.FFmpegError as error:
        raise _named(error, path, head) from error
    with container:
        yield container


def reason(error: av.FFmpegError) -> str:
    """FFmpeg's words for what went wrong."""
    return error.strerror or type(error).__name__


def _first_bytes(path: Path) -> bytes:
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise MissingMedia(path, "This is a folder.", "Name one file in it.")
        if not stat.S_ISREG(mode):
            # A pipe would make the program wait until somebody writes into it, perhaps for ever.
            raise NotMedia(
                path, "This is a pipe or a device, not a file.", "Save the recording to a file first."
            )
        with open(path, "rb") as file:
            head = file.read(16)
    except PermissionError as error:
        raise ForbiddenMedia(
            path, "You may not read it.", "Ask its owner, or change its rights with chmod."
        ) from error
    except OSError as error:
        raise MissingMedia(
            path,
            f"It is not there ({error.strerror}).",
            f"Look at its name; the current folder is {Path.cwd()}.",
        ) from error
    if not head:
        raise EmptyMedia(path, "The file has no bytes.", "Copy or download it again.")
    return head


def _named(error: av.FFmpegError, path: Path, head: bytes) -> MediaError:
    if isinstance(error, MemoryError):
        return AbsurdMedia(
            path, "It claims parts too large for any memory.", "Its headers are damaged: get it again."
        )
    for name, beginnings in _BEGINNINGS.items():
        if any(head[at:].startswith(magic) for at, magic in beginnings):
            return DamagedMedia(
                path,
                f"It begins as {name}, but does not go on as such ({reason(error)}). If it was cut short, "
                "the part that says where everything lies may be missing.",
                "Copy or download it again, or record it anew.",
            )
    return NotMedia(
        path,
        f"FFmpeg finds no recording in it ({reason(error)}).",
        "Open a video or sound file, such as mp4 or wav.",
    )
