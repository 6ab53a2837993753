"""The KV cache by itself: room, rows and storage."""

import pytest
import torch

from avlab.nn import KVCache


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_a_full_cache_says_so():
    cache = KVCache(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 4))
    cache.append(randn(1, 2, 2, 4), randn(1, 2, 2, 4))
    with pytest.raises(ValueError, match="room for 3 time steps; step 4"):
        cache.append(randn(1, 2, 2, 4), randn(1, 2, 2, 4))
    assert cache.length == 2


def test_a_cache_takes_no_other_batch():
    cache = KVCache(torch.zeros(2, 2, 3, 4), torch.zeros(2, 2, 3, 4))
    with pytest.raises(ValueError, match="2 rows of 2 heads, and 1 rows"):
        cache.append(randn(1, 2, 1, 4), randn(1, 2, 1, 4))


@pytest.mark.parametrize("rows", [[2, 0, 0], [1, 1, 2, 2, 0, 0], [2]])
def test_reorder_takes_rows_along(rows):
    cache, keys, values = (
        KVCache(torch.zeros(3, 2, 5, 4), torch.zeros(3, 2, 5, 4)),
        randn(3, 2, 2, 4),
        randn(3, 2, 2, 4, seed=1),
    )
    cache.append(keys, values)
    cache.reorder(torch.tensor(rows))
    assert torch.equal(cache.filled()[0], keys[rows]) and torch.equal(cache.filled()[1], values[rows])
    more = randn(len(rows), 2, 1, 4, seed=2)
    assert torch.equal(cache.append(more, more)[0], torch.cat([keys[rows], more], dim=2))


def test_appending_keeps_the_storage():
    cache = KVCache(torch.zeros(1, 2, 3, 4), torch.zeros(1, 2, 3, 4))
    held = cache.append(randn(1, 2, 1, 4), randn(1, 2, 1, 4))[0]
    assert held.data_ptr() == cache.append(randn(1, 2, 2, 4), randn(1, 2, 2, 4))[0].data_ptr()
