import numpy as np
import pytest
import torch
from scipy.stats import zscore

from avlab.signal.scaling import min_max, standardise


@pytest.fixture
def values() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return 5 + 3 * torch.randn(4, 6, 50, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("dim", [-1, 0, 1])
def test_standardised_values_are_scipys(values, dim):
    np.testing.assert_allclose(standardise(values, dim), zscore(values.numpy(), axis=dim), atol=1e-12)


@pytest.mark.parametrize("dim", [-1, 0, 1])
def test_the_least_becomes_0_and_the_greatest_1(values, dim):
    low, high = (edge(values.numpy(), axis=dim, keepdims=True) for edge in (np.min, np.max))
    scaled = min_max(values, dim)

    np.testing.assert_allclose(scaled, (values.numpy() - low) / (high - low), atol=1e-12)
    assert scaled.amin() == 0 and scaled.amax() == 1


@pytest.mark.parametrize("scale", [standardise, min_max])
@pytest.mark.parametrize("constant", [0.0, 0.1, -3.3, 1e6, 1e-20])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_where_nothing_varies_it_is_0(scale, constant, dtype):
    row = torch.full((100_003,), constant, dtype=dtype, requires_grad=True)
    scaled = scale(row)

    assert scaled.eq(0).all() and scaled.dtype == dtype
    scaled.sum().backward()
    assert row.grad.isfinite().all()


@pytest.mark.parametrize("scale", [standardise, min_max])
def test_a_constant_row_leaves_the_others_alone(scale, values):
    torch.testing.assert_close(
        scale(torch.stack([values[0, 0], torch.ones(50, dtype=torch.float64)])),
        torch.stack([scale(values[0, 0]), torch.zeros(50, dtype=torch.float64)]),
    )


@pytest.mark.parametrize("scale", [standardise, min_max])
@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_the_size_of_the_numbers_does_not_matter(scale, factor, values):
    torch.testing.assert_close(scale(values * factor), scale(values))


def test_statistics_of_the_training_part_are_used_on_the_rest(values):
    training, rest = values[:3], values[3]
    mean, deviation = training.mean((0, 2)), training.std((0, 2), correction=0)
    expected = (rest - mean[:, None]) / deviation[:, None]
    torch.testing.assert_close(standardise(rest, mean=mean[:, None], deviation=deviation[:, None]), expected)

    torch.testing.assert_close(standardise(rest, mean=5, deviation=2.0), (rest - 5) / 2)
    torch.testing.assert_close(min_max(rest, low=-1, high=3.0), (rest + 1) / 4)


def test_a_value_outside_the_training_part_leaves_the_range():
    assert min_max(torch.tensor([-10.0, 20.0]), low=0, high=10).tolist() == [-1, 2]


def test_statistics_in_64_bits_leave_32_bits_as_they_are(values):
    statistics = {"mean": values.mean(), "deviation": values.std()}

    assert standardise(values.float(), **statistics).dtype == torch.float32


@pytest.mark.parametrize("scale", [standardise, min_max])
def test_the_gradient_flows(scale):
    row = torch.tensor(
        [[0.3, -1.2, 2.0, 0.9], [1.0, 3.0, 2.0, -4.0]], dtype=torch.float64, requires_grad=True
    )

    assert torch.autograd.gradcheck(scale, row)


@pytest.mark.parametrize("scale", [standardise, min_max])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3), (1,)])
def test_of_little_it_makes_as_little(scale, shape):
    assert scale(torch.ones(shape)).equal(torch.zeros(shape))


def test_half_of_the_statistics_is_refused():
    with pytest.raises(ValueError, match="mean and deviation belong together"):
        standardise(torch.ones(3), mean=1.0)
    with pytest.raises(ValueError, match="low and high belong together"):
        min_max(torch.ones(3), high=1.0)


@pytest.mark.parametrize("scale", [standardise, min_max])
def test_it_follows_the_device(scale, device):
    assert scale(torch.arange(5.0, device=device)).device.type == device.type
