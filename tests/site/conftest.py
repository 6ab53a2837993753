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
