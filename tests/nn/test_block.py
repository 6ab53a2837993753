"""The transformer block, against openai-whisper's."""

import pytest
import torch
from whisper.model import ResidualAttentionBlock

from avlab.nn import Block


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("cross", [False, True])
def test_equals_openais_under_the_same_names(cross):
    peer, block = ResidualAttentionBlock(32, 4, cross_attention=cross), Block(32, 4, cross=cross)
    block.load_state_dict(peer.state_dict())
    x, memory = randn(2, 6, 32), randn(2, 9, 32, seed=1) if cross else None
    past = torch.full((6, 6), float("-inf")).triu(1)
    torch.testing.assert_close(block(x, memory, causal=True)[0], peer(x, memory, mask=past))


@pytest.mark.parametrize(("cross", "keys"), [(False, 6), (True, 9)])
def test_weights_are_of_the_last_attention(cross, keys):
    block, memory = Block(32, 4, cross=cross), randn(2, 9, 32) if cross else None
    output, weights = block(randn(2, 6, 32), memory, weights=True)
    assert weights.shape == (2, 4, 6, keys)
    torch.testing.assert_close(output, block(randn(2, 6, 32), memory)[0])


def test_gradients_reach_every_weight():
    block = Block(32, 4, cross=True)
    block(randn(2, 6, 32), randn(2, 9, 32, seed=1), causal=True)[0].square().sum().backward()
    assert all((weight.grad != 0).any() for weight in block.parameters())
