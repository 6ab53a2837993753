"""Weights from files that the peers' own code wrote, from ours, from a network, and from nobody to be trusted."""

import base64
import functools
import gzip
import hashlib
import json
import os
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import torch
import whisper
from safetensors.torch import load_file, save_file
from whisper.model import ModelDimensions

from avlab.errors import CheckpointError
from avlab.whisper import PUBLISHED, Whisper, download, load, save
from avlab.whisper.published import ADDRESS, ALIASES, SHA256, alignment_heads
from tests.whisper.peers import SMALL, openais, ours, spoken, transformers


@pytest.fixture(scope="module")
def model():
    return ours(SMALL)


@pytest.fixture
def openai_file(tmp_path):
    """A checkpoint of the kind that openai publishes: float16, and dims beside the weights."""
    theirs = openais(SMALL)
    state = {name: tensor.half() for name, tensor in theirs.state_dict().items()}
    torch.save({"dims": vars(theirs.dims), "model_state_dict": state}, tmp_path / "small.pt")
    return tmp_path / "small.pt"


@pytest.fixture
def hub_folder(tmp_path, model):
    transformers(model).save_pretrained(tmp_path / "hub")
    return tmp_path / "hub"


def logits(model):
    with torch.no_grad():
        return model(*spoken(SMALL))


def is_the(model, found):
    assert found.dims == model.dims and not found.training
    assert all(weight.requires_grad and weight.dtype == torch.float32 for weight in found.parameters())
    torch.testing.assert_close(logits(found), logits(model), rtol=0, atol=0)


# --- what the peers wrote


def test_openais_file(openai_file, model):
    rounded = ours(SMALL).half().float()
    is_the(rounded, load(openai_file))
    assert whisper.load_model(str(openai_file)).dims == ModelDimensions(**vars(openais(SMALL).dims))
    is_the(rounded, load(str(openai_file), device="cpu"))


def test_a_hub_folder_of_one_file(hub_folder, model):
    is_the(model, load(hub_folder))
    is_the(model, load(hub_folder / "model.safetensors"))


def test_a_hub_folder_of_shards(tmp_path, model):
    transformers(model).save_pretrained(tmp_path, max_shard_size="100KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 3
    is_the(model, load(tmp_path))


def test_a_hub_folder_without_the_output_layer_of_the_other(tmp_path, model):
    transformers(model).model.save_pretrained(tmp_path)  # a WhisperModel: no prefix in its names
    is_the(model, load(tmp_path))


def test_a_hub_folder_may_know_its_alignment_heads(hub_folder):
    assert load(hub_folder).alignment_heads[0] == (2, 0)
    (hub_folder / "generation_config.json").write_text(json.dumps({"alignment_heads": [[3, 2], [0, 1]]}))
    assert load(hub_folder).alignment_heads == [(3, 2), (0, 1)]


# --- what we wrote


def test_our_own_file_goes_round(tmp_path, model):
    model = ours(SMALL)
    model.alignment_heads = [(1, 2)]
    save(model, tmp_path / "mini.safetensors")
    found = load(tmp_path / "mini.safetensors")
    is_the(model, found)
    assert found.alignment_heads == [(1, 2)]


def test_our_own_file_in_half_precision_and_with_another_stem(tmp_path):
    model = Whisper(replace(SMALL, conv1_kernel=5, stride=4, position_scale=0.3)).eval()
    for kind in (None, torch.float16):
        save(model, tmp_path / f"{kind}.safetensors", kind)
    sizes = [(tmp_path / f"{kind}.safetensors").stat().st_size for kind in (None, torch.float16)]
    assert sizes[1] < 0.55 * sizes[0]
    found = load(tmp_path / "torch.float16.safetensors")
    assert found.dims == model.dims
    torch.testing.assert_close(found.state_dict(), model.half().float().state_dict(), rtol=0, atol=0)


def test_a_model_outlives_the_file_it_came_from(tmp_path, model):
    save(model, tmp_path / "mini.safetensors")
    found = load(tmp_path / "mini.safetensors")
    (tmp_path / "mini.safetensors").write_bytes(b"")
    is_the(model, found)
    save(found, tmp_path / "mini.safetensors")
    is_the(model, load(tmp_path / "mini.safetensors"))


def test_a_checkpoint_among_the_assets(tmp_path, model, monkeypatch):
    save(model, tmp_path / "m.safetensors")
    monkeypatch.setattr("avlab.assets.names", lambda: ["whisper-mini"])
    monkeypatch.setattr("avlab.assets.asset", {"whisper-mini": tmp_path / "m.safetensors"}.get)
    is_the(model, load("whisper-mini"))


# --- what is refused


def refused(path, *words):
    with pytest.raises(CheckpointError) as caught:
        load(path)
    assert all(word in str(caught.value) for word in words), str(caught.value)


class Malice:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_malicious_pickle_is_not_run(tmp_path, openai_file, zipped):
    contents = torch.load(openai_file)
    contents["dims"]["n_mels"] = Malice(tmp_path / "ran")
    torch.save(contents, openai_file, _use_new_zipfile_serialization=zipped)
    refused(openai_file, str(openai_file), "Nothing of it was run")
    assert not (tmp_path / "ran").exists()
    torch.load(openai_file, weights_only=False)
    assert (tmp_path / "ran").exists()  # this file was one that bites


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_truncated_files(openai_file, hub_folder, tmp_path, model, share):
    save(model, tmp_path / "mini.safetensors")
    for path in (openai_file, hub_folder / "model.safetensors", tmp_path / "mini.safetensors"):
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        refused(path, str(path), "damaged")


def test_a_missing_shard(tmp_path, model):
    transformers(model).save_pretrained(tmp_path, max_shard_size="100KB")
    next(tmp_path.glob("*-00002-*")).unlink()
    refused(tmp_path, "model-00002")


def test_a_shard_that_is_nowhere_or_outside(tmp_path, model):
    transformers(model).save_pretrained(tmp_path, max_shard_size="100KB")
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"model.encoder.conv1.weight": "../secret.safetensors"}}))
    refused(tmp_path, "a file outside of the folder")


