"""Formulas as MathML, which browsers draw themselves: nothing to load, and screen readers can speak it.

The translation is docutils' own. A command that it does not know is a warning, so that the build fails.
"""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)


def _draw(self: HTML5Translator, node: nodes.Element, block: bool) -> None:
    try:
        formula = tex2mathml(node.astext(), as_block=block)
    except MathError as error:
        logger.warning("cannot draw this formula: %s", error, location=node)
        formula = f"<code>{self.encode(node.astext())}</code>"
    self.body.append(f'<div class="formula">{formula}</div>' if block else formula)
    raise nodes.SkipNode


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    _draw(self, node, block=False)


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    _draw(self, node, block=True)


def setup(app: Sphinx) -> None:
    """Offer the renderer; `html_math_renderer: mathml` in _config.yml chooses it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
