"""Where chapters are: each is written once, in `book/<part>/<chapter>.md`."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# A part is a folder like 1_signals, a chapter a file like 01_a_world_in_motion.md.
_PART = re.compile(r"\d+_\w+")
_CHAPTER = re.compile(r"\d\d_\w+")


@dataclass(frozen=True)
class Chapter:
    """One chapter: its text and the notebook made from it."""

    root: Path
    part: str
    name: str

    @property
    def number(self) -> int:
        return int(self.name[:2])

    @property
    def text(self) -> Path:
        return self.root / "book" / self.part / f"{self.name}.md"

    @property
    def notebook(self) -> Path:
        return self.root / "notebooks" / self.part / f"{self.name}.ipynb"


def chapters(root: Path = ROOT) -> list[Chapter]:
    """Every chapter that has a text, in the order of the course."""
    found = [
        Chapter(root, text.parent.name, text.stem)
        for text in (root / "book").glob("*/*.md")
        if _PART.fullmatch(text.parent.name) and _CHAPTER.fullmatch(text.stem)
    ]
    return sorted(found, key=lambda chapter: chapter.name)


def repository(root: Path = ROOT) -> str:
    """The repository's address, which is one setting in `_config.yml`."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"].removesuffix("/").removesuffix(".git")
