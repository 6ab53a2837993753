"""The exercises of chapter 8, Attention: the mixture, masks, heads, positions, the cache, one block at a time."""

import math

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor

from avlab.nn.attention import causal_mask
from avlab.nn.positions import sinusoids
from avlab.workbook.exercise import Exercise, Misconception


def softmax_attention(
    query: Float[Tensor, "queries dim"],
    key: Float[Tensor, "keys dim"],
    value: Float[Tensor, "keys value_dim"],
    mask: Bool[Tensor, "queries keys"],
) -> Float[Tensor, "queries value_dim"]:
    """For each query a mixture of the values, weighted by how well their keys fit it.

    `mask` is True where a query may look. A query that may look nowhere gets zeros. Chapter 8.
    """
    scores = query @ key.T / query.shape[-1] ** 0.5
    scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=-1)
    weights = weights.masked_fill(~mask, 0)  # a row that sees nothing is NaN until here
    return weights @ value


def split_heads(x: Float[Tensor, "batch time width"], heads: int) -> Float[Tensor, "batch heads time dim"]:
    """The width cut into `heads` slices side by side, and each slice moved in front of time. Chapter 8."""
    return rearrange(x, "batch time (heads dim) -> batch heads time dim", heads=heads)


def rotate(
    x: Float[Tensor, "*batch time dim"], start: int = 0, base: float = 10_000.0
) -> Float[Tensor, "*batch time dim"]:
    """Each pair of channels (i, i + dim/2) turned by position · base^(-2i/dim) radians.

    The first time step stands at position `start`. Chapter 8.
    """
    half = x.shape[-1] // 2
    positions = torch.arange(start, start + x.shape[-2], dtype=x.dtype)
    speeds = base ** (-torch.arange(half, dtype=x.dtype) / half)
    angles = positions[:, None] * speeds
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], dim=-1)


def step_with_cache(
    query: Float[Tensor, "heads new dim"],
    key: Float[Tensor, "heads new dim"],
    value: Float[Tensor, "heads new dim"],
    keys: Float[Tensor, "heads past dim"],
    values: Float[Tensor, "heads past dim"],
) -> tuple[Float[Tensor, "heads new dim"], Float[Tensor, "heads time dim"], Float[Tensor, "heads time dim"]]:
    """Causal attention of the new time steps: (mixture, all keys so far, all values so far). Chapter 8."""
    keys, values = torch.cat([keys, key], dim=1), torch.cat([values, value], dim=1)
    scores = query @ keys.mT / query.shape[-1] ** 0.5
    new, time = scores.shape[1:]
    may_look = torch.ones(new, time, dtype=torch.bool).tril(time - new)
    weights = scores.masked_fill(~may_look, -torch.inf).softmax(dim=-1)
    return weights @ values, keys, values


def add_block(
    highest: Float[Tensor, ""],
    total: Float[Tensor, ""],
    mixture: Float[Tensor, " dim"],
    scores: Float[Tensor, " keys"],
    values: Float[Tensor, "keys dim"],
) -> tuple[Float[Tensor, ""], Float[Tensor, ""], Float[Tensor, " dim"]]:
    """One more block of keys in a softmax that runs: the new (highest, total, mixture).

    `highest` is the largest score so far, `total` the sum of exp(score - highest), and `mixture` the sum of
    the values, each times that. Chapter 8.
    """
    higher = torch.maximum(highest, scores.max())
    shares = (scores - higher).exp()
    # What was summed before was measured from a lower top: shrink it to the new one.
    shrink = (highest - higher).exp()
    return higher, total * shrink + shares.sum(), mixture * shrink + shares @ values


# --- cases: random ones, and the awkward ones that a first version forgets -----------------------


def _normal(random, *shape: int) -> Tensor:
    return torch.from_numpy(random.standard_normal(shape)).float()


def _things_to_look_at(random):
    def draw(queries, keys, dim, value_dim, share=1.0, scale=1.0):
        mask = torch.from_numpy(random.random((queries, keys)) < share)
        mask[:, 0] = True
        query, key = scale * _normal(random, queries, dim), _normal(random, keys, dim)
        return query, key, _normal(random, keys, value_dim), mask

    yield draw(2, 3, 4, 2)
    yield draw(3, 5, 9, 4)
    yield draw(2, 4, 4, 3, share=0.5)
    yield draw(5, 5, 8, 8, share=0.5)  # as many of everything
    query, key, value, mask = draw(3, 4, 6, 2)
    mask[1] = False  # the second query may look nowhere
    yield query, key, value, mask
    yield draw(1, 1, 3, 2)
    key, value = _normal(random, 4, 4), _normal(random, 4, 3)
    # What may be seen scores far below what is hidden.
    yield -300 * key[:2], key, value, torch.eye(2, 4, dtype=torch.bool)
    yield draw(2, 6, 16, 3, scale=300.0)  # scores of hundreds: their exponentials are infinite
    for _ in range(6):
        queries, keys, dim, value_dim = random.integers(2, 9, 4).tolist()
        yield draw(queries, keys, dim + 2, value_dim, share=0.7)


def _lengths(random):
    yield 4, 4
    yield 2, 5  # a cache holds three more keys
    yield 1, 6
    yield 1, 1
    yield 5, 3  # the first two queries see nothing
    yield 3, 4
    for _ in range(8):
        queries = int(random.integers(2, 12))
        yield queries, queries + int(random.integers(1, 9))


def _to_split(random):
    yield torch.arange(12, dtype=torch.float32).reshape(1, 2, 6), 3
    yield torch.arange(24, dtype=torch.float32).reshape(2, 3, 4), 2
    yield _normal(random, 1, 1, 6), 2
    yield _normal(random, 2, 4, 4), 1  # a single head
    yield _normal(random, 2, 3, 5), 5  # heads of one channel
    yield _normal(random, 2, 4, 16), 4  # as many of everything
    for _ in range(6):
        batch, time, heads, dim = random.integers(2, 6, 4).tolist()
        yield _normal(random, batch, time, heads * dim), heads


def _tables(random):
    yield 4, 4
    yield 5, 8
    yield 120, 384  # as wide as Whisper tiny's
    yield 6, 6, 100  # a shorter longest period
    yield 1, 4
    yield 8, 8, 50
    for _ in range(6):
        yield (
            int(random.integers(2, 40)),
            2 * int(random.integers(2, 20)),
            int(random.choice([100, 1000, 10_000])),
        )


