"""Attention: every query mixes the values, by how well it fits their keys. Chapter 8."""

from typing import Literal

import torch
import torch.nn.functional as F
from einops import repeat
from jaxtyping import Bool, Float
from torch import Tensor

Way = Literal["auto", "plain", "fused", "online"]
Mask = Bool[Tensor, "#batch #heads #queries #keys"] | Bool[Tensor, "#queries #keys"]
Weights = Float[Tensor, "batch heads queries keys"]

# So many keys does the online way look at together.
BLOCK = 128


def attention(
    query: Float[Tensor, "batch heads queries dim"],
    key: Float[Tensor, "batch kv_heads keys dim"],
    value: Float[Tensor, "batch kv_heads keys value_dim"],
    mask: Mask | None = None,
    causal: bool = False,
    scale: int | float | None = None,
    weights: bool = False,
    how: Way = "auto",
) -> Float[Tensor, "batch heads queries value_dim"] | tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
    """Scaled dot-product attention: softmax(scale · query keyᵀ) value, over the keys that may be looked at.

    `mask` is True where a query **may look**. So do torch's `scaled_dot_product_attention` and the
    tokenizers of transformers (1 = a real token) mean it; torch's `nn.MultiheadAttention` and its
    `key_padding_mask` mean the opposite (True = ignore). With `causal` the last query looks at every key, the
    one before it at all but one, and so on, also where there are fewer queries than keys, as with a cache.
    `scale` is dim^-½ unless given. Fewer key heads than query heads: neighbouring query heads share one
    (grouped queries). A query that may look nowhere gets zeros. With `weights` the answer is (mixture,
    weights).

    `how` chooses the way, and all agree to rounding (in half precision as long as no product exceeds
    65,504): "plain" is the formula, "fused" torch's kernel, "online" goes
    over the keys in blocks and never holds a whole row of weights, which is the idea behind flash attention.
    "auto" is fused, or plain where weights are asked for, since only plain has them.
    Raises ValueError for heads that cannot be shared out, and for weights from a way that has none.
    Source: Vaswani et al. 2017; Milakov and Gimelshein 2018 (online). Chapter 8.
    """
    if weights and how in ("fused", "online"):
        raise ValueError(f"the {how} way never holds the weights; ask for them with how='plain' or 'auto'")
    key, value = (_for_every_head(kv, query.shape[1]) for kv in (key, value))
    query = query * (query.shape[-1] ** -0.5 if scale is None else scale)
    if how == "online":
        return _online(query, key, value, _join(mask, causal, query, key))
    if weights or how == "plain":
        mixture, shares = _plain(query, key, value, _join(mask, causal, query, key))
        return (mixture, shares) if weights else mixture
    return _fused(query, key, value, mask, causal)


def causal_mask(queries: int, keys: int, device: torch.device | None = None) -> Bool[Tensor, "queries keys"]:
    """True where a query may look: the last query at all keys, each one before it at one less. Chapter 8."""
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)


def _for_every_head(
    kv: Float[Tensor, "batch kv_heads keys dim"], heads: int
) -> Float[Tensor, "batch heads keys dim"]:
    if heads % kv.shape[1]:
        raise ValueError(f"{heads} query heads cannot share {kv.shape[1]} key heads evenly")
    group = heads // kv.shape[1]
    return kv if group == 1 else repeat(kv, "batch kv_heads ... -> batch (kv_heads group) ...", group=group)


def _join(mask: Mask | None, causal: bool, query: Tensor, key: Tensor) -> Mask | None:
    if not causal or query.shape[-2] == 1:  # the last query looks everywhere
        return mask
    past = causal_mask(query.shape[-2], key.shape[-2], query.device)
    return past if mask is None else past & mask


def _plain(query: Tensor, key: Tensor, value: Tensor, mask: Mask | None) -> tuple[Tensor, Weights]:
    scores = (query @ key.mT).to(_precise(query))
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    shares = scores.softmax(dim=-1).to(query.dtype)
    if mask is not None:
        shares = shares.masked_fill(~mask, 0)  # a row that sees nothing is NaN until here
    return shares @ value, shares


def _fused(query: Tensor, key: Tensor, value: Tensor, mask: Mask | None, causal: bool) -> Tensor:
    if causal and mask is None and query.shape[-2] == key.shape[-2]:
        return F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=1.0)
    # Elsewhere torch's is_causal is of no use: it lets the *first* query see the first key alone, and would
    # hide a cache's past from new queries.
    mask = _join(mask, causal, query, key)
    if mask is None:
        return F.scaled_dot_product_attention(query, key, value, scale=1.0)
    blind = ~mask.any(dim=-1, keepdim=True)  # what kernels make of such rows differs
    mixture = F.scaled_dot_product_attention(query, key, value, attn_mask=mask | blind, scale=1.0)
    return mixture.masked_fill(blind, 0)


def _online(query: Tensor, key: Tensor, value: Tensor, mask: Mask | None) -> Tensor:
    shape, precise = query.shape[:-1], _precise(query)
    # The lowest number, not -inf: a row that sees nothing would subtract -inf from -inf below.
    highest = query.new_full((*shape, 1), torch.finfo(precise).min, dtype=precise)
    total = torch.zeros_like(highest)
    mixture = value.new_zeros((*shape, value.shape[-1]), dtype=precise)
    if mask is not None:
        mask = mask.expand(*mask.shape[:-1], key.shape[-2])
    for start in range(0, key.shape[-2], BLOCK):
        block = slice(start, start + BLOCK)
        scores = (query @ key[..., block, :].mT).to(precise)
        if mask is not None:
            scores = scores.masked_fill(~mask[..., block], -torch.inf)
        higher = torch.maximum(highest, scores.amax(dim=-1, keepdim=True))
        shares = (scores - higher).exp()
        # What was summed before was measured from a lower top: shrink it to the new one.
        shrink = (highest - higher).exp()
        total = total * shrink + shares.sum(dim=-1, keepdim=True)
        mixture = mixture * shrink + shares @ value[..., block, :].to(precise)
        highest = higher
    return (mixture / total.masked_fill(total == 0, 1)).to(query.dtype)


def _precise(tensor: Tensor) -> torch.dtype:
    """Softmax is summed in at least 32 bits."""
    return torch.promote_types(tensor.dtype, torch.float32)
