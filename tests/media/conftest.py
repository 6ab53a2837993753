"""Recordings that several tests read: made once, and never changed by a test."""

from pathlib import Path

import pytest

import avlab
from tests.media.made import SOUND_ONLY, WITH_PICTURES, film, sound_of


@pytest.fixture(scope="session")
def original() -> avlab.Clip:
    """What the recordings of `files` were written from."""
    return film(seconds=3.0)


@pytest.fixture(scope="session")
def files(original, tmp_path_factory) -> dict[str, Path]:
    """The same film, or its sound, in every format that is written, by suffix."""
    folder = tmp_path_factory.mktemp("files")
    sound = sound_of(original)
    return {
        suffix: avlab.write(original if suffix in WITH_PICTURES else sound, folder / f"film{suffix}")
        for suffix in WITH_PICTURES + SOUND_ONLY
    }
