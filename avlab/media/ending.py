"""Whether a file ends before its own headers say so: FFmpeg takes that end for the end of the film."""

import io
import os
import struct
from pathlib import Path
from typing import BinaryIO

_TAIL = 1 << 17  # the largest Ogg page has 65,307 bytes, the largest MPEG packet 65,542


def ends_early(path: Path, format: str) -> bool:
    """Whether something that the file has begun goes on beyond its last byte.

    `format` is FFmpeg's name for the container. False where the format does not tell: a file of MPEG, or of
    MP3 without a header, that was cut exactly between two packets looks like a shorter recording.
    """
    check = next((check for name, check in _CHECKS.items() if name in format.split(",")), None)
    if check is None:
        return False
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        try:
            return check(file, size)
        except (struct.error, IndexError):
            return True  # the file ended within a header


def _mp4(file: BinaryIO, size: int) -> bool:
    """Boxes in a row: length, name, content. ISO/IEC 14496-12, section 4.2."""
    at = 0
    while at < size:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        if length == 0 or not name.isascii():
            return False  # "to the end of the file", or something that is no box
        at += max(length, 8)
    return at > size


def _matroska(file: BinaryIO, size: int) -> bool:
    """One EBML header, then one segment that holds everything. RFC 8794, sections 4 and 5."""
    for _ in range(2):
        identifier, _ = _number(file, keep_marker=True)
        length, unknown = _number(file, keep_marker=False)
        if not unknown and file.tell() + length > size:
            return True
        if identifier == 0x18538067:
            return False
        file.seek(length, os.SEEK_CUR)
    return False


def _number(file: BinaryIO, keep_marker: bool) -> tuple[int, bool]:
    """EBML's numbers of one to eight bytes, and whether all their bits are set ("unknown")."""
    first = file.read(1)[0]
    extra = 8 - first.bit_length()
    value = first if keep_marker else first & (0x7F >> extra)
    for byte in file.read(extra):
        value = value << 8 | byte
    return value, value == (1 << 7 * (extra + 1)) - 1


def _riff(file: BinaryIO, size: int) -> bool:
    """Chunks in a row: name, length, content, padded to even. 2^32 - 1 and 0 stand for "unknown"."""
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            return length < 0xFFFFFFFF and at + 8 + length > size
        at += 8 + length + length % 2
    return True


def _ogg(file: BinaryIO, size: int) -> bool:
    """Pages in a row; the last of a stream is marked so. RFC 3533, section 6."""
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    page = tail[tail.rindex(b"OggS") :] if b"OggS" in tail else b""
    lengths = page[27 : 27 + page[26]]
    return len(page) < 27 + page[26] + sum(lengths) or not page[5] & 4


def _mp3(file: BinaryIO, size: int) -> bool:
    """The first frame may hold the length of the file, under the name Xing, Info or VBRI."""
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3":
        start = 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(start)
    frame = file.read(256)
    for name in (b"Xing", b"Info"):
        at = frame.find(name)
        if at >= 0:
            flags, _, length = struct.unpack(">III", frame[at + 4 : at + 16])
            return flags & 3 == 3 and start + length > size
    at = frame.find(b"VBRI")
    return at >= 0 and start + struct.unpack(">I", frame[at + 10 : at + 14])[0] > size


def _mpeg(file: BinaryIO, size: int) -> bool:
    """Packs, and in them packets that tell their length. ISO/IEC 13818-1, section 2.5."""
    file.seek(max(0, size - _TAIL))
    tail = io.BytesIO(file.read())
    at = tail.getvalue().rfind(b"\x00\x00\x01\xba")
    data = tail.getvalue()[at:] if at >= 0 else b""
    # A pack's header has 14 bytes and up to 7 of stuffing in MPEG-2, 12 in MPEG-1.
    at = 14 + (data[13] & 7) if data[4] >> 6 == 1 else 12
    while at < len(data) and data[at : at + 4] != b"\x00\x00\x01\xb9":
        at += 6 + struct.unpack(">H", data[at + 4 : at + 6])[0]
    return at > len(data)


_CHECKS = {
    "mp4": _mp4,
    "matroska": _matroska,
    "wav": _riff,
    "ogg": _ogg,
    "mp3": _mp3,
    "mpeg": _mpeg,
}
