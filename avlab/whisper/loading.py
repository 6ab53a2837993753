"""Weights from a file into a model, and back: openai's files, the model hub's, and our own. Chapter 10."""

import difflib
import json
import pickle
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from avlab import assets
from avlab.errors import CheckpointError
from avlab.whisper import download, hub
from avlab.whisper.dims import Dims
from avlab.whisper.model import Whisper
from avlab.whisper.published import PUBLISHED, alignment_heads

# Dims, weights under our names, and the alignment heads where the file knows them.
Contents = tuple[Dims, dict[str, Tensor], list | None]
# No size of a model comes near; a file that claims more would fill the memory with what it describes.
ABSURD = 1_000_000
REMEDY = "Get it again from where it came, or make it again."


def load(name_or_path: str | Path, device: torch.device | str | None = None) -> Whisper:
    """A Whisper with its weights, in float32, in `eval` mode, on the processor unless `device` says.

    The name of a published model ("tiny" … "large-v3", "turbo"), of a checkpoint among the assets, or a path:
    openai's `.pt`, a folder in the model hub's layout (`config.json` and safetensors, one file or shards),
    or a file that `save` wrote. A published one is downloaded if it is not on this machine yet. Whatever
    the file says is held against the shapes it claims to have, and no code in it is run. Raises
    CheckpointError for what cannot be had, read or trusted. Chapter 10.
    """
    path = _find(name_or_path)
    try:
        dims, state, heads = _read(path)
        if str(name_or_path) in PUBLISHED:
            heads = alignment_heads(str(name_or_path))
        model = _build(dims, state, heads)
    except pickle.UnpicklingError as error:
        problem = "is damaged, or holds objects that could run as a program. Nothing of it was run."
        raise CheckpointError(path, problem, REMEDY) from error
    except (OSError, EOFError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            path, f"could not be read; it may be cut off or damaged ({reason}).", REMEDY
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CheckpointError(path, f"is no Whisper checkpoint: {_said(error)}.", REMEDY) from error
    return model.to(device or "cpu").eval()


def save(model: Whisper, path: str | Path, dtype: torch.dtype | None = None) -> None:
    """Write a model as safetensors, its dims and alignment heads in the file's metadata. Chapter 10.

    `dtype` is that of the stored weights, the model's own unless given; float16 halves the file.
    """
    state = {name: tensor.to("cpu", dtype).contiguous() for name, tensor in model.state_dict().items()}
    described = {"dims": asdict(model.dims), "alignment_heads": model.alignment_heads}
    save_file(state, path, {"format": "pt", **{key: json.dumps(value) for key, value in described.items()}})


def _find(name_or_path: str | Path) -> Path:
    name = str(name_or_path)
    if name in PUBLISHED:
        return download.weights(name)
    if (path := Path(name_or_path)).exists():
        return path
    if name in assets.names():
        return assets.asset(name)
    close = difflib.get_close_matches(name, PUBLISHED, n=3)
    meant = f"Did you mean {' or '.join(close)}? " if close else ""
    known = ", ".join(PUBLISHED)
    raise CheckpointError(
        name, "is neither a path nor the name of a model.", f"{meant}The published models are {known}."
    )


def _read(path: Path) -> Contents:
    if path.is_dir():
        return hub.read(path)
    if path.suffix != ".safetensors":
        return _of_openai(path)
    with safe_open(path, framework="pt") as file:
        described = file.metadata() or {}
    if "dims" in described:
        dims, heads = (json.loads(described[key]) for key in ("dims", "alignment_heads"))
        return Dims(**dims), load_file(path), heads
    if not (path.parent / "config.json").is_file():
        raise ValueError("it does not say its dims, and no config.json lies beside it")
    return hub.read(path.parent)


def _of_openai(path: Path) -> Contents:
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(checkpoint, dict):
        raise ValueError(f"it holds a {type(checkpoint).__name__}")
    return Dims(**checkpoint["dims"]), checkpoint["model_state_dict"], None


def _build(dims: Dims, state: dict[str, Tensor], heads: list | None) -> Whisper:
    if dims.n_audio_layer + dims.n_text_layer > len(state) or max(vars(dims).values()) > ABSURD:
        raise ValueError("its dims are not those of its tensors")
    with torch.device("meta"):  # shapes without memory: nothing is made before everything fits
        model = Whisper(dims)
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in state.items()}
    if wrong := sorted(name for name in expected | found if expected.get(name) != found.get(name)):
        first, is_, should_be = wrong[0], found.get(wrong[0], "missing"), expected.get(wrong[0], "absent")
        raise ValueError(
            f"{len(wrong)} of {len(expected)} tensors are missing, too many or of another shape; "
            f"the first, {first}, is {is_} and should be {should_be}"
        )
    if not all(tensor.is_floating_point() for tensor in state.values()):
        raise ValueError("some of its tensors are not of floating-point numbers")
    # A copy even of float32: safetensors maps the file into memory, and it may be written again.
    state = {name: tensor.to(torch.float32, copy=True) for name, tensor in state.items()}
    model.load_state_dict(state, assign=True)
    if heads:
        everywhere = {(b, h) for b in range(dims.n_text_layer) for h in range(dims.n_text_head)}
        model.alignment_heads = [(int(block), int(head)) for block, head in heads]
        if not everywhere.issuperset(model.alignment_heads):
            raise ValueError("its alignment heads are not heads of its decoder")
    return model


def _said(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
