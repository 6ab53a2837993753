"""LoRA: a big layer stays as it is, and a product of two thin ones beside it learns. Chapter 12."""

from collections.abc import Collection

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """`linear(x) + alpha / rank · up(down(x))`; `up` begins at zero, so that nothing changes at first.

    Source: Hu et al. 2021. Chapter 12.
    """

    def __init__(
        self, linear: nn.Linear, rank: int, alpha: int | float, generator: torch.Generator | None = None
    ):
        super().__init__()
        weight = linear.weight
        self.linear, self.scale = linear, alpha / rank
        down = torch.randn(rank, linear.in_features, generator=generator) / linear.in_features**0.5
        self.down = nn.Parameter(down.to(weight))
        self.up = nn.Parameter(weight.new_zeros(linear.out_features, rank))

    def forward(self, x: Float[Tensor, "*batch in_width"]) -> Float[Tensor, "*batch out_width"]:
        """The layer's answer with what was learnt beside it."""
        return self.linear(x) + (x @ self.down.mT @ self.up.mT) * self.scale

    def merged(self) -> nn.Linear:
        """The same function as one ordinary layer: the product is added to its weight."""
        with torch.no_grad():
            self.linear.weight += self.scale * (self.up @ self.down)
        return self.linear


def with_lora(
    module: nn.Module,
    names: Collection[str],
    rank: int,
    alpha: int | float,
    generator: torch.Generator | None = None,
) -> nn.Module:
    """`module` itself, frozen, with LoRA beside every linear layer whose own name is in `names`.

    `names` are last parts, such as {"query", "value"}. Only the new parameters require a gradient.
    Raises ValueError where no layer has such a name. Chapter 12.
    """
    found = [
        (parent, name, child)
        for parent in module.modules()
        for name, child in parent.named_children()
        if name in names and isinstance(child, nn.Linear)
    ]
    if not found:
        raise ValueError(f"no linear layer is named {' or '.join(sorted(names))}")
    module.requires_grad_(False)
    for parent, name, child in found:
        setattr(parent, name, LoRALinear(child, rank, alpha, generator))
    return module


def merge_lora(module: nn.Module) -> nn.Module:
    """`module` itself with each LoRA added into its layer, under its first names again. Chapter 12."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, LoRALinear):
                setattr(parent, name, child.merged())
    return module
