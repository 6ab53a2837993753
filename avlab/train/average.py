"""The running average of a model's weights, which is calmer than the weights. Chapter 12."""

import copy
from typing import Any

import torch
from torch import nn


class Average:
    """A copy of a model whose weights follow it slowly: an exponential moving average.

    After each step they keep the part `keep` of what they were and take the rest from the model. At first
    they keep less, (1 + n) / (10 + n) after n updates, or the untrained weights would linger. `model` is in
    `eval` mode. Sources: Polyak and Juditsky, 1992; TensorFlow, `ExponentialMovingAverage`. Chapter 12.
    """

    def __init__(self, model: nn.Module, keep: float = 0.995):
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.keep, self.updates = keep, 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Go a little of the way to the model."""
        self.updates += 1
        keep = min(self.keep, (1 + self.updates) / (10 + self.updates))
        theirs = model.state_dict()
        for name, mine in self.model.state_dict().items():
            if mine.is_floating_point():
                mine.lerp_(theirs[name], 1 - keep)
            else:
                mine.copy_(theirs[name])  # a counter has no average

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must hold."""
        return {"updates": self.updates, "model": self.model.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.updates = state["updates"]
        self.model.load_state_dict(state["model"])
