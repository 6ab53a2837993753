"""Recordings in and out: files become clips, clips become files. Chapters 1 and 3."""

from avlab.media.reading import read, stream
from avlab.media.writing import encode, write

__all__ = ["encode", "read", "stream", "write"]
