"""Multi-head attention and its cache: against torch's and LLaMA's layers, and step by step against at once."""

import pytest
import torch
from torch import nn

from avlab.nn import MultiHeadAttention, RoPE

WIDTH, HEADS = 32, 4
NEAR = {"atol": 1e-6, "rtol": 1e-5}


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def layer():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return MultiHeadAttention(WIDTH, HEADS)


@pytest.fixture
def peer(layer):
    """torch's own layer with the same weights: it keeps query, key and value in one matrix."""
    peer = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    parts = layer.query, layer.key, layer.value
    with torch.no_grad():
        peer.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        peer.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        peer.out_proj.load_state_dict(layer.out.state_dict())
    return peer


def test_self_attention_equals_torchs(layer, peer):
    x = randn(2, 9, WIDTH)
    expected, shares = peer(x, x, x, average_attn_weights=False)
    output, weights = layer(x, weights=True)
    torch.testing.assert_close(output, expected, **NEAR)
    torch.testing.assert_close(weights, shares, **NEAR)
    torch.testing.assert_close(layer(x)[0], expected, **NEAR)
    assert layer(x)[1] is None


def test_cross_attention_with_padding_equals_torchs_whose_mask_means_the_opposite(layer, peer):
    x, memory = randn(2, 5, WIDTH), randn(2, 9, WIDTH, seed=1)
    real = torch.arange(9) < torch.tensor([9, 4])[:, None]
    expected, _ = peer(x, memory, memory, key_padding_mask=~real)
    torch.testing.assert_close(layer(x, memory, mask=real[:, None, None, :])[0], expected, **NEAR)


@pytest.mark.parametrize("rope", [None, RoPE()])
@pytest.mark.parametrize("kv_heads", [4, 1])
@pytest.mark.parametrize("pieces", [(1,) * 9, (4, 1, 4), (9,)])
def test_piece_by_piece_with_a_cache_equals_all_at_once(rope, kv_heads, pieces):
    layer, x = MultiHeadAttention(WIDTH, HEADS, kv_heads, rope=rope), randn(2, 9, WIDTH)
    expected, _ = layer(x, causal=True)
    cache = layer.new_cache(2, capacity=9)
    found = [layer(piece, causal=True, cache=cache)[0] for piece in x.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(found, dim=1), expected, **NEAR)
    assert cache.length == 9 and not cache.keys.requires_grad


def test_a_remembered_memory_equals_the_memory(layer):
    x, memory = randn(2, 5, WIDTH), randn(2, 9, WIDTH, seed=1)
    torch.testing.assert_close(layer(x, layer.remember(memory))[0], layer(x, memory)[0], rtol=0, atol=0)


def test_the_beams_of_a_recording_share_its_memory(layer):
    x, memory = randn(6, 5, WIDTH), randn(2, 9, WIDTH, seed=1)
    expected, shares = layer(x, memory.repeat_interleave(3, dim=0), weights=True)
    output, weights = layer(x, memory, weights=True)
    torch.testing.assert_close(output, expected, **NEAR)
    torch.testing.assert_close(weights, shares, **NEAR)
    torch.testing.assert_close(layer(x, memory)[0], expected, **NEAR)
    with pytest.raises(ValueError, match="5 rows cannot share 2"):
        layer(x[:5], memory)


@pytest.mark.parametrize("layout", ["halves", "pairs"])
def test_equals_llamas_attention(layout):
    from transformers.models.llama.modeling_llama import LlamaAttention, LlamaConfig, LlamaRotaryEmbedding

    from avlab.nn import pairs_from_halves

    config = LlamaConfig(
        hidden_size=WIDTH, num_attention_heads=4, num_key_value_heads=2, attn_implementation="eager"
    )
    peer, x = LlamaAttention(config, 0), randn(2, 9, WIDTH)
    layer = MultiHeadAttention(WIDTH, 4, kv_heads=2, bias=False, rope=RoPE(layout=layout))
    projections = peer.q_proj, peer.k_proj, peer.v_proj, peer.o_proj
    for mine, theirs in zip((layer.query, layer.key, layer.value, layer.out), projections, strict=True):
        mine.load_state_dict(theirs.state_dict())
    if layout == "pairs":
        layer.query.weight.data = pairs_from_halves(layer.query.weight.data, 4)
        layer.key.weight.data = pairs_from_halves(layer.key.weight.data, 2)
    past = torch.full((9, 9), float("-inf")).triu(1)
    expected, _ = peer(x, LlamaRotaryEmbedding(config)(x, torch.arange(9)[None]), past)
    torch.testing.assert_close(layer(x, causal=True)[0], expected, **NEAR)


def test_widths_that_do_not_divide_are_refused():
    for numbers in ((30, 4), (32, 4, 3)):
        with pytest.raises(ValueError, match="does not divide"):
            MultiHeadAttention(*numbers)


def test_gradients_reach_every_weight(layer):
    layer(randn(2, 5, WIDTH), causal=True)[0].square().sum().backward()
    assert all((weight.grad != 0).any() for name, weight in layer.named_parameters() if name != "key.bias")
