"""An adapter: a small bottleneck that is put behind a frozen layer and learns alone. Chapter 12."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Adapter(nn.Module):
    """`x + up(gelu(down(x)))`; `up` begins at zero, so that a new adapter changes nothing.

    Source: Houlsby et al. 2019. Chapter 12.
    """

    def __init__(self, width: int, bottleneck: int):
        super().__init__()
        self.down, self.up = nn.Linear(width, bottleneck), nn.Linear(bottleneck, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        """`x` with what was learnt added to it."""
        return x + self.up(F.gelu(self.down(x)))
