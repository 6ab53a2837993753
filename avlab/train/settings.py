"""The numbers that a training goes by. Chapter 12."""

from dataclasses import dataclass

from avlab.train.schedule import DECAYS


@dataclass(frozen=True)
class Settings:
    """How long, how fast and how carefully to train. Raises ValueError for numbers that train nothing.

    `rate` is the learning rate at its height, `scale` says how it gets there and down again. A step sees
    `accumulate` batches. A gradient longer than `clip` is shortened to it. `weight_decay` pulls matrices, not
    biases and gains, to 0. `betas` are Adam's. `seed` decides what dropout draws. Chapter 12.
    """

    steps: int
    rate: int | float = 1e-3
    warm_up: int = 60
    decay: str = "cosine"
    accumulate: int = 1
    clip: int | float = 1.0
    weight_decay: int | float = 0.05
    betas: tuple[float, float] = (0.9, 0.98)
    seed: int = 0

    def __post_init__(self):
        for name in ("steps", "accumulate", "rate", "clip"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be above 0")
        if self.decay not in DECAYS:
            raise ValueError(f"there is no decay “{self.decay}”: it is {' or '.join(DECAYS)}")
