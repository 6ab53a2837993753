import hashlib
import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from avlab import AssetError, asset, assets

ROOT = Path(__file__).parents[1]
CONTENT = b"a small recording" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PUBLIC = ["jfk", "ls_test", "scene_cuts", "bikes", "pancake", "nasa"]


class Answers(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT: whole, broken off, changed, late, or not at all, as the path says."""

    def do_GET(self):
        self.server.requests.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        if self.path == "/late":
            time.sleep(0.6)
        body = {"/changed": CONTENT[::-1]}.get(self.path, CONTENT)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/broken" else body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.requests = []
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and no folder of the learner's."""
    monkeypatch.delenv(assets.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(assets, "_cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def register(tmp_path, monkeypatch):
    """Makes a registry of one file, `small`."""

    def write(origin: str) -> None:
        registry = tmp_path / "assets.toml"
        registry.write_text(
            f'[small]\nfile = "small.flac"\nsha256 = "{SHA256}"\nbytes = {len(CONTENT)}\n'
            f'licence = "MIT"\ncredit = "somebody"\nabout = "A sound."\n{origin}\n'
        )
        monkeypatch.setattr(assets, "REGISTRY", registry)

    return write


def address(server, path):
    return f'url = "http://127.0.0.1:{server.server_port}{path}"'


def test_a_file_is_downloaded_once_and_whole(cache, register, server):
    register(address(server, "/whole"))
    assert assets.here(assets.info("small")) is None
    assert asset("small") == asset("small") == cache / "small.flac"
    assert (cache / "small.flac").read_bytes() == CONTENT
    assert server.requests == ["/whole"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/broken", "IncompleteRead"), ("/changed", "another hash"), ("/missing", "404")],
)
def test_a_download_that_goes_wrong_leaves_nothing_behind(cache, register, server, path, reason):
    register(address(server, path))
    with pytest.raises(AssetError, match=reason):
        asset("small")
    assert list(cache.iterdir()) == []


def test_without_a_network_the_message_says_what_to_do(cache, register):
    with socket.socket() as closed:  # bound and not listening: a connection is refused at once
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/small.flac"
        register(f'url = "{url}"')
        with pytest.raises(AssetError) as error:
            asset("small")
    for part in (url, SHA256, "small.flac", "AVLAB_ASSETS", "connection failed"):
        assert part in str(error.value)


def test_a_silent_server_is_given_up_after_our_patience(cache, register, server, monkeypatch):
    monkeypatch.setattr(assets, "PATIENCE", 0.1)
    register(address(server, "/late"))
    with pytest.raises(AssetError, match=r"sent nothing for 0\.1 seconds"):
        asset("small")


def test_a_spoiled_file_in_the_cache_is_fetched_again(cache, register, server):
    register(address(server, "/whole"))
    cache.mkdir()
    (cache / "small.flac").write_bytes(CONTENT[:-1])
    assert assets.here(assets.info("small")) is None
    assert asset("small").read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written_is_our_error(cache, register, server):
    register(address(server, "/whole"))
    cache.write_bytes(b"a file where the folder should be")
    with pytest.raises(AssetError, match="could not be downloaded"):
        asset("small")


def test_the_learners_folder_comes_first(cache, register, server, tmp_path, monkeypatch):
    register(address(server, "/whole"))
    folder = tmp_path / "by_hand"
    folder.mkdir()
    (folder / "small.flac").write_bytes(CONTENT)
    cache.mkdir()
    (cache / "small.flac").write_bytes(CONTENT)
    monkeypatch.setenv("AVLAB_ASSETS", str(folder))
    assert asset("small") == folder / "small.flac"
    assert server.requests == []


def test_a_wrong_file_in_the_learners_folder_is_named(cache, register, server, tmp_path, monkeypatch):
    register(address(server, "/whole"))
    (tmp_path / "small.flac").write_bytes(CONTENT)
    monkeypatch.setenv("AVLAB_ASSETS", str(tmp_path))
    assert asset("small") == tmp_path / "small.flac"
    (tmp_path / "small.flac").write_bytes(b"something else")  # later than the first look: seen all the same
    with pytest.raises(AssetError) as error:
        asset("small")
    got = hashlib.sha256(b"something else").hexdigest()
    for part in (str(tmp_path / "small.flac"), SHA256, got):
        assert part in str(error.value)


def test_a_folder_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("AVLAB_ASSETS", str(tmp_path / "gone"))
    with pytest.raises(AssetError, match=r"AVLAB_ASSETS: names .*gone, which is not a folder"):
        asset("jfk")


def test_a_missing_file_of_data_is_not_looked_for_in_the_network(cache, register):
    register('data = "clips/small.flac"')
    with pytest.raises(AssetError, match=r"clips.small\.flac\. Restore it"):
        asset("small")


def test_a_tampered_file_of_data_is_named(cache, register, tmp_path, monkeypatch):
    register('data = "clips/small.flac"')
    (tmp_path / "small.flac").write_bytes(b"tampered")
    monkeypatch.setattr(assets, "_data_path", lambda entry: tmp_path / "small.flac")
    with pytest.raises(AssetError, match=r"small\.flac is not the registered file"):
        asset("small")


def test_an_unknown_name_gets_the_closest_and_the_list():
    with pytest.raises(AssetError) as error:
        asset("nassa")
    assert "Did you mean nasa?" in str(error.value)
    assert all(name in str(error.value) for name in assets.names())


def test_every_entry_is_complete_and_has_one_origin():
    assert set(PUBLIC) <= set(assets.names())
    files = [assets.info(name).file for name in assets.names()]
    assert len(set(files)) == len(files), "a folder of the learner's is searched by file name"
    for entry in map(assets.info, assets.names()):
        assert (entry.data is None) != (entry.url is None), entry.name
        assert len(entry.sha256) == 64 and entry.bytes > 0, entry.name
        assert entry.licence and entry.credit and entry.about, entry.name
        assert entry.url is None or entry.url.startswith("https://"), entry.name


@pytest.mark.media
def test_the_registered_hashes_are_those_of_the_recordings(media, monkeypatch):
    monkeypatch.setenv("AVLAB_ASSETS", str(media))
    for name in PUBLIC:
        path = asset(name)
        assert path.parent == media
        assert path.stat().st_size == assets.info(name).bytes


def own():
    return [name for name in assets.names() if assets.info(name).data]


@pytest.mark.parametrize("place", ["workbook/1_signals", "autograded/bitdiddle/1_signals", "."])
def test_files_of_data_are_found_from_any_folder(tmp_path, place):
    folder = tmp_path / place
    folder.mkdir(parents=True, exist_ok=True)
    code = "import avlab; print(*[avlab.asset(name) for name in avlab.assets.names() if avlab.assets.info(name).data])"
    environment = {key: value for key, value in os.environ.items() if key != "AVLAB_ASSETS"}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [str(ROOT / "data" / assets.info(name).data) for name in own()]


@pytest.mark.slow
def test_an_installed_wheel_carries_data(tmp_path):
    """As on Colab: the wheel, in an environment that does not see this checkout."""
    pip = [sys.executable, "-m", "pip", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("avlab-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", tmp_path / "site", wheel], check=True)
    code = "import avlab; print(avlab.__file__, *[avlab.asset(name) for name in avlab.assets.names() if avlab.assets.info(name).data])"
    environment = {key: value for key, value in os.environ.items() if key != "AVLAB_ASSETS"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    inside = tmp_path / "site" / "avlab"
    expected = [inside / "__init__.py", *(inside / "_data" / assets.info(name).data for name in own())]
    assert found.stdout.split() == [str(path) for path in expected]
