"""The errors of this library: each says what happened, where, and what to do about it."""

from pathlib import Path
from typing import Any


class AvlabError(Exception):
    """Anything that went wrong here and has a remedy.

    `what` names the thing (a file, an asset, a voice), `problem` says what is wrong with it and
    `remedy` what to do. The message shows all three.
    """

    def __init__(self, what: object, problem: str, remedy: str):
        # Not the finished sentence: a worker process sends an error by its arguments, to be made anew.
        super().__init__(what, problem, remedy)
        self.what, self.problem, self.remedy = what, problem, remedy

    def __str__(self) -> str:
        return f"{self.what}: {self.problem} {self.remedy}"


class AssetError(AvlabError):
    """A file of the course that could not be found, downloaded or trusted."""


class CheckpointError(AvlabError):
    """Weights of a model that could not be found, downloaded, read or trusted."""


class WorldError(AvlabError):
    """Something that the synthetic worlds cannot make as asked."""


class MediaError(AvlabError):
    """A recording that could not be read or written. Always one of the specific errors below.

    `partial` holds what was readable (a `Clip`), or None.
    """

    def __init__(self, path: str | Path, problem: str, remedy: str, partial: Any = None):
        super().__init__(path, problem, remedy)
        self.path, self.partial = Path(path), partial


class MissingMedia(MediaError):
    """There is no such file, or it is a folder."""


class ForbiddenMedia(MediaError):
    """The file is there, but this user may not read or write it."""


class EmptyMedia(MediaError):
    """The file holds no bytes, or nothing to see or hear."""


class NotMedia(MediaError):
    """It is no file, or its bytes are not a recording in any format or code that FFmpeg knows."""


class DamagedMedia(MediaError):
    """The file begins as a recording and then stops making sense, or stops. See `partial`."""


class AbsurdMedia(MediaError):
    """The file claims sizes, rates or times that no recording has."""


class TooLargeMedia(MediaError):
    """What was asked for would not fit in memory."""


class UnknownStream(MediaError):
    """The file has no stream of that number."""


class UnwritableMedia(MediaError):
    """The clip cannot be written in that format, or not there."""
