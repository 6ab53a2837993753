"""Wrong answers to the exercises of chapter 8.

Written by somebody who had read the chapter, and not seen the list of mistakes that the exercises name.
"""

import math

import torch
from einops import rearrange
from torch.nn import functional as F

# --- 08.softmax_attention --------------------------------------------------------------------------


def root_of_the_number_of_keys(query, key, value, mask):
    """Takes the length of the keys for d."""
    scores = (query @ key.T / math.sqrt(len(key))).masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1).nan_to_num() @ value


def hidden_after_the_softmax(query, key, value, mask):
    """What is hidden has taken its share before: the others no longer add up to 1."""
    weights = (query @ key.T / math.sqrt(query.shape[-1])).softmax(dim=-1)
    return (weights * mask) @ value


def hidden_scores_are_zero(query, key, value, mask):
    """A score of 0 is still a weight of e ** 0."""
    scores = query @ key.T / math.sqrt(query.shape[-1]) * mask
    weights = scores.softmax(dim=-1) * mask.any(dim=-1, keepdim=True)
    return weights @ value


def hidden_scores_are_very_low(query, key, value, mask):
    """The -1e9 of many tutorials: where all are hidden, all weigh the same."""
    scores = (query @ key.T / math.sqrt(query.shape[-1])).masked_fill(~mask, -1e9)
    return scores.softmax(dim=-1) @ value


def softmax_over_the_queries(query, key, value, mask):
    scores = (query @ key.T / math.sqrt(query.shape[-1])).masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=0).nan_to_num() @ value


# --- 08.causal_mask --------------------------------------------------------------------------------


def counted_from_the_first_key(queries, keys):
    return torch.ones(queries, keys, dtype=torch.bool).tril()


def not_itself(queries, keys):
    """Looks at what was before, and not at its own step."""
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries - 1)


def ones_and_zeros(queries, keys):
    return torch.ones(queries, keys).tril(keys - queries)


def forgets_the_oldest(queries, keys):
    """One key less, but at the wrong end."""
    missing = torch.arange(queries - 1, -1, -1)
    return torch.arange(keys) >= missing[:, None]


def at_least_one_key(queries, keys):
    seen = keys - torch.arange(queries - 1, -1, -1)
    return torch.arange(keys) < seen.clamp(min=1)[:, None]


# --- 08.split_heads --------------------------------------------------------------------------------


