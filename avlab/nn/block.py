"""The transformer block: look around, then think about each place by itself. Chapter 8."""

from jaxtyping import Float
from torch import Tensor, nn

from avlab.nn.attention import Mask
from avlab.nn.cache import KVCache
from avlab.nn.multi_head import MultiHeadAttention


class Block(nn.Module):
    """Self-attention, cross-attention if wanted, and a network for each place, each added to its input.

    Layer norm comes before each part ("pre-norm"), so that the sum from the first block to the last is never
    rescaled. Names and shapes are openai-whisper's. Source: openai/whisper `model.py`. Chapter 8.
    """

    def __init__(self, width: int, heads: int, cross: bool = False):
        super().__init__()
        self.attn = MultiHeadAttention(width, heads, key_bias=False)
        self.attn_ln = nn.LayerNorm(width)
        self.cross_attn = MultiHeadAttention(width, heads, key_bias=False) if cross else None
        self.cross_attn_ln = nn.LayerNorm(width) if cross else None
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.mlp_ln = nn.LayerNorm(width)

    def forward(
        self,
        x: Float[Tensor, "batch time width"],
        memory: Float[Tensor, "recordings keys width"] | KVCache | None = None,
        mask: Mask | None = None,
        causal: bool = False,
        cache: KVCache | None = None,
        weights: bool = False,
    ) -> tuple[Float[Tensor, "batch time width"], Float[Tensor, "batch heads time keys"] | None]:
        """The output, and the weights if they were asked for: of the last attention in the block.

        The arguments are those of `MultiHeadAttention`; `mask`, `causal` and `cache` go to self-attention.
        """
        crosses = self.cross_attn is not None
        mixed, shares = self.attn(self.attn_ln(x), None, mask, causal, cache, weights=weights and not crosses)
        x = x + mixed
        if crosses:
            mixed, shares = self.cross_attn(self.cross_attn_ln(x), memory, weights=weights)
            x = x + mixed
        return x + self.mlp(self.mlp_ln(x)), shares
