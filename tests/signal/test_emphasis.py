import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from avlab.signal.emphasis import pre_emphasis


@pytest.mark.parametrize("coefficient", [0.97, 0.5, 0, 1])
def test_it_is_scipys_filter(sound, coefficient):
    theirs = lfilter([1, -coefficient], [1], sound.double().numpy())

    np.testing.assert_allclose(pre_emphasis(sound.double(), coefficient), theirs, atol=1e-15)
    np.testing.assert_allclose(pre_emphasis(sound, coefficient), theirs, atol=1e-6)


def test_a_batch_is_filtered_item_by_item(batch):
    assert torch.equal(pre_emphasis(batch), torch.stack([pre_emphasis(sound) for sound in batch]))


def test_the_gradient_flows():
    assert torch.autograd.gradcheck(pre_emphasis, torch.randn(2, 5, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize("shape", [(0,), (1,), (3, 0), (0, 7)])
def test_of_little_it_makes_as_little(shape):
    assert pre_emphasis(torch.ones(shape)).equal(
        torch.ones(shape)[..., :7] - 0.97 * (torch.arange(shape[-1]) > 0)
    )


def test_it_follows_the_device(device):
    assert pre_emphasis(torch.ones(500, device=device)).device.type == device.type
