"""Reading the prose pages: their tables, and the documents' sections."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
SECTION = re.compile(r"\b[A-E]\d+[a-d]?(?:\.\d+[a-d]?)*\b")


def text(name: str) -> str:
    return (BOOK / name).read_text(encoding="utf-8")


def rows(markdown: str) -> list[list[str]]:
    """The cells of every row of every table, heads and rules left out."""
    lines = [line.strip() for line in markdown.splitlines()]
    rules = {i for i, line in enumerate(lines) if re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", line)}
    body = [line for i, line in enumerate(lines) if line.startswith("|") and not {i, i + 1} & rules]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in body]


def part(markdown: str, heading: str) -> str:
    """What stands under a heading of the second level, up to the next one; empty without such a heading."""
    found = re.search(rf"^## {re.escape(heading)}\s*$(.*?)(?=^## |\Z)", markdown, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def anchored(cell: str) -> str:
    """The name in a cell such as `<a id="A2.1"></a>A2.1`, whose anchor says the same."""
    found = re.fullmatch(r'<a id="([^"]+)"></a>\1', cell)
    assert found, f"this cell wants an anchor with its own name: {cell}"
    return found[1]


def sections() -> dict[str, list[int]]:
    """For each section of the documents the chapters that teach it."""
    lines = (ROOT / "tests" / "course" / "sections.txt").read_text().splitlines()
    return {name: [int(n) for n in numbers] for name, *numbers in map(str.split, lines)}
