"""Positions: Whisper's sinusoids and LLaMA's rotations, against the published code."""

import math

import pytest
import torch
from whisper.model import sinusoids as openais

from avlab.nn import RoPE, halves_from_pairs, pairs_from_halves, sinusoids


@pytest.mark.parametrize(("length", "width"), [(1500, 384), (1500, 1280), (75, 128), (3, 4), (0, 8)])
def test_sinusoids_equal_openais(length, width):
    assert torch.equal(sinusoids(length, width), openais(length, width))


def test_sinusoids_go_from_one_to_the_longest():
    made = sinusoids(3, 8, longest=50)
    torch.testing.assert_close(made[1, :4].asin(), torch.tensor([1, 50 ** (-1 / 3), 50 ** (-2 / 3), 1 / 50]))
    torch.testing.assert_close(made[:, :4].square() + made[:, 4:].square(), torch.ones(3, 4))


@pytest.mark.parametrize("width", [7, 2, 0])
def test_sinusoids_refuse_other_widths(width):
    with pytest.raises(ValueError, match=f"the width is {width}"):
        sinusoids(5, width)


def draw(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_halves_equal_transformers():
    from transformers.models.llama.modeling_llama import (
        LlamaConfig,
        LlamaRotaryEmbedding,
        apply_rotary_pos_emb,
    )

    q, k = draw(2, 4, 50, 16), draw(2, 2, 50, 16)
    config = LlamaConfig(hidden_size=64, num_attention_heads=4)
    cos, sin = LlamaRotaryEmbedding(config)(q, torch.arange(7, 57)[None])
    for mine, theirs in zip((q, k), apply_rotary_pos_emb(q, k, cos, sin), strict=True):
        torch.testing.assert_close(RoPE()(mine, start=7), theirs, atol=1e-6, rtol=1e-6)


def test_pairs_are_products_of_complex_numbers():
    # As Meta's LLaMA writes it.
    x, frequencies = draw(2, 3, 9, 8), 500_000 ** (-torch.arange(0, 8, 2) / 8)
    turn = torch.polar(torch.ones(9, 4), torch.arange(9)[:, None] * frequencies)
    expected = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (4, 2))) * turn).flatten(-2)
    torch.testing.assert_close(RoPE(500_000, "pairs")(x), expected)


def test_the_permutation_leads_from_one_layout_to_the_other_and_back():
    weight, x = draw(4 * 16, 10), draw(2, 9, 10)

    def heads(w):
        return (x @ w.mT).unflatten(-1, (4, 16)).transpose(1, 2)

    def scores(turned):
        return turned @ turned.mT

    pairs = scores(RoPE(layout="pairs")(heads(weight)))
    torch.testing.assert_close(
        scores(RoPE()(heads(halves_from_pairs(weight, 4)))), pairs, atol=1e-4, rtol=1e-5
    )
    assert (scores(RoPE()(heads(weight))) - pairs).abs().max() > 1  # without it
    assert torch.equal(pairs_from_halves(halves_from_pairs(weight, 4), 4), weight)
    assert halves_from_pairs(torch.arange(8.0), 2).tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


@pytest.mark.parametrize("layout", ["halves", "pairs"])
def test_scores_depend_on_the_distance_alone(layout):
    rope, q, k = RoPE(layout=layout), draw(1, 8), draw(2, 8)[1:]
    near = rope(q, 3) @ rope(k, 1).mT
    torch.testing.assert_close(rope(q, 1003) @ rope(k, 1001).mT, near, atol=1e-3, rtol=1e-3)
    assert not math.isclose(near.item(), (rope(q, 3) @ rope(k, 2).mT).item(), rel_tol=1e-2)


def test_odd_heads_are_refused():
    with pytest.raises(ValueError, match="5 channels"):
        RoPE()(draw(2, 5))


def test_keeps_the_type():
    assert RoPE()(draw(2, 8).bfloat16()).dtype == torch.bfloat16
