import pytest

from tests.site.pages import CHAPTERS, PAGES

pytestmark = pytest.mark.browser

# Of every text in a cell's output: its contrast against the nearest ground below it.
CONTRASTS = """() => {
  const light = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 };
  const parse = s => s.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const output of document.querySelectorAll('.cell_output')) {
    const walk = document.createTreeWalker(output, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const words = walk.currentNode.textContent.trim(), holder = walk.currentNode.parentElement;
      if (!words || !holder.checkVisibility()) continue;
      const [a, b] = [luminance(parse(getComputedStyle(holder).color)), luminance(ground(holder))].sort((x, y) => y - x);
      found.push([(a + 0.05) / (b + 0.05), words.slice(0, 60)]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_a_page_opens_quietly_and_fits_the_screen(opened, name):
    page = opened(name)
    # The scroll bar is not part of the page's own width.
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1]


@pytest.mark.parametrize("name", CHAPTERS)
def test_words_in_outputs_stand_out_from_their_ground(opened, name):
    found = opened(name).evaluate(CONTRASTS)
    assert found
    assert [(words, round(ratio, 2)) for ratio, words in found if ratio < 4.5] == []


def test_the_theme_can_be_changed(opened, scheme):
    page = opened(PAGES[0])
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    other = "dark" if scheme == "light" else "light"
    for _ in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        if page.locator("html").get_attribute("data-theme") == other:
            break
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