def straight_to_the_shape(x, heads):
    """The right shape, but the numbers of several time steps run into one head."""
    batch, time, width = x.shape
    return x.reshape(batch, heads, time, width // heads)


def time_before_heads(x, heads):
    batch, time, width = x.shape
    return x.reshape(batch, time, heads, width // heads)


def dealt_out(x, heads):
    """Channels go to the heads in turn, as cards are dealt."""
    return rearrange(x, "batch time (dim heads) -> batch heads time dim", heads=heads)


def heads_in_front(x, heads):
    return torch.stack(x.chunk(heads, dim=-1))


def channels_before_time(x, heads):
    batch, time, width = x.shape
    return x.mT.reshape(batch, heads, width // heads, time)


# --- 08.sinusoids ----------------------------------------------------------------------------------


def table_of(length, frequencies, first=0):
    angles = torch.arange(first, first + length)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def falling(width, longest):
    half = width // 2
    return longest ** (-torch.arange(half) / (half - 1))


def sine_and_cosine_in_turn(length, width, longest=10_000):
    """The layout of the first Transformer."""
    return rearrange(table_of(length, falling(width, longest)), "time (two half) -> time (half two)", two=2)


def one_short_of_the_longest(length, width, longest=10_000):
    """The exponents of the first Transformer, 2 i / width."""
    return table_of(length, longest ** (-torch.arange(width // 2) / (width // 2)))


def equal_steps_down(length, width, longest=10_000):
    """From 1 to 1 / longest along a straight line."""
    return table_of(length, torch.linspace(1, 1 / longest, width // 2))


def first_row_is_one(length, width, longest=10_000):
    return table_of(length, falling(width, longest), first=1)


def whole_turns(length, width, longest=10_000):
    """A frequency is turns a step, or so chapter 2 has it."""
    return table_of(length, 2 * math.pi * falling(width, longest))


# --- 08.rotate -------------------------------------------------------------------------------------


def turning(x, start, speeds):
    """The cosines and sines for each time step and pair."""
    angles = torch.arange(start, start + x.shape[-2])[:, None] * speeds
    return angles.cos(), angles.sin()


def speeds_of(x, base):
    half = x.shape[-1] // 2
    return base ** (-torch.arange(half) / half)


def neighbours_are_a_point(x, start=0, base=10_000.0):
    cos, sin = turning(x, start, speeds_of(x, base))
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2)


def start_left_out(x, start=0, base=10_000.0):
    cos, sin = turning(x, 0, speeds_of(x, base))
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def speeds_of_the_sinusoids(x, start=0, base=10_000.0):
    """Ends at 1 / base, as the exercise before does."""
    half = x.shape[-1] // 2
    cos, sin = turning(x, start, base ** (-torch.arange(half) / max(half - 1, 1)))
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def halves_swapped_without_a_minus(x, start=0, base=10_000.0):
    cos, sin = turning(x, start, speeds_of(x, base))
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a, b], dim=-1) * cos.repeat(1, 2) + torch.cat([b, a], dim=-1) * sin.repeat(1, 2)


def first_half_turned_already(x, start=0, base=10_000.0):
    """The second half is made with the new first half."""
    cos, sin = turning(x, start, speeds_of(x, base))
    a, b = x.chunk(2, dim=-1)
    a = a * cos - b * sin
    b = b * cos + a * sin
    return torch.cat([a, b], dim=-1)


# --- 08.step_with_cache ----------------------------------------------------------------------------


def torchs_is_causal(query, key, value, keys, values):
    keys, values = torch.cat([keys, key], dim=1), torch.cat([values, value], dim=1)
    return F.scaled_dot_product_attention(query, keys, values, is_causal=True), keys, values


def new_steps_see_each_other(query, key, value, keys, values):
    """No mask: what is in the cache is the past, so nothing need be hidden."""
    keys, values = torch.cat([keys, key], dim=1), torch.cat([values, value], dim=1)
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(dim=-1)
    return weights @ values, keys, values


def new_before_past(query, key, value, keys, values):
    """The mask fits, the order of what is remembered does not."""
    keys, values = torch.cat([key, keys], dim=1), torch.cat([value, values], dim=1)
    new = query.shape[1]
    mask = torch.ones(new, keys.shape[1], dtype=torch.bool)
    mask[:, :new] = mask[:, :new].tril()
    scores = (query @ keys.mT / math.sqrt(query.shape[-1])).masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1) @ values, keys, values


def only_the_new_returned(query, key, value, keys, values):
    """Leaves it to the caller to put the new ones behind the old."""
    every_key, every_value = torch.cat([keys, key], dim=1), torch.cat([values, value], dim=1)
    mask = torch.ones(query.shape[1], every_key.shape[1], dtype=torch.bool).tril(keys.shape[1])
    scores = (query @ every_key.mT / math.sqrt(query.shape[-1])).masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1) @ every_value, key, value


def not_at_itself(query, key, value, keys, values):
    """Looks at the past and at the new steps before, not at its own."""
    past = keys.shape[1]
    keys, values = torch.cat([keys, key], dim=1), torch.cat([values, value], dim=1)
    mask = torch.ones(query.shape[1], keys.shape[1], dtype=torch.bool).tril(past - 1)
    scores = (query @ keys.mT / math.sqrt(query.shape[-1])).masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1).nan_to_num() @ values, keys, values


# --- 08.add_block ----------------------------------------------------------------------------------


def old_sums_as_they_were(highest, total, mixture, scores, values):
    """Nothing is corrected when a larger score comes."""
    higher = torch.maximum(highest, scores.max())
    shares = (scores - higher).exp()
    return higher, total + shares.sum(), mixture + shares @ values


def block_from_its_own_top(highest, total, mixture, scores, values):
    """The old sums are corrected; the block is not where it is the lower of the two."""
    higher = torch.maximum(highest, scores.max())
    shares, shrink = (scores - scores.max()).exp(), (highest - higher).exp()
    return higher, total * shrink + shares.sum(), mixture * shrink + shares @ values


def mixture_not_shrunk(highest, total, mixture, scores, values):
    higher = torch.maximum(highest, scores.max())
    shares, shrink = (scores - higher).exp(), (highest - higher).exp()
    return higher, total * shrink + shares.sum(), mixture + shares @ values


def top_of_the_last_block(highest, total, mixture, scores, values):
    """Measures from the top of this block, also where an earlier one was higher."""
    higher = scores.max()
    shares, change = (scores - higher).exp(), (highest - higher).exp()
    return higher, total * change + shares.sum(), mixture * change + shares @ values


def divided_at_every_block(highest, total, mixture, scores, values):
    """Hands back the mean so far, where the sum was wanted."""
    higher = torch.maximum(highest, scores.max())
    shares, shrink = (scores - higher).exp(), (highest - higher).exp()
    total = total * shrink + shares.sum()
    return higher, total, (mixture * shrink + shares @ values) / total


ANSWERS = {
    "08.softmax_attention": [
        root_of_the_number_of_keys,
        hidden_after_the_softmax,
        hidden_scores_are_zero,
        hidden_scores_are_very_low,
        softmax_over_the_queries,
    ],
    "08.causal_mask": [
        counted_from_the_first_key,
        not_itself,
        ones_and_zeros,
        forgets_the_oldest,
        at_least_one_key,
    ],
    "08.split_heads": [
        straight_to_the_shape,
        time_before_heads,
        dealt_out,
        heads_in_front,
        channels_before_time,
    ],
    "08.sinusoids": [
        sine_and_cosine_in_turn,
        one_short_of_the_longest,
        equal_steps_down,
        first_row_is_one,
        whole_turns,
    ],
    "08.rotate": [
        neighbours_are_a_point,
        start_left_out,
        speeds_of_the_sinusoids,
        halves_swapped_without_a_minus,
        first_half_turned_already,
    ],
    "08.step_with_cache": [
        torchs_is_causal,
        new_steps_see_each_other,
        new_before_past,
        only_the_new_returned,
        not_at_itself,
    ],
    "08.add_block": [
        old_sums_as_they_were,
        block_from_its_own_top,
        mixture_not_shrunk,
        top_of_the_last_block,
        divided_at_every_block,
    ],
}
