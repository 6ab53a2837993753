import pytest

from tests.site.pages import CHAPTERS, PAGES

pytestmark = pytest.mark.browser
SIZES = {"desktop": {"width": 1280, "height": 900}, "telephone": {"width": 390, "height": 844}}

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


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture(params=SIZES)
def size(request):
    return SIZES[request.param]


@pytest.fixture
def opened(browser, address, size, scheme):
    """Opens a page; afterwards nothing may have gone wrong, and nothing may have been asked of other hosts."""
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    wrong = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on(
        "response", lambda answer: answer.status >= 400 and wrong.append(f"{answer.status}: {answer.url}")
    )
    page.on(
        "request",
        lambda request: (
            request.url.startswith((address, "data:", "blob:")) or wrong.append(f"elsewhere: {request.url}")
        ),
    )

    def open_page(name):
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
        return page

    yield open_page
    context.close()
    assert wrong == []


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
