"""Attention: every way of computing it against the formula's peers, with masks, groups and gradients."""

import pytest
import torch
import torch.nn.functional as F

from avlab.nn import attention, causal_mask
from avlab.nn.attention import BLOCK

WAYS = ("auto", "plain", "fused", "online")
NEAR = {"atol": 1e-6, "rtol": 1e-6}


def draw(queries=7, keys=BLOCK + 50, heads=4, kv_heads=4, batch=2, dim=8, value_dim=8, dtype=torch.float32):
    """Random queries, keys and values; more keys than one block of the online way holds."""
    g = torch.Generator().manual_seed(queries * 1000 + keys)
    shapes = (batch, heads, queries, dim), (batch, kv_heads, keys, dim), (batch, kv_heads, keys, value_dim)
    return tuple(torch.randn(shape, generator=g).to(dtype) for shape in shapes)


def some_mask(q, k):
    return torch.rand(q.shape[0], 1, q.shape[2], k.shape[2], generator=torch.Generator().manual_seed(5)) < 0.6


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("scale", [None, 0.3])
def test_equals_torchs_own(how, scale):
    q, k, v = draw(value_dim=5)
    torch.testing.assert_close(
        attention(q, k, v, scale=scale, how=how), F.scaled_dot_product_attention(q, k, v, scale=scale), **NEAR
    )
    mask = some_mask(q, k)
    torch.testing.assert_close(
        attention(q, k, v, mask, how=how), F.scaled_dot_product_attention(q, k, v, attn_mask=mask), **NEAR
    )


@pytest.mark.parametrize("how", WAYS)
def test_a_mask_of_queries_and_keys_alone_is_for_all_rows_and_heads(how):
    q, k, v = draw()
    mask = some_mask(q, k)[0, 0]
    expected = attention(q, k, v, mask.expand(2, 4, *mask.shape), how=how)
    torch.testing.assert_close(attention(q, k, v, mask, how=how), expected, rtol=0, atol=0)


@pytest.mark.parametrize("how", WAYS)
def test_a_padding_mask_hides_what_is_behind_it(how):
    q, k, v = draw()
    keep = (torch.arange(k.shape[2]) < 140)[None, None, None, :]
    torch.testing.assert_close(
        attention(q, k, v, keep, how=how), attention(q, k[:, :, :140], v[:, :, :140], how=how), **NEAR
    )


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("queries", [1, 2, 7])
def test_causal_with_fewer_queries_than_keys_is_the_end_of_the_whole(how, queries):
    _, k, v = draw()
    q, _, _ = draw(queries=k.shape[2])
    whole = attention(q, k, v, causal=True, how=how)
    end = attention(q[:, :, -queries:], k, v, causal=True, how=how)
    torch.testing.assert_close(end, whole[:, :, -queries:], **NEAR)
    torch.testing.assert_close(whole, F.scaled_dot_product_attention(q, k, v, is_causal=True), **NEAR)


def test_torchs_own_flag_is_aligned_to_the_other_corner():
    # The trap that `causal` avoids. Should torch change its mind, the fused way can be made simpler.
    q, k, v = draw(queries=2)
    theirs = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    assert (theirs - attention(q, k, v, causal=True)).abs().max() > 0.1


@pytest.mark.parametrize("how", WAYS)
def test_causal_and_mask_join(how):
    q, k, v = draw(queries=150, keys=150)
    mask = some_mask(q, k)
    both = mask & torch.ones(150, 150, dtype=torch.bool).tril()
    torch.testing.assert_close(
        attention(q, k, v, mask, causal=True, how=how), attention(q, k, v, both, how="plain"), **NEAR
    )


def test_causal_mask():
    assert causal_mask(2, 4).tolist() == [[True, True, True, False], [True] * 4]
    assert causal_mask(3, 2).tolist() == [[False, False], [True, False], [True, True]]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("kv_heads", [1, 2])
def test_grouped_queries_share_neighbouring_heads(how, kv_heads):
    q, k, v = draw(kv_heads=kv_heads)
    expected = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    torch.testing.assert_close(attention(q, k, v, how=how), expected, **NEAR)


def test_heads_that_cannot_share_are_refused():
    q, k, v = draw(heads=4, kv_heads=3)
    with pytest.raises(ValueError, match="4 query heads cannot share 3"):
        attention(q, k, v)


@pytest.mark.parametrize("how", WAYS)
def test_a_query_that_may_look_nowhere_gets_zeros_and_no_nan_gradient(how):
    q, k, v = (x.requires_grad_() for x in draw())
    mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool)
    mask[3] = False
    mixture = attention(q, k, v, mask, how=how)
    assert (mixture[:, :, 3] == 0).all()
    torch.testing.assert_close(mixture[:, :, 4:], attention(q, k, v, how=how)[:, :, 4:], **NEAR)
    mixture.square().sum().backward()
    assert all(x.grad.isfinite().all() for x in (q, k, v))
    assert (q.grad[:, :, 3] == 0).all() and (q.grad[:, :, 4] != 0).any()


@pytest.mark.parametrize("how", WAYS)
def test_more_queries_than_keys_leave_the_first_ones_blind(how):
    q, k, v = draw(queries=5, keys=3)
    mixture = attention(q, k, v, causal=True, how=how)
    assert (mixture[:, :, :2] == 0).all()
    torch.testing.assert_close(mixture[:, :, 2], v[:, :, 0], **NEAR)


@pytest.mark.parametrize("how", WAYS)
def test_no_keys_at_all_give_zeros(how):
    q, k, v = draw(keys=0)
    assert (attention(q, k, v, how=how) == 0).all()


@pytest.mark.parametrize("how", WAYS)
def test_huge_scores_do_not_overflow(how):
    q, k, v = draw()
    torch.testing.assert_close(
        attention(q * 1e4, k * 1e4, v, how=how), F.scaled_dot_product_attention(q * 1e4, k * 1e4, v)
    )


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("causal", [False, True])
def test_gradients_agree(how, causal):
    inputs = [x.double().requires_grad_() for x in draw(queries=150, keys=150)]
    expected = F.scaled_dot_product_attention(*inputs, is_causal=causal)
    seed = torch.randn(expected.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    wanted = torch.autograd.grad(expected, inputs, seed)
    got = torch.autograd.grad(attention(*inputs, causal=causal, how=how), inputs, seed)
    for mine, theirs in zip(got, wanted, strict=True):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_follows_the_type_of_its_input(how, dtype, device):
    q, k, v = (x.to(device) for x in draw(dtype=dtype))
    mixture = attention(q, k, v, how=how)
    assert mixture.dtype == dtype and mixture.device == q.device
    exact = F.scaled_dot_product_attention(q.double(), k.double(), v.double())
    assert (mixture.double() - exact).abs().max() < 8 * torch.finfo(dtype).eps


def test_weights_are_the_shares_of_the_values():
    q, k, v = draw()
    mask = some_mask(q, k)
    mixture, weights = attention(q, k, v, mask, weights=True)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 7))
    assert (weights[~mask.expand_as(weights)] == 0).all() and (weights >= 0).all()
    torch.testing.assert_close(weights @ v, mixture, **NEAR)


@pytest.mark.parametrize("how", ["fused", "online"])
def test_ways_that_never_hold_the_weights_say_so(how):
    with pytest.raises(ValueError, match="how='plain'"):
        attention(*draw(), weights=True, how=how)
