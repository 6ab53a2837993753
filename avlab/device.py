"""Where to compute: chosen once, at the top of a notebook or a recipe. Chapter 1."""

import torch


def best() -> torch.device:
    """The fastest device here: a CUDA GPU, else Apple's, else the processor.

    Library functions never choose: they follow the device of their input. Chapter 1.
    """
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
