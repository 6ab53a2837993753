"""Which voices there are: languages and accents, each of which can be varied in timbre. Chapter 1."""

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from avlab.errors import WorldError
from avlab.world import espeak

# Their hiss comes from the C library's rand(), which others in the process use too: not the same twice.
_UNREPEATABLE = {"Reed", "caleb"}


def voices(language: str | None = None) -> list[str]:
    """The names of the voices that `say` knows, all or those of one language, as in `voices("en")`.

    A voice is a language with its accent: "en-us", "en-gb-x-rp", "es". To change who speaks, add a
    variant: "en-us+f3". `variants()` lists those. Raises WorldError where eSpeak NG is missing, or
    has no voice of that language. Chapter 1.
    """
    names = sorted(_files())
    if language is None:
        return names
    wanted = language.lower()
    found = [name for name in names if name == wanted or name.startswith(f"{wanted}-")]
    if not found:
        raise WorldError(language, "there is no voice of this language.", _nearest(language, names))
    return found


def variants() -> list[str]:
    """The names of the timbres that any voice can take on: "f3", "m7", "whisper", "klatt2", … Chapter 1."""
    names = {file.name for file in (espeak.data() / "voices" / "!v").iterdir()}
    return sorted(names - _UNREPEATABLE)


@cache
def find(voice: str) -> tuple[Path, str]:
    """The file and the variant of a voice such as "en-us+f3".

    Raises WorldError for an unknown one, naming what is close to it. Chapter 1.
    """
    base, plus, variant = voice.partition("+")
    files = _files()
    if base.lower() not in files:
        raise WorldError(voice, "there is no such voice.", _nearest(base, list(files)))
    if plus and variant not in variants():
        # eSpeak itself would go on with the plain voice and say nothing.
        raise WorldError(
            voice, f"there is no variant “{variant}”.", _nearest(variant, variants(), "variants")
        )
    return files[base.lower()], variant


@cache
def _files() -> dict[str, Path]:
    files = (file for file in (espeak.data() / "lang").rglob("*") if file.is_file())
    return {_name(file): file for file in files if _dictionary(file).exists()}


def _dictionary(file: Path) -> Path:
    # Three languages came into the wheel without theirs, and are mute.
    named = re.search(r"^dictionary\s+(\S+)", file.read_text("utf-8"), re.MULTILINE)
    return espeak.data() / f"{named[1] if named else file.name.split('-')[0]}_dict"


def _name(file: Path) -> str:
    # The plain British voice lies in a file "en", and calls itself "en-gb" as everybody does.
    return "en-gb" if file.name == "en" else file.name.lower()


def _nearest(name: str, names: list[str], kind: str = "voices") -> str:
    close = get_close_matches(name.lower(), names, n=4, cutoff=0.5)
    hint = f"Close to it: {', '.join(close)}. " if close else ""
    return f"{hint}avlab.world.{kind}() lists them all."
