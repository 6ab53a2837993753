"""Whisper as transformers and its model hub keep it: other names for the same tensors. Chapter 10."""

import json
import re
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from avlab.whisper.dims import Dims

# ours (openai's) -> transformers'. Whole parts of a name between dots.
NAMES = {
    "encoder.ln_post": "encoder.layer_norm",
    "decoder.ln": "decoder.layer_norm",
    "blocks": "layers",
    "attn": "self_attn",
    "attn_ln": "self_attn_layer_norm",
    "cross_attn": "encoder_attn",
    "cross_attn_ln": "encoder_attn_layer_norm",
    "query": "q_proj",
    "key": "k_proj",
    "value": "v_proj",
    "out": "out_proj",
    "mlp.0": "fc1",
    "mlp.2": "fc2",
    "mlp_ln": "final_layer_norm",
    "token_embedding": "embed_tokens",
    "positional_embedding": "embed_positions.weight",
}
OUTPUT = "proj_out.weight"  # transformers' second name for the token embedding


def to_hub(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state dict of ours under the names of `WhisperForConditionalGeneration`."""
    renamed = {f"model.{_translate(name, NAMES)}": tensor for name, tensor in state.items()}
    return renamed | {OUTPUT: state["decoder.token_embedding.weight"]}


def from_hub(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state dict of transformers' under our names. Raises ValueError for an output layer of its own."""
    theirs = {hub: ours for ours, hub in NAMES.items()}
    renamed = {
        _translate(name.removeprefix("model."), theirs): tensor
        for name, tensor in state.items()
        if name != OUTPUT
    }
    embedding = renamed.get("decoder.token_embedding.weight")
    if OUTPUT in state and (embedding is None or not torch.equal(state[OUTPUT], embedding)):
        raise ValueError("its output layer is not the token embedding, as it is in Whisper")
    return renamed


def read(folder: Path) -> tuple[Dims, dict[str, Tensor], list | None]:
    """Dims, weights under our names, and the alignment heads if they are there, of a folder of the hub."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("model_type") != "whisper":
        raise ValueError(
            f"its config.json describes a model of type {config.get('model_type')!r}, not whisper"
        )
    if config.get("activation_function", "gelu") != "gelu" or config.get("scale_embedding", False):
        raise ValueError("its activation or its embedding's scale is not that of the published models")
    index, state = folder / "model.safetensors.index.json", {}
    files = ["model.safetensors"]
    if index.is_file():
        files = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    for file in files:
        if Path(file).name != file:
            raise ValueError(f"its index names a file outside of the folder: {file}")
        state |= load_file(folder / file)
    extras = folder / "generation_config.json"
    heads = (
        json.loads(extras.read_text(encoding="utf-8")).get("alignment_heads") if extras.is_file() else None
    )
    return _dims(config), from_hub(state), heads


def _dims(config: dict) -> Dims:
    return Dims(
        n_mels=config["num_mel_bins"],
        n_audio_ctx=config["max_source_positions"],
        n_audio_state=config["d_model"],
        n_audio_head=config["encoder_attention_heads"],
        n_audio_layer=config["encoder_layers"],
        n_vocab=config["vocab_size"],
        n_text_ctx=config["max_target_positions"],
        n_text_state=config["d_model"],
        n_text_head=config["decoder_attention_heads"],
        n_text_layer=config["decoder_layers"],
    )


def _translate(name: str, table: dict[str, str]) -> str:
    parts = "|".join(re.escape(part) for part in table)
    return re.sub(rf"(?<![^.])(?:{parts})(?![^.])", lambda match: table[match[0]], name)