def changed(path: Path, **changes) -> Path:
    """A file of openai's kind with other dims."""
    contents = torch.load(path)
    contents["dims"] |= changes
    torch.save(contents, path)
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_mels": 80}, ["1 of ", "encoder.conv1.weight, is (48, 20, 3) and should be (48, 80, 3)"]),
        ({"n_text_layer": 5}, ["decoder.blocks.4.attn.key.weight, is missing"]),
        ({"n_text_layer": 3}, ["should be absent"]),
        ({"n_audio_layer": 10**9}, ["dims are not those of its tensors"]),
        ({"n_audio_ctx": 10**14}, ["dims are not those of its tensors"]),
        ({"n_text_head": 5}, ["48 does not divide into 5 heads"]),
        ({"n_text_head": 0}, ["n_text_head is 0"]),
        ({"n_mels": "20"}, ["n_mels"]),
        ({"surprise": 1}, ["surprise"]),
    ],
)
def test_other_shapes_than_the_file_says(openai_file, change, words):
    refused(changed(openai_file, **change), str(openai_file), "is no Whisper checkpoint", *words)


@pytest.mark.parametrize(
    "contents", [{}, [1], {"dims": {}}, {"dims": None, "model_state_dict": {}}, torch.ones(3)]
)
def test_files_of_something_else(tmp_path, contents):
    torch.save(contents, tmp_path / "x.pt")
    refused(tmp_path / "x.pt", "is no Whisper checkpoint")


def test_weights_that_are_no_numbers(openai_file):
    contents = torch.load(openai_file)
    contents["model_state_dict"]["decoder.ln.weight"] = torch.ones(48, dtype=torch.int64)
    torch.save(contents, openai_file)
    refused(openai_file, "not of floating-point numbers")
    contents["model_state_dict"]["decoder.ln.weight"] = 3
    torch.save(contents, openai_file)
    refused(openai_file, "is no Whisper checkpoint")


def test_safetensors_without_dims(tmp_path):
    save_file({"x": torch.ones(2)}, tmp_path / "x.safetensors")
    refused(tmp_path / "x.safetensors", "no config.json lies beside it")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model_type": "bert"}, "'bert', not whisper"),
        ({"activation_function": "relu"}, "activation"),
        ({"scale_embedding": True}, "scale"),
        ({"decoder_ffn_dim": None, "num_mel_bins": None}, "n_mels"),
    ],
)
def test_other_models_of_the_hub(hub_folder, change, words):
    config = hub_folder / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    refused(hub_folder, words)


def test_a_hub_folder_with_a_damaged_or_no_config(hub_folder):
    (hub_folder / "config.json").write_text("{")
    refused(hub_folder, "is no Whisper checkpoint")
    (hub_folder / "config.json").unlink()
    refused(hub_folder, "config.json")


def test_an_output_layer_of_its_own(hub_folder):
    state = load_file(hub_folder / "model.safetensors")
    save_file(state | {"proj_out.weight": torch.ones(130, 48)}, hub_folder / "model.safetensors")
    refused(hub_folder, "output layer")


def test_alignment_heads_that_are_none(tmp_path):
    model = ours(SMALL)
    model.alignment_heads = [(4, 0)]
    save(model, tmp_path / "mini.safetensors")
    refused(tmp_path / "mini.safetensors", "alignment heads")


