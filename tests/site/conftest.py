"""The built site, served on loopback, and a browser that looks at it."""

import os
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
SIZES = {"desktop": {"width": 1280, "height": 900}, "telephone": {"width": 390, "height": 844}}

sys.path.append(str(ROOT / "book" / "_ext"))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built site. `make test` builds it first, so there it has to be."""
    if not (HTML / "index.html").is_file():
        missing = "no site in _build/html: run make book"
        pytest.fail(missing) if "MAKELEVEL" in os.environ else pytest.skip(missing)
    return HTML


@pytest.fixture(scope="session")
def address(html):
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


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
