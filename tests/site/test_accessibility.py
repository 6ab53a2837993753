"""axe-core's rules, on every page as it opens and with everything unfolded."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.site.pages import PAGES

pytestmark = pytest.mark.browser

# What unfolds fades in: half way, its words have little contrast.
UNFOLD = """async () => {
  document.querySelectorAll('details:not([data-sweep] *)').forEach(part => part.open = true)
  await Promise.race([
    Promise.allSettled(document.getAnimations().map(fading => fading.finished)),
    new Promise(done => setTimeout(done, 5000)),
  ])
}"""
# What is wrong, the rule, and where. Without `preload`, axe asks for no style sheet a second time.
FINDINGS = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations
  .filter(found => ['serious', 'critical'].includes(found.impact))
  .flatMap(found => found.nodes.map(node => [found.help, found.id, node.target.join(' '), node.html.slice(0, 120)]))"""


def findings(page) -> list:
    """axe-core's serious and critical findings on a page as it is now."""
    page.evaluate(UNFOLD)
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(FINDINGS)


@pytest.mark.parametrize("name", [*PAGES, "search", "genindex"])
def test_axe_finds_nothing_serious(opened, name):
    assert findings(opened(name)) == []