def _to_turn(random):
    yield torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]), 0, 10_000.0
    yield _normal(random, 4, 4), 0, 10_000.0
    yield _normal(random, 2, 3, 8), 0, 10_000.0  # two heads
    yield _normal(random, 1, 6), 7, 10_000.0  # the eighth step, after a cache of seven
    yield _normal(random, 3, 3, 6), 2, 100.0
    yield _normal(random, 1, 4), 0, 10_000.0  # position 0: nothing turns
    for _ in range(7):
        heads, time, half = random.integers(2, 6, 3).tolist()
        base = float(random.choice([100, 1000, 10_000]))
        yield _normal(random, heads, time, 2 * half), int(random.integers(1, 30)), base


def _steps(random):
    def draw(heads, new, past, dim):
        fresh = (_normal(random, heads, new, dim) for _ in range(3))
        return *fresh, _normal(random, heads, past, dim), _normal(random, heads, past, dim)

    yield draw(1, 1, 2, 2)
    yield draw(2, 1, 4, 3)
    yield draw(2, 3, 0, 4)  # a prompt, put into an empty cache
    yield draw(2, 2, 3, 4)  # two steps at once, after three
    yield draw(1, 1, 0, 3)  # the very first step
    yield draw(3, 3, 3, 3)  # as many of everything
    for _ in range(7):
        heads, new, past, dim = random.integers(2, 7, 4).tolist()
        yield draw(heads, new, past, dim + 1)


def _blocks(random):
    def state(scores, values):
        highest = scores.max()
        shares = (scores - highest).exp()
        return highest, shares.sum(), shares @ values

    def draw(past, keys, dim, lift=0.0, scale=1.0):
        before = state(scale * _normal(random, past), _normal(random, past, dim))
        return *before, scale * _normal(random, keys) + lift, _normal(random, keys, dim)

    yield *state(torch.tensor([0.0]), torch.tensor([[1.0]])), torch.tensor([1.0]), torch.tensor([[3.0]])
    yield *state(torch.tensor([2.0, 1.0]), torch.eye(2)), torch.tensor([0.0, 1.0]), torch.ones(2, 2)
    empty = torch.tensor(-torch.inf), torch.tensor(0.0)
    yield *empty, torch.zeros(3), _normal(random, 4), _normal(random, 4, 3)  # the first block
    yield *empty, torch.zeros(2), torch.tensor([-200.0, -201.0]), torch.eye(2)  # and all of it far below 0
    yield draw(3, 4, 2, lift=3.0)  # the new block lies higher
    yield draw(3, 4, 2, lift=-3.0)  # and lower
    yield draw(4, 4, 3, lift=200.0)  # exponentials of such scores are infinite
    some = draw(4, 3, 2)
    some[3][1] = -torch.inf  # a key that may not be seen
    yield some
    for _ in range(8):
        past, keys, dim = random.integers(2, 7, 3).tolist()
        yield draw(past, keys, dim, lift=float(random.uniform(-2, 2)), scale=2.0)


# --- misconceptions: plausible wrong answers, each with the sentence that names it ----------------


def _scores(query, key, mask, scale=None):
    scores = query @ key.T * (query.shape[-1] ** -0.5 if scale is None else scale)
    return scores.masked_fill(~mask, -torch.inf)


def _mixed(scores, value, mask):
    return scores.softmax(-1).masked_fill(~mask, 0) @ value


def _not_scaled(query, key, value, mask):
    return _mixed(_scores(query, key, mask, 1.0), value, mask)


def _divided_by_dim(query, key, value, mask):
    return _mixed(_scores(query, key, mask, 1 / query.shape[-1]), value, mask)


def _multiplied_by_root(query, key, value, mask):
    return _mixed(_scores(query, key, mask, query.shape[-1] ** 0.5), value, mask)


def _root_of_keys(query, key, value, mask):
    return _mixed(_scores(query, key, mask, len(key) ** -0.5), value, mask)


def _root_of_value_dim(query, key, value, mask):
    return _mixed(_scores(query, key, mask, value.shape[-1] ** -0.5), value, mask)


def _root_of_queries(query, key, value, mask):
    return _mixed(_scores(query, key, mask, len(query) ** -0.5), value, mask)


def _scaled_after(query, key, value, mask):
    return _not_scaled(query, key, value, mask) / query.shape[-1] ** 0.5


def _over_the_queries(query, key, value, mask):
    weights = _scores(query, key, mask).softmax(0)
    return weights.masked_fill(~mask, 0) @ value


def _mask_turned_round(query, key, value, mask):
    scores = (query @ key.T / query.shape[-1] ** 0.5).masked_fill(mask, -torch.inf)
    return _mixed(scores, value, ~mask)


def _mask_turned_round_bare(query, key, value, mask):
    return (query @ key.T / query.shape[-1] ** 0.5).masked_fill(mask, -torch.inf).softmax(-1) @ value


def _mask_forgotten(query, key, value, mask):
    return (query @ key.T / query.shape[-1] ** 0.5).softmax(-1) @ value


def _scores_times_mask(query, key, value, mask):
    return (query @ key.T / query.shape[-1] ** 0.5 * mask).softmax(-1) @ value


def _masked_after(query, key, value, mask):
    return (query @ key.T / query.shape[-1] ** 0.5).softmax(-1) * mask @ value


def _blind_is_nan(query, key, value, mask):
    return _scores(query, key, mask).softmax(-1) @ value


def _blind_sees_all(query, key, value, mask):
    return (query @ key.T / query.shape[-1] ** 0.5).masked_fill(~mask, -1e9).softmax(-1) @ value


def _exponentials_overflow(query, key, value, mask):
    shares = _scores(query, key, mask).exp()
    return (shares / shares.sum(-1, keepdim=True)).masked_fill(~mask.any(-1, keepdim=True), 0) @ value


def _overflow_made_zero(query, key, value, mask):
    shares = (query @ key.T / query.shape[-1] ** 0.5).exp() * mask
    return (shares / shares.sum(-1, keepdim=True)).nan_to_num() @ value


def _renormalised(query, key, value, mask):
    weights = (query @ key.T / query.shape[-1] ** 0.5).softmax(dim=-1) * mask
    return (weights / weights.sum(dim=-1, keepdim=True)).nan_to_num() @ value


def _no_softmax(query, key, value, mask):
    return (query @ key.T / query.shape[-1] ** 0.5).masked_fill(~mask, 0) @ value


