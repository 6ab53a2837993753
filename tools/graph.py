"""Draws what builds on what, from the table of chapters in the notes for instructors.

`python -m tools.graph` writes book/_static/graph.svg. A test holds the picture to the table.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

BOOK = Path(__file__).resolve().parents[1] / "book"
ROW, LEFT, TOP, WIDTH = 24, 190, 20, 430
# One ink for each part, readable on white and on the dark theme's ground (contrast at least 4.5).
INKS = ("#1f78b4", "#b35c00", "#2a8a57", "#a6478f", "#c4403c", "#7a6bc0", "#66717d")
PART = re.compile(r"^\| \*\*(\d) · (.+?)\*\* \|")
CHAPTER = re.compile(r"^\| (\d+) (.+?) \|([\d, ]*)\| (\d+) \|")


@dataclass(frozen=True)
class Chapter:
    """One row of the table: `needs` are the numbers of the chapters it builds on directly."""

    number: int
    title: str
    part: int
    needs: tuple[int, ...]
    hours: int


def chapters(page: Path = BOOK / "instructors.md") -> list[Chapter]:
    """The chapters of the table, in order."""
    found, part = [], 0
    for line in page.read_text().splitlines():
        if row := PART.match(line):
            part = int(row[1])
        elif row := CHAPTER.match(line):
            needs = tuple(int(n) for n in row[3].split(",") if n.strip())
            found.append(Chapter(int(row[1]), row[2], part, needs, int(row[4])))
    return found


def draw(rows: list[Chapter]) -> str:
    """The chapters as lines of text, top to bottom, with an arc from each to those that build on it."""
    # Half a row of air before each part.
    height = {row.number: TOP + ROW * (i + 0.5 * (row.part - 1)) for i, row in enumerate(rows)}
    arcs = [
        _arc(height[n], height[row.number], INKS[rows[n - 1].part - 1]) for row in rows for n in row.needs
    ]
    names = [_name(row, height[row.number]) for row in rows]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(height.values()) + TOP:g}" '
            'font-family="system-ui, sans-serif" font-size="14">',
            '<g fill="none" stroke-opacity="0.55" stroke-width="1.2">',
            *arcs,
            "</g>",
            *names,
            "</svg>\n",
        ]
    )


def _name(row: Chapter, y: float) -> str:
    ink = INKS[row.part - 1]
    dot = f'<circle cx="{LEFT}" cy="{y:g}" r="3.5" fill="{ink}"/>'
    return f'{dot}<text x="{LEFT + 12}" y="{y + 4.5:g}" fill="{ink}">{row.number} {escape(row.title)}</text>'


def _arc(start: float, end: float, ink: str) -> str:
    x = LEFT - 6
    reach = x - min((end - start) * 0.45 + 6, x - 2)
    return f'<path d="M{x} {start:g} C{reach:.0f} {start:g} {reach:.0f} {end:g} {x} {end:g}" stroke="{ink}"/>'


if __name__ == "__main__":
    (BOOK / "_static" / "graph.svg").write_text(draw(chapters()))
