"""A small clip, a reader of pages, and a way to open them in a browser."""

from html.parser import HTMLParser

import pytest
import torch

from avlab.clip import Clip


def moving(seconds=1.0, fps=12, height=24, width=32, sample_rate=8000) -> Clip:
    """A bright column that moves right, and a tone that fades."""
    count = round(seconds * fps)
    frames = torch.zeros(count, height, width, 3, dtype=torch.uint8)
    for number in range(count):
        frames[number, :, number * width // count] = 255
    time = torch.arange(round(seconds * sample_rate)) / sample_rate
    tone = 0.5 * torch.sin(2 * torch.pi * 440 * time) * torch.exp(-time)
    return Clip(frames, torch.arange(count, dtype=torch.float64) / fps, tone, sample_rate)


@pytest.fixture
def make_clip():
    return moving


@pytest.fixture
def clip() -> Clip:
    return moving()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"


@pytest.fixture
def elements():
    """The attributes of every element of one kind in a page whose elements are all closed in order."""

    def read(html: str, tag: str) -> list[dict]:
        reader = _Reader()
        reader.feed(html)
        assert not reader.open
        return [attributes for name, attributes in reader.found if name == tag]

    return read


@pytest.fixture
def visit(browser, tmp_path):
    """Open a page that holds this HTML; no error may reach its console."""
    complaints, pages = [], []

    def show(*html: str, **options):
        file = tmp_path / "page.html"
        file.write_text(f'<!doctype html><meta charset="utf-8">{"".join(html)}', encoding="utf-8")
        page = browser.new_page(**options)
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.goto(file.as_uri())
        return page

    yield show
    for page in pages:
        page.close()
    assert not complaints