def _angles_alone(query, key, value, mask):
    query, key = (rows / rows.norm(dim=-1, keepdim=True) for rows in (query, key))
    return _mixed(_scores(query, key, mask, 1.0), value, mask)


def _each_by_itself(query, key, value, mask):
    return _scores(query, key, mask).sigmoid() @ value


def _keys_mixed(query, key, value, mask):
    return _mixed(_scores(query, key, mask), key, mask)


def _all_the_same(query, key, value, mask):
    return mask / mask.sum(-1, keepdim=True).clamp(min=1) @ value


def _only_weights(query, key, value, mask):
    return _scores(query, key, mask).softmax(-1).masked_fill(~mask, 0)


def _best_key_only(query, key, value, mask):
    best = value[_scores(query, key, mask).argmax(-1)]
    return best.masked_fill(~mask.any(-1, keepdim=True), 0)


def _top_left(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).tril()


def _hides(queries, keys, device=None):
    return ~causal_mask(queries, keys)


def _hides_from_the_corner(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).triu(1)


def _future(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).triu(keys - queries)


def _future_from_the_corner(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).triu()


def _not_itself(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries - 1)


def _one_ahead(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries + 1)


def _shifted_the_wrong_way(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool).tril(queries - keys)


def _on_its_side(queries, keys, device=None):
    return causal_mask(queries, keys).T


def _ones_and_zeros(queries, keys, device=None):
    return causal_mask(queries, keys).float()


def _whole_numbers(queries, keys, device=None):
    return causal_mask(queries, keys).long()


def _to_be_added(queries, keys, device=None):
    return torch.zeros(queries, keys).masked_fill(~causal_mask(queries, keys), -torch.inf)


def _square(queries, keys, device=None):
    return torch.ones(keys, keys, dtype=torch.bool).tril()


def _rows_of_a_square(queries, keys, device=None):
    return torch.ones(keys, keys, dtype=torch.bool).tril()[:queries]


def _past_hidden(queries, keys, device=None):
    return causal_mask(queries, keys) & (torch.arange(keys) >= keys - queries)


def _all_seen(queries, keys, device=None):
    return torch.ones(queries, keys, dtype=torch.bool)