def test_names_that_nobody_knows():
    refused("tinny", "tinny", "Did you mean tiny", "large-v3")
    refused(Path("nowhere/model.pt"), "neither a path nor the name")


# --- the published ones


def test_the_published_names_and_addresses_are_openais():
    assert set(PUBLISHED) == set(whisper.available_models())
    for name, url in whisper._MODELS.items():
        file = ALIASES.get(name, name)
        assert ADDRESS.format(sha256=SHA256[file], name=file) == url


@pytest.mark.parametrize("name", whisper.available_models())
def test_the_alignment_heads_are_openais(name):
    shape = PUBLISHED[name].n_text_layer, PUBLISHED[name].n_text_head
    packed = gzip.decompress(base64.b85decode(whisper._ALIGNMENT_HEADS[name]))
    heads = torch.tensor(list(packed), dtype=torch.bool).reshape(shape).nonzero()
    assert alignment_heads(name) == [tuple(pair) for pair in heads.tolist()]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty machine: no cache, no folder of the learner's."""
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("AVLAB_ASSETS", raising=False)
    return tmp_path / "avlab"


@pytest.fixture
def published(openai_file, monkeypatch):
    """A small file that passes for the published "tiny"."""
    monkeypatch.setitem(SHA256, "tiny", hashlib.sha256(openai_file.read_bytes()).hexdigest())
    monkeypatch.setattr("avlab.whisper.loading.alignment_heads", lambda name: [(0, 0)])
    return openai_file.read_bytes()


@pytest.mark.parametrize("place", ["avlab", "whisper", "mine"])
def test_a_published_model_that_is_here_already(cache, published, place, monkeypatch):
    if place == "mine":
        monkeypatch.setenv("AVLAB_ASSETS", str(cache.with_name(place)))
    folder = cache.with_name(place)
    folder.mkdir()
    (folder / "tiny.pt").write_bytes(published)
    assert load("tiny").alignment_heads == [(0, 0)]


class Server(BaseHTTPRequestHandler):
    """Serves `body`, from where it is asked to if it `resumes`; breaks off after `breaks` bytes."""

    body, resumes, breaks, asked = b"", True, None, []

    def do_GET(self):
        self.asked.append(self.headers["Range"])
        start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-")) if self.resumes else 0
        rest = self.body[start:]
        if not rest:
            self.send_error(416)
            return
        self.send_response(206 if self.resumes else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: self.breaks])

    def log_message(self, *_):
        pass


@pytest.fixture
def serve(published, monkeypatch):
    """A function that starts a server of the published file and makes its address the published one."""
    servers = []

    def start(**kind):
        handler = type("Handler", (Server,), {"body": published, "asked": [], **kind})
        server = HTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=functools.partial(server.serve_forever, 0.01), daemon=True).start()
        monkeypatch.setattr(download, "ADDRESS", f"http://127.0.0.1:{server.server_port}/{{name}}.pt")
        return handler

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_published_model_is_downloaded_once(cache, serve, capsys):
    server = serve()
    load("tiny")
    assert "tiny.pt" in capsys.readouterr().out
    load("tiny")
    assert server.asked == ["bytes=0-"]
    assert [path.name for path in cache.iterdir()] == ["tiny.pt"]


@pytest.mark.parametrize("resumes", [True, False])
def test_a_download_that_broke_off_goes_on(cache, serve, resumes):
    serve(breaks=200_000)
    refused("tiny", "the connection failed or fell silent", "AVLAB_ASSETS", SHA256["tiny"])
    have = (cache / "tiny.pt.part").stat().st_size
    assert 0 < have <= 200_000
    server = serve(resumes=resumes)
    load("tiny")
    assert server.asked == [f"bytes={have}-"]


def test_a_whole_file_that_was_only_not_renamed(cache, serve, published):
    serve()
    cache.mkdir()
    (cache / "tiny.pt.part").write_bytes(published)
    load("tiny")


def test_other_bytes_than_the_published_ones(cache, serve, published):
    serve(body=published[:-1] + b"x")
    refused("tiny", "another hash", SHA256["tiny"])
    assert list(cache.iterdir()) == []
    (cache / "tiny.pt").write_bytes(b"spoiled")
    serve()
    load("tiny")


def test_no_network(cache, published, monkeypatch):
    monkeypatch.setattr(download, "ADDRESS", "http://127.0.0.1:9/{name}.pt")
    refused("tiny", "http://127.0.0.1:9/tiny.pt", "put it as tiny.pt into a folder", "AVLAB_ASSETS")


def test_a_refusal_of_the_server(cache, serve):
    serve(do_GET=lambda handler: handler.send_error(404))
    refused("tiny", "404")
