"""A table that a screen reader can find its way through."""

import html
from collections.abc import Iterable, Sequence

from avlab.show.shown import WORDS, Shown, card
from avlab.show.style import RULE
from avlab.show.words import described

_CELL = f"padding:4px 14px 4px 0;vertical-align:top;border-bottom:1px solid {RULE};{WORDS}"
_CAPTION = f"caption-side:top;padding:0 0 8px;{WORDS}"
_PLAIN = '<tr style="background:none">'  # JupyterLab tints every other row


def table(rows: Iterable[Sequence[object]], header: Sequence[str], *, caption: str) -> Shown:
    """Rows under a header, the first cell of each row naming it, with a caption that says what they show.

    Raises ValueError when a row is not as long as the header, and for a caption that says nothing. Chapter 1.
    """
    caption = described(caption, "caption")
    filled = [[str(cell) for cell in row] for row in rows]
    wrong = next((row for row in filled if len(row) != len(header)), None)
    if wrong is not None:
        raise ValueError(f"the row {wrong} has {len(wrong)} cells under a header of {len(header)}")
    head = "".join(_th(name, "col") for name in header)
    body = "".join(f"{_PLAIN}{_th(row[0], 'row')}{''.join(map(_td, row[1:]))}</tr>" for row in filled)
    grid = (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:0">'
        f'<caption style="{_CAPTION}">{html.escape(caption)}</caption>'
        f"<thead>{_PLAIN}{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    lines = [" | ".join(cells) for cells in [list(header), *filled]]
    return Shown(card(grid), "\n".join([caption, *lines]))


def _td(words: str) -> str:
    return f'<td style="{_CELL}">{html.escape(words)}</td>'


def _th(words: str, scope: str) -> str:
    return f'<th scope="{scope}" style="{_CELL};font-weight:bold">{html.escape(words)}</th>'
