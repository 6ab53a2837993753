"""`<a id="…"></a>` in a Markdown page, and a term of the glossary, can be linked to as `page.md#…` anywhere.

GitHub and JupyterLab follow such links by themselves. MyST knows only headings as ends of links between
pages, and warns of all others; here it is told of the rest.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

ANCHOR = re.compile(r'<a id="([^"]+)">')


def _announce(app: Sphinx, doctree: nodes.document) -> None:
    names = [name for raw in doctree.findall(nodes.raw) for name in ANCHOR.findall(raw.astext())]
    names += [name for term in doctree.findall(nodes.term) for name in term["ids"]]
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    slugs.update({name: (0, name, name) for name in names})  # line, id, and the text of a link without one


def setup(app: Sphinx) -> None:
    """Announce a page's anchors when it has been read."""
    app.connect("doctree-read", _announce)
