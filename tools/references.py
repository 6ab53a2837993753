"""Makes book/references.md from book/references.bib: `python -m tools.references`.

The page is plain Markdown, so that a link like `../../book/references.md#vaswani2017` leads to the entry on
the site, on GitHub and in JupyterLab. A test holds the page to the file.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from pybtex.database import Entry, parse_file

BOOK = Path(__file__).resolve().parents[1] / "book"
CITED = re.compile(r"references\.md#([\w-]+)")
HEAD = """# References

What the chapters cite, and below it what else is worth reading first. The same list for your own papers:
[references.bib](references.bib).
"""


def cited(book: Path = BOOK) -> set[str]:
    """The keys that the book's pages link to."""
    pages = (page.read_text(encoding="utf-8") for page in book.rglob("*.md"))
    return {key for page in pages for key in CITED.findall(page)}


def entry(key: str, work: Entry) -> str:
    """One work as an item of a list, with its anchor."""
    title, year = _plain(work.fields["title"]), work.fields["year"]
    stop = "" if title.endswith("?") else "."
    parts = [f"{_authors(work)} ({year}).", f"*{title}*{stop}", _place(work.fields), *_links(work.fields)]
    return f'- <a id="{key}"></a>' + " ".join(part for part in parts if part)


def page(entries: dict[str, Entry], keys: set[str]) -> str:
    """The whole page; `keys` are those that the chapters cite."""
    ordered = sorted(entries.items(), key=lambda item: (_authors(item[1]).casefold(), item[1].fields["year"]))
    parts = [HEAD]
    for title, wanted in (("Cited in the chapters", True), ("Further reading", False)):
        items = [entry(key, work) for key, work in ordered if (key in keys) is wanted]
        if items:
            parts += [f"## {title}\n", "\n".join(items) + "\n"]
    return "\n".join(parts)


def _authors(work: Entry) -> str:
    names = []
    for person in work.persons["author"]:
        family = " ".join([*person.prelast_names, *person.last_names])
        initials = " ".join(f"{name[0]}." for name in (*person.first_names, *person.middle_names))
        names.append("et al." if family == "others" else f"{family}, {initials}")
    if len(names) < 2:
        return names[0]
    return ", ".join(names) if names[-1] == "et al." else f"{', '.join(names[:-1])} and {names[-1]}"


def _place(fields: Mapping[str, str]) -> str:
    """Where it appeared, as in `Nature 264/5588, 746–748.`"""
    place = next((fields[name] for name in ("journal", "booktitle", "school") if name in fields), "")
    for name, mark in (("volume", " "), ("number", "/"), ("pages", ", ")):
        if name in fields:
            place += mark + fields[name].replace("--", "–")
    return place and f"{place}."


def _links(fields: Mapping[str, str]) -> list[str]:
    sites = (("eprint", "arXiv", "https://arxiv.org/abs/"), ("doi", "doi", "https://doi.org/"))
    return [f"[{site}:{fields[name]}]({at}{fields[name]})." for name, site, at in sites if name in fields]


def _plain(title: str) -> str:
    return title.strip("{}")


if __name__ == "__main__":
    made = page(dict(parse_file(BOOK / "references.bib").entries.items()), cited())
    (BOOK / "references.md").write_text(made, encoding="utf-8")
