"""Scaling: numbers of any size brought into one range, as a model likes them. Chapter 2."""

import torch
from jaxtyping import Float
from torch import Tensor


def standardise(
    values: Float[Tensor, "*shape"],
    dim: int = -1,
    mean: Float[Tensor, "..."] | int | float | None = None,
    deviation: Float[Tensor, "..."] | int | float | None = None,
) -> Float[Tensor, "*shape"]:
    """The values less their mean, divided by their standard deviation along `dim` (the z-score).

    Pass `mean` and `deviation` to use those of the training part on the others too; they then have shapes
    that broadcast with `values`, and `dim` plays no part. Where nothing varies the result is 0, not NaN. The
    deviation is that of the whole population (`correction=0`). Raises ValueError when only one of the two
    is passed. Source: `scipy.stats.zscore`. Chapter 2.
    """
    if (mean is None) != (deviation is None):
        raise ValueError("mean and deviation belong together: pass both, or neither")
    if mean is None:
        mean = values.mean(dim, keepdim=True)
        # A norm, since the gradient of a square root is infinite where nothing varies; that of a norm is 0.
        deviation = torch.linalg.vector_norm(values - mean, dim=dim, keepdim=True) / values.shape[dim] ** 0.5
    return _scaled(values, mean, deviation)


def min_max(
    values: Float[Tensor, "*shape"],
    dim: int = -1,
    low: Float[Tensor, "..."] | int | float | None = None,
    high: Float[Tensor, "..."] | int | float | None = None,
) -> Float[Tensor, "*shape"]:
    """The values moved and stretched so that along `dim` the least becomes 0 and the greatest 1.

    Pass `low` and `high` to use those of the training part on the others too, which may then leave the
    range; they have shapes that broadcast with `values`, and `dim` plays no part. Where nothing varies the
    result is 0. Raises ValueError when only one of the two is passed. Source:
    `sklearn.preprocessing.MinMaxScaler`. Chapter 2.
    """
    if (low is None) != (high is None):
        raise ValueError("low and high belong together: pass both, or neither")
    if low is None:
        if not values.numel():
            return values
        low, high = values.amin(dim, keepdim=True), values.amax(dim, keepdim=True)
    return _scaled(values, low, high - low)


def _scaled(
    values: Float[Tensor, "*shape"],
    origin: Float[Tensor, "..."] | int | float,
    unit: Float[Tensor, "..."] | int | float,
) -> Float[Tensor, "*shape"]:
    origin, unit = (torch.as_tensor(x, dtype=values.dtype, device=values.device) for x in (origin, unit))
    # A constant row's mean is off by rounding, and then its deviation is not quite 0.
    still = unit <= 10 * torch.finfo(values.dtype).eps * origin.abs()
    return torch.where(still, 0, (values - origin) / torch.where(still, 1, unit))