def _reshaped_only(x, heads):
    batch, time, width = x.shape
    return x.reshape(batch, heads, time, width // heads)


def _every_nth_channel(x, heads):
    return rearrange(x, "batch time (dim heads) -> batch heads time dim", heads=heads)


def _time_before_heads(x, heads):
    return rearrange(x, "batch time (heads dim) -> batch time heads dim", heads=heads)


def _time_last(x, heads):
    return rearrange(x, "batch time (heads dim) -> batch heads dim time", heads=heads)


def _heads_in_the_batch(x, heads):
    return rearrange(x, "batch time (heads dim) -> (batch heads) time dim", heads=heads)


def _one_head_after_the_other(x, heads):
    return rearrange(x, "batch time (heads dim) -> (heads batch) time dim", heads=heads)


def _heads_first(x, heads):
    return rearrange(x, "batch time (heads dim) -> heads batch time dim", heads=heads)


def _so_many_channels_a_head(x, heads):
    return rearrange(x, "batch time (count dim) -> batch count time dim", dim=heads)


def _time_cut(x, heads):
    return torch.stack(x.chunk(heads, dim=1), dim=1)


def _whole_width_each(x, heads):
    return x[:, None].expand(-1, heads, -1, -1)


def _channels_before_heads(x, heads):
    return rearrange(x, "batch time (heads dim) -> batch dim time heads", heads=heads)


def _table(length, width, longest=10_000, exponents=None, first=0, turns=1.0, cosines_first=False):
    count = width // 2
    if exponents is None:
        exponents = torch.arange(count) / (count - 1)
    angles = turns * torch.arange(first, first + length)[:, None] * longest**-exponents
    halves = [angles.cos(), angles.sin()] if cosines_first else [angles.sin(), angles.cos()]
    return torch.cat(halves, dim=1)


def _interleaved(length, width, longest=10_000):
    return rearrange(
        _table(length, width, longest), "length (two half) -> length (half two)", two=2
    ).contiguous()


def _as_in_the_paper(length, width, longest=10_000):
    table = _table(length, width, longest, torch.arange(0, width, 2) / width)
    return rearrange(table, "length (two half) -> length (half two)", two=2).contiguous()


def _stops_short(length, width, longest=10_000):
    return _table(length, width, longest, torch.arange(0, width, 2) / width)


def _half_as_many_octaves(length, width, longest=10_000):
    return _table(length, width, longest, torch.arange(width // 2) / width)


def _counted_in_channels(length, width, longest=10_000):
    return _table(length, width, longest, torch.arange(width // 2) / (width - 1))


def _falling_twice_as_far(length, width, longest=10_000):
    return _table(length, width, longest, 2 * torch.arange(width // 2) / (width // 2))


def _cosines_first(length, width, longest=10_000):
    return _table(length, width, longest, cosines_first=True)


def _from_one(length, width, longest=10_000):
    return _table(length, width, longest, first=1)


def _faster_and_faster(length, width, longest=10_000):
    return _table(length, width, longest, -torch.arange(width // 2) / (width // 2 - 1))


def _logarithms_mixed(length, width, longest=10_000):
    frequencies = torch.logspace(0, -math.log(longest), width // 2)
    angles = torch.arange(length)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _whole_turns(length, width, longest=10_000):
    return _table(length, width, longest, turns=2 * math.pi)


def _evenly_spread(length, width, longest=10_000):
    angles = torch.arange(length)[:, None] * torch.linspace(1, 1 / longest, width // 2)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _evenly_spread_periods(length, width, longest=10_000):
    angles = torch.arange(length)[:, None] / torch.linspace(1, longest, width // 2)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _always_ten_thousand(length, width, longest=10_000):
    return sinusoids(length, width)


def _standing_up(length, width, longest=10_000):
    return sinusoids(length, width, longest).T.contiguous()


def _sines_only(length, width, longest=10_000):
    exponents = torch.arange(width) / (width - 1)
    return (torch.arange(length)[:, None] * longest**-exponents).sin()


def _in_double(length, width, longest=10_000):
    return _table(length, width, longest, torch.arange(width // 2, dtype=torch.float64) / (width // 2 - 1))


def _turned(x, start=0, base=10_000.0, exponents=None, back=False, time=-2):
    half = x.shape[-1] // 2
    if exponents is None:
        exponents = torch.arange(half) / half
    angles = torch.arange(start, start + x.shape[time])[:, None] * base**-exponents
    if time == 0 and x.ndim == 3:
        angles = angles[:, None]
    a, b, sin = x[..., :half], x[..., half:], -angles.sin() if back else angles.sin()
    return torch.cat([a * angles.cos() - b * sin, b * angles.cos() + a * sin], dim=-1)


def _neighbours(x, start=0, base=10_000.0):
    apart = rearrange(x, "... (half two) -> ... (two half)", two=2)
    return rearrange(_turned(apart, start, base), "... (two half) -> ... (half two)", two=2).contiguous()


def _backwards(x, start=0, base=10_000.0):
    return _turned(x, start, base, back=True)


def _start_forgotten(x, start=0, base=10_000.0):
    return _turned(x, 0, base)


def _one_too_far(x, start=0, base=10_000.0):
    return _turned(x, start + 1, base)


def _half_the_exponent(x, start=0, base=10_000.0):
    return _turned(x, start, base, torch.arange(x.shape[-1] // 2) / x.shape[-1])


def _twice_the_exponent(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    return _turned(x, start, base, 2 * torch.arange(half) / half)


def _woven(x, start=0, base=10_000.0):
    return rearrange(_turned(x, start, base), "... (two half) -> ... (half two)", two=2).contiguous()


def _sine_for_cosine(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    angles = torch.arange(start, start + x.shape[-2])[:, None] * base ** -(torch.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angles.sin() - b * angles.cos(), b * angles.sin() + a * angles.cos()], dim=-1)


def _second_half_left(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    return torch.cat([_turned(x, start, base)[..., :half], x[..., half:]], dim=-1)


def _all_alike(x, start=0, base=10_000.0):
    return _turned(x, start, base, torch.zeros(x.shape[-1] // 2))


def _base_ignored(x, start=0, base=10_000.0):
    return _turned(x, start, 10_000.0)


def _growing(x, start=0, base=10_000.0):
    return _turned(x, start, base, -torch.arange(x.shape[-1] // 2) / (x.shape[-1] // 2))


def _like_sinusoids(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    return _turned(x, start, base, torch.arange(half) / max(half - 1, 1))


def _along_the_heads(x, start=0, base=10_000.0):
    return _turned(x, start, base, time=0)


def _mirrored(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    angles = torch.arange(start, start + x.shape[-2])[:, None] * base ** -(torch.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angles.cos() + b * angles.sin(), b * angles.cos() + a * angles.sin()], dim=-1)


def _both_minus(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    angles = torch.arange(start, start + x.shape[-2])[:, None] * base ** -(torch.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() - a * angles.sin()], dim=-1)


def _overwritten(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    angles = torch.arange(start, start + x.shape[-2])[:, None] * base ** -(torch.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    a = a * angles.cos() - b * angles.sin()
    return torch.cat([a, b * angles.cos() + a * angles.sin()], dim=-1)


def _added(x, start=0, base=10_000.0):
    half = x.shape[-1] // 2
    angles = torch.arange(start, start + x.shape[-2])[:, None] * base ** -(torch.arange(half) / half)
    return x + torch.cat([angles.sin(), angles.cos()], dim=-1)


def _not_turned(x, start=0, base=10_000.0):
    return x.clone()


def _looked(query, keys, values, mask=None, scale=None):
    scores = query @ keys.mT * (query.shape[-1] ** -0.5 if scale is None else scale)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1) @ values


def _joined(key, value, keys, values):
    return torch.cat([keys, key], 1), torch.cat([values, value], 1)


def _seen(query, keys):
    return causal_mask(query.shape[1], keys.shape[1])


def _without_itself(query, key, value, keys, values):
    return _looked(query, keys, values), *_joined(key, value, keys, values)


def _without_the_past(query, key, value, keys, values):
    return _looked(query, key, value, _seen(query, key)), *_joined(key, value, keys, values)


def _causal_flag(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    mask = torch.ones(query.shape[1], keys.shape[1], dtype=torch.bool).tril()
    return _looked(query, keys, values, mask), keys, values


def _sees_the_future(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    return _looked(query, keys, values), keys, values


def _put_in_front(query, key, value, keys, values):
    joined = torch.cat([key, keys], 1), torch.cat([value, values], 1)
    return _looked(query, *joined, _seen(query, joined[0])), *joined


def _put_in_front_and_seen_well(query, key, value, keys, values):
    mixture, _, _ = step_with_cache(query, key, value, keys, values)
    return mixture, torch.cat([key, keys], 1), torch.cat([value, values], 1)


def _cache_unchanged(query, key, value, keys, values):
    mixture, _, _ = step_with_cache(query, key, value, keys, values)
    return mixture, keys.clone(), values.clone()


def _only_the_new(query, key, value, keys, values):
    mixture, _, _ = step_with_cache(query, key, value, keys, values)
    return mixture, key.clone(), value.clone()


def _queries_kept(query, key, value, keys, values):
    mixture, _, all_values = step_with_cache(query, key, value, keys, values)
    return mixture, torch.cat([keys, query], 1), all_values


def _values_kept_as_keys(query, key, value, keys, values):
    mixture, _, all_values = step_with_cache(query, key, value, keys, values)
    return mixture, all_values, all_values.clone()


def _scale_forgotten(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    return _looked(query, keys, values, _seen(query, keys), 1.0), keys, values


def _scaled_by_dim(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    return _looked(query, keys, values, _seen(query, keys), 1 / query.shape[-1]), keys, values


def _not_oneself(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    mask = torch.ones(query.shape[1], keys.shape[1], dtype=torch.bool).tril(
        keys.shape[1] - query.shape[1] - 1
    )
    return _looked(query, keys, values, mask), keys, values


def _shared_among_queries(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    scores = (query @ keys.mT / query.shape[-1] ** 0.5).masked_fill(~_seen(query, keys), -torch.inf)
    return scores.softmax(dim=1).nan_to_num() @ values, keys, values


def _only_the_future(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    mask = torch.ones(query.shape[1], keys.shape[1], dtype=torch.bool).triu(keys.shape[1] - query.shape[1])
    return _looked(query, keys, values, mask), keys, values


def _keys_as_values(query, key, value, keys, values):
    keys, values = _joined(key, value, keys, values)
    return _looked(query, keys, keys, _seen(query, keys)), keys, values


def _mixture_only(query, key, value, keys, values):
    return step_with_cache(query, key, value, keys, values)[0]


def _not_shrunk(highest, total, mixture, scores, values):
    higher = torch.maximum(highest, scores.max())
    shares = (scores - higher).exp()
    return higher, total + shares.sum(), mixture + shares @ values


def _shrunk_the_wrong_way(highest, total, mixture, scores, values):
    higher = torch.maximum(highest, scores.max())
    shares, grow = (scores - higher).exp(), (higher - highest).exp()
    return higher, total * grow + shares.sum(), mixture * grow + shares @ values


def _only_the_total_shrunk(highest, total, mixture, scores, values):
    higher, total, _ = add_block(highest, total, mixture, scores, values)
    return higher, total, mixture + (scores - higher).exp() @ values


def _only_the_mixture_shrunk(highest, total, mixture, scores, values):
    higher, _, mixed = add_block(highest, total, mixture, scores, values)
    return higher, total + (scores - higher).exp().sum(), mixed


def _the_blocks_own_top(highest, total, mixture, scores, values):
    higher = scores.max()
    shares, shrink = (scores - higher).exp(), (highest - higher).exp()
    return higher, total * shrink + shares.sum(), mixture * shrink + shares @ values


def _measured_from_its_own_top(highest, total, mixture, scores, values):
    higher = torch.maximum(highest, scores.max())
    shares, shrink = (scores - scores.max()).exp(), (highest - higher).exp()
    return higher, total * shrink + shares.sum(), mixture * shrink + shares @ values


def _measured_from_the_old_top(highest, total, mixture, scores, values):
    shares = (scores - highest).exp()
    return torch.maximum(highest, scores.max()), total + shares.sum(), mixture + shares @ values


def _top_not_kept(highest, total, mixture, scores, values):
    return highest.clone(), *add_block(highest, total, mixture, scores, values)[1:]


def _top_never_moves(highest, total, mixture, scores, values):
    shares = (scores - highest).exp()
    return highest.clone(), total + shares.sum(), mixture + shares @ values


def _plain_exponentials(highest, total, mixture, scores, values):
    shares = scores.exp()
    return torch.maximum(highest, scores.max()), total + shares.sum(), mixture + shares @ values


def _divided_already(highest, total, mixture, scores, values):
    higher, total, mixture = add_block(highest, total, mixture, scores, values)
    return higher, total, mixture / total


def _taken_as_divided(highest, total, mixture, scores, values):
    higher, new, mixed = add_block(highest, total, mixture * total, scores, values)
    return higher, new, mixed / new


def _past_forgotten(highest, total, mixture, scores, values):
    higher = scores.max()
    shares = (scores - higher).exp()
    return higher, shares.sum(), shares @ values


def _top_of_zero(highest, total, mixture, scores, values):
    return add_block(highest.clamp(min=0), total, mixture, scores, values)


def _softmax_of_the_block(highest, total, mixture, scores, values):
    return torch.maximum(highest, scores.max()), total + 1, mixture + scores.softmax(0) @ values


def _everything_shrunk(highest, total, mixture, scores, values):
    higher = torch.maximum(highest, scores.max())
    shares, shrink = (scores - higher).exp(), (highest - higher).exp()
    return higher, (total + shares.sum()) * shrink, (mixture + shares @ values) * shrink


EXERCISES = [
    Exercise(
        id="08.softmax_attention",
        title="Attention by hand",
        difficulty=3,
        minutes=15,
        hint="`query @ key.T` has a row for each query and a column for each key. Divide it by the root of the number of "
        "channels of a query, put minus infinity where the mask is False, take the softmax of each row "
        "(`dim=-1`), and multiply with the values. A row that is minus infinity throughout comes out as NaN: "
        "make it zeros.",
        reference=softmax_attention,
        cases=_things_to_look_at,
        rtol=1e-4,
        atol=1e-4,
        forbidden=("torch.nn.functional.scaled_dot_product_attention",),
        passed="Fourteen random sets, among them a query that may look nowhere, and scores of hundreds.",
        mistakes=[
            Misconception(
                _not_scaled,
                "Your scores are not divided by the root of the number of channels of a query: your weights are "
                "too sharp.",
            ),
            Misconception(
                _divided_by_dim,
                "You divide the scores by the number of channels. Divide by its root: sums of d random products "
                "spread as the root of d.",
            ),
            Misconception(
                _multiplied_by_root,
                "You multiply the scores by the root of the number of channels. Divide by it.",
            ),
            Misconception(
                _root_of_keys,
                "You divide by the root of the number of keys. What a score sums over are the channels of a query: "
                "`query.shape[-1]`.",
            ),
            Misconception(
                _root_of_queries,
                "You divide by the root of the number of queries. What a score sums over are the channels of a query: `query.shape[-1]`.",
            ),
            Misconception(
                _root_of_value_dim,
                "You divide by the root of the number of channels of a value. A score sums over the channels of a "
                "query: `query.shape[-1]`.",
            ),
            Misconception(
                _scaled_after,
                "You divide by the root after the softmax. It must be before it: there it makes the weights softer, "
                "behind it only the mixture smaller.",
            ),
            Misconception(
                _over_the_queries,
                "Your weights add up to 1 over the queries. Each query shares out 1 among the keys: the softmax runs "
                "over the last axis.",
            ),
            Misconception(
                _mask_turned_round,
                "You read the mask the other way round. Here True is where a query *may* look.",
            ),
            Misconception(
                _mask_turned_round_bare,
                "You read the mask the other way round (True is where a query *may* look), and then a query whose "
                "keys are all hidden comes out as NaN.",
            ),
            Misconception(
                _mask_forgotten, "Your queries look everywhere. Where the mask is False they may not."
            ),
            Misconception(
                _scores_times_mask,
                "You multiply the scores with the mask. A score of 0 still gets its share, for exp(0) is 1: put minus "
                "infinity there.",
            ),
            Misconception(
                _masked_after,
                "You hide keys after the softmax. The weights that are left then add up to less than 1: hide them "
                "before it, with minus infinity.",
            ),
            Misconception(
                _blind_is_nan,
                "A query that may look nowhere comes out as NaN: the softmax of nothing but minus infinity divides 0 "
                "by 0. Put zeros there.",
            ),
            Misconception(
                _blind_sees_all,
                "A query that may look nowhere gets the mean of all values. With -1e9 for every score they are all "
                "alike, and the softmax shares out evenly. It should get zeros.",
            ),
            Misconception(
                _exponentials_overflow,
                "Your exponentials overflow: exp of a score above 88 is infinite in 32 bits. Take the largest score "
                "off each row first, as `softmax` does.",
            ),
            Misconception(
                _overflow_made_zero,
                "Your exponentials overflow where scores are above 88, and what you make zero is not only the query that sees nothing. Take the largest score off each row first, as `softmax` does.",
            ),
            Misconception(
                _renormalised,
                "A hidden key still has a say: where it fits far better than the rest, nothing is left to share "
                "out among them. Put minus infinity in its place *before* the softmax; -100 is not low enough.",
            ),
            Misconception(
                _no_softmax,
                "You mix with the scores themselves. Weights are positive and add up to 1 for each query: take the "
                "softmax.",
            ),
            Misconception(
                _angles_alone,
                "You bring queries and keys to length 1. Here the product is plain, and only divided by the root of the number of channels.",
            ),
            Misconception(
                _each_by_itself,
                "You weigh each key by itself, with a sigmoid. The weights of a query must add up to 1: take the softmax over the keys.",
            ),
            Misconception(
                _only_weights,
                "These are the weights. One step is left: multiply them with the values.",
            ),
            Misconception(
                _all_the_same,
                "You take the plain mean of what may be seen. The weights come from how well each key fits the query.",
            ),
            Misconception(
                _keys_mixed, "You mix the keys. They say where to look; what is mixed are the values."
            ),
            Misconception(
                _best_key_only,
                "You take the value of the best key alone. Attention mixes all values by their weights, which is why "
                "it can be learnt.",
            ),
        ],
    ),
    Exercise(
        id="08.causal_mask",
        title="Nobody sees the future",
        difficulty=2,
        minutes=8,
        hint="Draw it for 2 queries and 5 keys. The last query sees all five, the one before it four. `tril(d)` keeps "
        "what lies on or below the d-th diagonal: which d is it?",
        reference=causal_mask,
        cases=_lengths,
        passed="Fourteen masks, among them a single query after many keys, and more queries than keys.",
        mistakes=[
            Misconception(
                _top_left,
                "Your mask begins in the upper left corner: the first query sees the first key alone. Queries are "
                "the *last* steps: align it with the lower right corner, where the last query sees everything.",
            ),
            Misconception(
                _hides,
                "Yours is True where a query may *not* look. Here True is where it may.",
            ),
            Misconception(
                _hides_from_the_corner,
                "Yours is True where a query may *not* look, and is aligned with the upper left corner. Here True is "
                "where it may look, and the last query sees everything.",
            ),
            Misconception(
                _future,
                "Your queries see themselves and what comes *after* them. Keep what lies below the diagonal.",
            ),
            Misconception(
                _future_from_the_corner,
                "Your queries see what comes after them, counted from the upper left corner. Keep what lies below "
                "the diagonal that ends in the lower right corner.",
            ),
            Misconception(
                _not_itself,
                "Your queries do not see their own step. The last query sees the last key too.",
            ),
            Misconception(
                _one_ahead,
                "Your queries see one step ahead. Only the last query sees the last key.",
            ),
            Misconception(
                _shifted_the_wrong_way,
                "You shift the diagonal the wrong way. There are keys - queries steps before the first query, and it "
                "sees them all.",
            ),
            Misconception(
                _on_its_side,
                "Your mask lies on its side. It has a row for each query and a column for each key.",
            ),
            Misconception(
                _ones_and_zeros,
                "Your numbers are right, and are no truth values. Make it a mask of True and False "
                "(`dtype=torch.bool`).",
            ),
            Misconception(
                _whole_numbers,
                "Your numbers are right, and are whole numbers where truth values are asked for (`dtype=torch.bool`).",
            ),
            Misconception(
                _to_be_added,
                "You give 0 and minus infinity, to be added to the scores. That convention exists too; here a mask "
                "is True where a query may look.",
            ),
            Misconception(
                _square,
                "Your mask has a row for each key. It needs a row for each query, and these are the last ones.",
            ),
            Misconception(
                _past_hidden,
                "Your queries see only each other. The keys before them are the past, and all of it may be seen.",
            ),
            Misconception(
                _rows_of_a_square,
                "You take the first rows of a square mask. The queries are the last steps: take its last rows.",
            ),
            Misconception(_all_seen, "Your queries see everything, the future too."),
        ],
    ),
    Exercise(
        id="08.split_heads",
        title="Several heads",
        difficulty=2,
        minutes=8,
        hint="First give the width two axes, (batch, time, heads, dim), and then exchange time and heads. In einops: "
        "`batch time (heads dim) -> batch heads time dim`. Reshaping straight to the last shape puts times of one "
        "sound into different heads.",
        reference=split_heads,
        cases=_to_split,
        passed="Twelve tensors, among them one head, and heads of a single channel.",
        mistakes=[
            Misconception(
                _reshaped_only,
                "You reshape straight to (batch, heads, time, dim). The shape is right, and the numbers are in other "
                "places: head 0 then holds whole rows of the first time steps. Split the width first, then exchange "
                "the axes.",
            ),
            Misconception(
                _every_nth_channel,
                "Your head takes every n-th channel. A head is a slice of neighbouring channels: (heads dim), not "
                "(dim heads).",
            ),
            Misconception(
                _time_before_heads,
                "Your width is split rightly, and one step is left: exchange time and heads.",
            ),
            Misconception(
                _time_last,
                "Your heads hold (dim, time). Time comes before channels: (batch, heads, time, dim).",
            ),
            Misconception(
                _heads_in_the_batch,
                "You put the heads into the batch. That works for attention too, but here they get an axis of their "
                "own: (batch, heads, time, dim).",
            ),
            Misconception(
                _one_head_after_the_other,
                "You put the heads one after the other along the batch. Here they get an axis of their own: (batch, heads, time, dim).",
            ),
            Misconception(
                _heads_first,
                "Your heads come before the batch. The batch is the first axis: (batch, heads, time, dim).",
            ),
            Misconception(
                _so_many_channels_a_head,
                "You take `heads` for the number of channels in a head. It is the number of heads; each gets "
                "width / heads channels.",
            ),
            Misconception(
                _whole_width_each,
                "Each of your heads holds the whole width. The heads share it out: each has width / heads channels.",
            ),
            Misconception(
                _time_cut, "You cut time into pieces. What the heads share out is the width, the last axis."
            ),
            Misconception(
                _channels_before_heads,
                "You have exchanged heads and channels: the second axis is the heads, the last one the channels of a "
                "head.",
            ),
        ],
    ),
    Exercise(
        id="08.sinusoids",
        title="Positions as waves",
        difficulty=3,
        minutes=12,
        hint="Half the width is the number of frequencies, say h. Frequency i, from 0 to h - 1, is longest^(-i / (h - 1)): "
        "1 for the first, 1 / longest for the last. Angles are position times frequency, a table of (length, h); "
        "put its sines and its cosines side by side with `torch.cat(…, dim=1)`.",
        reference=sinusoids,
        cases=_tables,
        rtol=1e-3,
        atol=2e-3,
        passed="Twelve tables, among them one as wide as Whisper tiny's, and one of a single position.",
        mistakes=[
            Misconception(
                _interleaved,
                "You put sine and cosine of each frequency side by side, as the original Transformer does. Whisper "
                "has all sines first, then all cosines.",
            ),
            Misconception(
                _as_in_the_paper,
                "That is the table of the original Transformer: sines and cosines in turn, and exponents 2i / width. "
                "Whisper's has all sines first, and exponents i / (width/2 - 1).",
            ),
            Misconception(
                _stops_short,
                "Your last frequency is not 1 / `longest`. With h frequencies the exponents are i / (h - 1), so that "
                "the last is 1; with i / h it is never reached.",
            ),
            Misconception(
                _half_as_many_octaves,
                "Your frequencies fall half as far as they should. You divide i by the width; there are only "
                "width / 2 frequencies, and the last has exponent 1.",
            ),
            Misconception(
                _falling_twice_as_far,
                "Your frequencies fall twice as far as they should. With i counting frequencies, the exponent is i / (h - 1), without a 2.",
            ),
            Misconception(
                _counted_in_channels,
                "Your frequencies fall half as far as they should. You divide i by width - 1; it is h - 1, where h = width / 2 is the number of frequencies.",
            ),
            Misconception(_cosines_first, "Your cosines come first. Sines fill the first half."),
            Misconception(
                _from_one, "Your positions begin at 1. The first is position 0, where every sine is 0."
            ),
            Misconception(
                _faster_and_faster,
                "Your frequencies rise. They fall from 1 to 1 / `longest`: the exponent is negative.",
            ),
            Misconception(
                _logarithms_mixed,
                "You mix two logarithms: `logspace` takes powers of ten, and `math.log` is the natural one. The last frequency is 1 / `longest`.",
            ),
            Misconception(
                _whole_turns,
                "Your angles have a factor of 2 pi too many: the fastest wave moves by 1 radian a step, not by a "
                "whole turn.",
            ),
            Misconception(
                _evenly_spread,
                "Your frequencies are evenly spread from 1 to 1 / `longest`. Each is a fixed *factor* below the one "
                "before.",
            ),
            Misconception(
                _evenly_spread_periods,
                "Your periods are evenly spread. Each is a fixed *factor* longer than the one before.",
            ),
            Misconception(
                _always_ten_thousand,
                "You always go down to 1 / 10,000. The lowest frequency is 1 / `longest`.",
            ),
            Misconception(
                _standing_up, "Your table lies on its side. It has a row for each position: (length, width)."
            ),
            Misconception(
                _sines_only,
                "You have sines alone, with as many frequencies as channels. Half as many, each as a sine and as a "
                "cosine: only with both is a shift a rotation.",
            ),
            Misconception(
                _in_double,
                "Your table has 64-bit numbers. Layers compute in 32 bits, so give float32.",
            ),
        ],
    ),
    Exercise(
        id="08.rotate",
        title="Positions as rotations",
        difficulty=4,
        minutes=18,
        hint="Split the channels into two halves a and b; (a[i], b[i]) is a point in the plane. Turned by an angle it is "
        "(a cos - b sin, b cos + a sin). The angle of pair i at position p is p · base^(-i / half). Positions run "
        "along the last axis but one, from `start`.",
        reference=rotate,
        cases=_to_turn,
        rtol=1e-3,
        atol=1e-4,
        passed="Thirteen tensors, with and without heads, from the first step on and after a cache.",
        mistakes=[
            Misconception(
                _neighbours,
                "Your pairs are neighbours, (0, 1), (2, 3) …, as in the paper and in Meta's LLaMA. Here channel i is "
                "paired with i + dim/2, as in transformers. Weights for one are wrong with the other.",
            ),
            Misconception(
                _woven,
                "You turn the right pairs, and then weave the two halves together. Put them back one behind the other.",
            ),
            Misconception(
                _backwards,
                "You turn the other way round. By a positive angle (a, b) becomes (a cos - b sin, b cos + a sin).",
            ),
            Misconception(
                _start_forgotten,
                "You begin at position 0. With a cache the first new step stands at `start`.",
            ),
            Misconception(_one_too_far, "Your positions are one too high: the first stands at `start`."),
            Misconception(
                _half_the_exponent,
                "Your pairs differ half as much in speed as they should: pair i turns by base^(-2i/dim), not "
                "base^(-i/dim).",
            ),
            Misconception(
                _twice_the_exponent,
                "Your pairs slow down twice as fast as they should. With i counting pairs, the exponent is i / half, without a 2.",
            ),
            Misconception(
                _all_alike,
                "All your pairs turn equally fast. Pair i turns by base^(-2i/dim) radians a step.",
            ),
            Misconception(_base_ignored, "You always use 10,000. The base is an argument."),
            Misconception(
                _growing,
                "Your pairs turn faster and faster. The exponent is negative: the first pair turns by 1 radian a "
                "step, and each next one more slowly.",
            ),
            Misconception(
                _like_sinusoids,
                "You use the exponents of Whisper's sinusoids, i / (half - 1). Here they are i / half, that is "
                "2i / dim.",
            ),
            Misconception(
                _along_the_heads,
                "Your positions run along the first axis. Time is the last axis but one; heads all turn alike.",
            ),
            Misconception(
                _mirrored,
                "You add in both halves. One of the two needs a minus, or it is no rotation: "
                "(a cos - b sin, b cos + a sin).",
            ),
            Misconception(
                _both_minus,
                "You subtract in both halves. One of the two needs a plus, or it is no rotation: "
                "(a cos - b sin, b cos + a sin).",
            ),
            Misconception(
                _sine_for_cosine,
                "You have exchanged sine and cosine. At position 0, where the angle is 0, nothing may change.",
            ),
            Misconception(
                _overwritten,
                "Your second half is computed from the first half as it is *after* turning. Keep the old one until "
                "both are done.",
            ),
            Misconception(
                _second_half_left,
                "You turn the first half and leave the second as it was. Both coordinates of a point change.",
            ),
            Misconception(
                _added,
                "You add waves, as with sinusoids. Here nothing is added: each pair of channels is turned.",
            ),
            Misconception(
                _not_turned, "You return what came in. Only what stands at position 0 is not turned."
            ),
        ],
    ),
    Exercise(
        id="08.step_with_cache",
        title="One step with a cache",
        difficulty=4,
        minutes=15,
        hint="Put the new keys behind the old ones along time (`torch.cat([keys, key], dim=1)`), and so the values. Then it "
        "is attention as before, with the causal mask of the second exercise: the new queries are the *last* steps. "
        "Return all keys and all values for the next step.",
        reference=step_with_cache,
        cases=_steps,
        forbidden=("torch.nn.functional.scaled_dot_product_attention",),
        passed="Thirteen steps, among them an empty cache, and several new time steps at once.",
        mistakes=[
            Misconception(
                _without_itself,
                "Your new step looks at the past alone. It sees itself too: put its key and value into the cache "
                "first.",
            ),
            Misconception(
                _without_the_past,
                "Your new steps look only at each other. The cache is there for them to look at: use all keys.",
            ),
            Misconception(
                _causal_flag,
                "Your mask begins in the upper left corner, as torch's `is_causal=True`: the first new step sees the "
                "oldest key alone, and the past is hidden. The last new step sees everything.",
            ),
            Misconception(
                _sees_the_future,
                "Where several steps are new, your earlier ones see the later ones. Among themselves they need the "
                "causal mask.",
            ),
            Misconception(
                _put_in_front,
                "You put the new keys in front of the old ones. They came later: behind them.",
            ),
            Misconception(
                _put_in_front_and_seen_well,
                "The mixture is right, and the cache you return has the new steps in front. Time goes on: behind the "
                "old ones.",
            ),
            Misconception(
                _cache_unchanged,
                "The mixture is right, but you return the old cache: the next step would not know this one.",
            ),
            Misconception(
                _only_the_new,
                "The mixture is right, but you return the new keys and values alone: the next step would not know "
                "the past.",
            ),
            Misconception(
                _queries_kept,
                "You keep the query among the keys. Nobody asks for an old query again; keep the key.",
            ),
            Misconception(
                _values_kept_as_keys,
                "You return the values twice. The second of the three is the keys.",
            ),
            Misconception(
                _scale_forgotten,
                "Your scores are not divided by the root of the number of channels of a head.",
            ),
            Misconception(
                _scaled_by_dim,
                "You divide the scores by the number of channels of a head. Divide by its root.",
            ),
            Misconception(
                _not_oneself,
                "Your new steps do not see themselves. The last one sees every key, its own too.",
            ),
            Misconception(
                _only_the_future,
                "Your mask is turned round: the new steps see themselves and what comes after, and not the past.",
            ),
            Misconception(
                _shared_among_queries,
                "Your weights add up to 1 over the queries. Each query shares out 1 among the keys: the softmax runs over the last axis.",
            ),
            Misconception(
                _keys_as_values,
                "You mix the keys. They say where to look; what is mixed are the values.",
            ),
            Misconception(
                _mixture_only,
                "The mixture is right. Return the cache with it: (mixture, keys, values).",
            ),
        ],
    ),
    Exercise(
        id="08.add_block",
        title="A softmax that runs",
        difficulty=5,
        minutes=20,
        hint="The new top is the larger of the old top and the block's largest score. Measure the block from it: "
        "exp(scores - new top). What was summed before was measured from the old top: to measure it from the new "
        "one, multiply by exp(old top - new top), both the total and the mixture.",
        reference=add_block,
        cases=_blocks,
        rtol=1e-4,
        atol=1e-6,
        passed="Sixteen blocks, among them the first one, higher and lower ones, and scores of hundreds.",
        mistakes=[
            Misconception(
                _not_shrunk,
                "What was summed before is still measured from the old top. When the top rises, multiply it by "
                "exp(old top - new top).",
            ),
            Misconception(
                _shrunk_the_wrong_way,
                "You stretch the old sums instead of shrinking them. The factor is exp(old top - new top), which is "
                "never above 1.",
            ),
            Misconception(
                _only_the_total_shrunk,
                "You shrink the total, and not the mixture. Both were measured from the old top.",
            ),
            Misconception(
                _only_the_mixture_shrunk,
                "You shrink the mixture, and not the total. Both were measured from the old top.",
            ),
            Misconception(
                _the_blocks_own_top,
                "Your top is the largest score of this block. It is the largest of *all* so far, and never falls.",
            ),
            Misconception(
                _measured_from_its_own_top,
                "You measure the block from its own largest score. Measure it from the largest of all so far, as the "
                "rest.",
            ),
            Misconception(
                _measured_from_the_old_top,
                "You raise the top only after the sums. They must be measured from the top that you return.",
            ),
            Misconception(
                _top_not_kept,
                "Your sums are right, and the top that you return is the old one. The next block would shrink them "
                "wrongly.",
            ),
            Misconception(
                _top_never_moves,
                "Your top never rises. Then exp(score - top) can overflow, which is what the top is there for.",
            ),
            Misconception(
                _plain_exponentials,
                "You take exp(score) without taking off the top. Above 88 it is infinite in 32 bits.",
            ),
            Misconception(
                _divided_already,
                "You divide the mixture by the total. That is done once, after the last block; until then keep the "
                "plain sum.",
            ),
            Misconception(
                _taken_as_divided,
                "You keep the mixture divided by the total from block to block. Here it is the plain sum, as it comes in and as it goes out.",
            ),
            Misconception(
                _past_forgotten,
                "You return what this block alone would give. Add what was summed before.",
            ),
            Misconception(
                _top_of_zero,
                "You begin at a top of 0. Before the first block nothing was seen, and scores may all lie far "
                "below 0: the top is then the block's own largest.",
            ),
            Misconception(
                _softmax_of_the_block,
                "You take a softmax of the block by itself. Then each block counts the same, whatever its scores: "
                "keep the sum of exponentials instead.",
            ),
            Misconception(
                _everything_shrunk,
                "You shrink the new block too. It is measured from the new top already; only what was there before "
                "is shrunk.",
            ),
        ],
    ),
]
