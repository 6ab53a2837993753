"""The learning rate over a training: up at first, then down. Chapter 12."""

import math

DECAYS = ("cosine", "linear")
# What is left of the rate at the end, and when the straight decay begins.
LOWEST, TURN = 0.02, 0.7


def scale(step: int, steps: int, warm_up: int = 0, decay: str = "cosine") -> float:
    """The part of the full learning rate, above 0 and up to 1, that step `step` of `steps` (from 0) gets.

    Over the first `warm_up` steps it rises in a straight line, since Adam knows little of the gradients' size
    yet. "cosine" then falls along half a cosine from the first step to the last; "linear" stays at 1, and
    falls straight over the last 30 %. Both end near 0.02. Sources: Loshchilov and Hutter, "SGDR", 2017;
    Hu and others, "MiniCPM", 2024 (warm-up, stable, decay). Chapter 12.
    """
    done = step / steps
    left = (1 + math.cos(math.pi * done)) / 2 if decay == "cosine" else min(1.0, (1 - done) / (1 - TURN))
    return min(1.0, (step + 1) / max(1, warm_up)) * (LOWEST + (1 - LOWEST) * left)
