"""Reading HTML: its tags with their attributes."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Every opening tag of a page, in order, with its attributes."""
    reader = _Reader()
    reader.feed(page)
    return reader.tags
