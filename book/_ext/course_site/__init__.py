"""What this book needs of Sphinx beyond Jupyter Book: folded solutions, anchors, formulas without scripts."""

from sphinx.application import Sphinx

from course_site import anchors, mathml, solutions


def setup(app: Sphinx) -> dict:
    """Register the three parts."""
    for part in (anchors, mathml, solutions):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
