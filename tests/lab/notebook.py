"""A notebook that is open in JupyterLab: its cells, and what one does with them by hand."""

from playwright.sync_api import Locator, Page

# In the line at the bottom. JupyterLab asks for a kernel, or loses what is run, before one is there.
IDLE = "Python 3 (ipykernel) | Idle"
# A cell that has not run, or runs, has empty brackets or a star. (One whose code is folded away has neither.)
ALL_HAVE_RUN = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
  .every(prompt => !['[ ]:', '[*]:'].includes(prompt.textContent))"""
NUMBER = "cell => cell.querySelector('.jp-InputPrompt').textContent"


class Notebook:
    """The page, and its cells by their place in the notebook."""

    def __init__(self, page: Page):
        self.page = page

    def cell(self, place: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(place)

    def output(self, place: int) -> Locator:
        return self.cell(place).locator(".jp-Cell-outputArea")

    def run_all(self, seconds: float = 60) -> None:
        """Run -> Run All Cells, and wait until the last one has run."""
        self.wait_for_kernel()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(ALL_HAVE_RUN, polling=200, timeout=1000 * seconds)
        self.wait_for_kernel()

    def wait_for_kernel(self) -> None:
        """Until there is a kernel that has nothing to do."""
        self.page.get_by_text(IDLE, exact=True).wait_for(timeout=60_000)

    def write(self, place: int, source: str) -> None:
        """Click into a cell, select what stands there, and type over it."""
        self.cell(place).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run(self, place: int) -> None:
        """Shift+Enter in a cell, and wait until it has run."""
        cell = self.cell(place)
        before = cell.evaluate(NUMBER)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            "([cell, before]) => ![before, '[*]:'].includes(cell.querySelector('.jp-InputPrompt').textContent)",
            arg=[cell.element_handle(), before],
            timeout=60_000,
        )
