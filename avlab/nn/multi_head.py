"""Multi-head attention: several attentions side by side, each in its own slice of the width. Chapter 8."""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from avlab.nn.attention import Mask, Way, attention
from avlab.nn.cache import KVCache
from avlab.nn.positions import RoPE


class MultiHeadAttention(nn.Module):
    """Projects to queries, keys and values, attends in every head, and projects the result back.

    `kv_heads` fewer than `heads` makes grouped queries; `rope` turns queries and keys by their position.
    Whisper's has no `key_bias`: a constant added to every key changes no softmax.
    Source: Vaswani et al. 2017; Ainslie et al. 2023 (grouped queries). Chapter 8.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        kv_heads: int | None = None,
        bias: bool = True,
        key_bias: bool = True,
        rope: RoPE | None = None,
    ):
        super().__init__()
        kv_heads = kv_heads or heads
        if width % heads or heads % kv_heads:
            raise ValueError(f"a width of {width} does not divide into {heads} heads ({kv_heads} for keys)")
        self.heads, self.kv_heads, self.rope = heads, kv_heads, rope
        kv_width = width // heads * kv_heads
        self.query = nn.Linear(width, width, bias=bias)
        self.key = nn.Linear(width, kv_width, bias=bias and key_bias)
        self.value = nn.Linear(width, kv_width, bias=bias)
        self.out = nn.Linear(width, width, bias=bias)

    def forward(
        self,
        x: Float[Tensor, "batch time width"],
        memory: Float[Tensor, "recordings keys width"] | KVCache | None = None,
        mask: Mask | None = None,
        causal: bool = False,
        cache: KVCache | None = None,
        weights: bool = False,
        how: Way = "auto",
    ) -> tuple[Float[Tensor, "batch time width"], Float[Tensor, "batch heads time keys"] | None]:
        """`x` looks at itself, or at `memory`: (output, the weights if they were asked for).

        `memory` (cross-attention) is what to look at, or its keys and values as `remember` made them. It
        may have fewer rows than `x`: then so many neighbouring rows of `x`, the beams of one recording,
        look at the same one; a mask then has a row for each recording, and `causal` is a ValueError.
        `cache` (self-attention) holds the time steps before `x`, and gets those of `x`. `mask`, `causal`,
        `weights` and `how` are those of `attention`.
        """
        query = rearrange(self.query(x), "batch time (heads dim) -> batch heads time dim", heads=self.heads)
        if isinstance(memory, KVCache):
            key, value = memory.filled()
        elif memory is not None:
            key, value = self.keys_and_values(memory)
        else:
            query, key, value = self._of_itself(x, query, cache)
        # Beams ask the same keys, so they stand in the row of their recording like so many time steps: the
        # keys are read once for all of them, and no kernel has to be given copies.
        recordings = max(len(key), 1)
        if len(x) % recordings:
            raise ValueError(f"{len(x)} rows cannot share {len(key)} rows of memory evenly")
        beams = max(len(x) // recordings, 1)
        if causal and beams > 1:
            raise ValueError(f"{beams} rows share one memory, in which nothing is later: leave causal out")
        query = rearrange(query, "(batch beams) heads time dim -> batch heads (beams time) dim", beams=beams)
        found = attention(query, key, value, mask, causal, weights=weights, how=how)
        mixture, shares = found if weights else (found, None)
        apart = "batch heads (beams time) {0} -> (batch beams) {1}"
        mixture = rearrange(mixture, apart.format("dim", "time (heads dim)"), beams=beams)
        if weights:
            shares = rearrange(shares, apart.format("keys", "heads time keys"), beams=beams)
        return self.out(mixture), shares

    def _of_itself(self, x: Tensor, query: Tensor, cache: KVCache | None) -> tuple[Tensor, Tensor, Tensor]:
        start = cache.length if cache else 0
        key, value = self.keys_and_values(x)
        if self.rope:
            query, key = self.rope(query, start), self.rope(key, start)
        return query, *(cache.append(key, value) if cache else (key, value))

    def keys_and_values(
        self, x: Float[Tensor, "batch time width"]
    ) -> tuple[Float[Tensor, "batch kv_heads time dim"], Float[Tensor, "batch kv_heads time dim"]]:
        """The keys and the values of `x`, before any turning by position."""
        return tuple(
            rearrange(made, "batch time (heads dim) -> batch heads time dim", heads=self.kv_heads)
            for made in (self.key(x), self.value(x))
        )

    def remember(self, memory: Float[Tensor, "recordings keys width"]) -> KVCache:
        """The keys and values of what cross-attention looks at, computed once for all steps."""
        key, value = self.keys_and_values(memory)
        return KVCache(key.contiguous(), value.contiguous(), key.shape[2])

    def new_cache(self, batch: int, capacity: int) -> KVCache:
        """An empty cache for `batch` rows of up to `capacity` time steps, like this layer's weights."""
        dim = self.key.out_features // self.kv_heads
        empty = self.key.weight.new_empty((batch, self.kv_heads, capacity, dim))
        return KVCache(empty, empty.clone())
