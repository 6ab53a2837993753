"""What this room returns: a piece of a page, and the words that stand in for it."""

import html
from base64 import b64encode
from dataclasses import dataclass

from avlab.show.style import CARD, INK, RULE

# Colours are set here and not left to the page: a card reads the same on a light and on a dark theme.
_CARD = (
    "display:block;box-sizing:border-box;max-width:700px;margin:8px 0;padding:12px 16px;text-align:left;"
    f"line-height:1.45;color:{INK};background:{CARD};color-scheme:light;border:1px solid {RULE};"
    "border-radius:8px"
)
WORDS = f"color:{INK};font-family:inherit;font-size:15px;font-weight:normal;text-align:left"


@dataclass(frozen=True)
class Shown:
    """Something to see or hear on a page, and the same in words.

    `html` works on the site, in JupyterLab and in nbconvert. It holds no script and no style sheet, so
    it also reads in a notebook that is not trusted. `text` is what a terminal shows and nbval compares.
    Chapter 1.
    """

    html: str
    text: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def row(*shown: Shown) -> Shown:
    """Several shown things side by side; they wrap on a narrow screen.

    Raises ValueError when there is nothing to show. Chapter 1.
    """
    if not shown:
        raise ValueError("row() got nothing to show: give it what picture(), player() and the others return")
    cells = "".join(f'<div style="flex:1 1 260px;min-width:0">{one.html}</div>' for one in shown)
    page = f'<div style="display:flex;flex-wrap:wrap;gap:0 12px">{cells}</div>'
    return Shown(page, "\n".join(one.text for one in shown))


def card(inside: str, caption: str = "") -> str:
    """A figure of its own: a light ground, rounded corners, and words under what it holds."""
    under = f'<figcaption style="margin:8px 0 0;padding:0;{WORDS}">{html.escape(caption)}</figcaption>'
    return f'<figure style="{_CARD}">{inside}{under if caption else ""}</figure>'


def data_uri(content: bytes, mime: str) -> str:
    """A file's bytes as an address, so that the page needs no file beside it."""
    return f"data:{mime};base64,{b64encode(content).decode('ascii')}"
