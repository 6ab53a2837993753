"""The layers that the models share: attention and its cache, positions, blocks, LoRA and adapters."""

from avlab.nn.adapter import Adapter
from avlab.nn.attention import attention, causal_mask
from avlab.nn.block import Block
from avlab.nn.cache import KVCache
from avlab.nn.lora import LoRALinear, merge_lora, with_lora
from avlab.nn.multi_head import MultiHeadAttention
from avlab.nn.positions import RoPE, halves_from_pairs, pairs_from_halves, sinusoids

__all__ = [
    "Adapter",
    "Block",
    "KVCache",
    "LoRALinear",
    "MultiHeadAttention",
    "RoPE",
    "attention",
    "causal_mask",
    "halves_from_pairs",
    "merge_lora",
    "pairs_from_halves",
    "sinusoids",
    "with_lora",
]
