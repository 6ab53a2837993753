"""Positions: attention sees a set, so the order must be written into what it sees. Chapter 8."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor


def sinusoids(length: int, width: int, longest: int | float = 10_000) -> Float[Tensor, "length width"]:
    """Whisper's fixed positions: sines of falling frequencies, then their cosines.

    The periods go from 2π to 2π · `longest` steps, both included. The original Transformer interleaves sines
    and cosines and stops one step short of `longest`: its exponents are 2i / width, these i / (width/2 - 1).
    Raises ValueError for an odd width or one below 4. Source: openai/whisper `model.py`. Chapter 8.
    """
    if width % 2 or width < 4:
        raise ValueError(f"the width is {width}; sines and cosines need an even one of at least 4")
    step = math.log(longest) / (width // 2 - 1)
    frequencies = torch.exp(-step * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


@dataclass(frozen=True)
class RoPE:
    """Rotary positions: each pair of channels turns with time, so that scores depend on the distance alone.

    `layout` says which channels make a pair: "pairs" (0, 1), (2, 3) … as in the paper and Meta's LLaMA;
    "halves" (0, dim/2), (1, dim/2 + 1) … as in transformers. Weights trained with one are wrong with the
    other until `halves_from_pairs` or `pairs_from_halves` has reordered them. Pair i turns by
    base^(-2i/dim) radians a step. Source: Su et al. 2021. Chapter 8.
    """

    base: int | float = 10_000
    layout: Literal["halves", "pairs"] = "halves"

    def __call__(
        self, x: Float[Tensor, "*batch time dim"], start: int = 0
    ) -> Float[Tensor, "*batch time dim"]:
        """`x` turned; its first time step stands at position `start`. Raises ValueError for an odd dim."""
        if x.shape[-1] % 2:
            raise ValueError(f"a head of {x.shape[-1]} channels does not divide into pairs")
        steps = torch.arange(start, start + x.shape[-2], device=x.device, dtype=torch.float32)
        exponents = torch.arange(0, x.shape[-1], 2, device=x.device, dtype=torch.float32) / x.shape[-1]
        angles = steps[:, None] * (1 / self.base**exponents)  # rounded as transformers and Meta round it
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        pattern = (
            "... (half two) -> two ... half" if self.layout == "pairs" else "... (two half) -> two ... half"
        )
        a, b = rearrange(x, pattern, two=2)
        turned = torch.stack([a * cos - b * sin, b * cos + a * sin])
        return rearrange(turned, " -> ".join(reversed(pattern.split(" -> "))))


def halves_from_pairs(rows: Float[Tensor, "width *rest"], heads: int) -> Float[Tensor, "width *rest"]:
    """A query's or key's weight (or bias) for the layout "pairs", reordered for "halves". Chapter 8."""
    return rearrange(rows, "(heads half two) ... -> (heads two half) ...", heads=heads, two=2)


def pairs_from_halves(rows: Float[Tensor, "width *rest"], heads: int) -> Float[Tensor, "width *rest"]:
    """A query's or key's weight (or bias) for the layout "halves", reordered for "pairs". Chapter 8."""
    return rearrange(rows, "(heads two half) ... -> (heads half two) ...", heads=heads, two=2)
