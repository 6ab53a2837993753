"""Sounds that every parity test meets: speech, noise, a tone, silence, and the awkward short ones."""

import pytest
import torch

from avlab import world


def _noise(samples: int) -> torch.Tensor:
    return 0.1 * torch.randn(samples, generator=torch.Generator().manual_seed(0))


SOUNDS = {
    "speech": lambda: world.say("bin blue at f two now").audio,
    "other speech": lambda: world.say("lay red by k nine soon", voice="es", pitch=80).audio,
    "noise": lambda: _noise(20_000),
    "tone": lambda: 0.5 * torch.sin(2 * torch.pi * 440 * torch.arange(16_000) / 16_000),
    "silence": lambda: torch.zeros(16_000),
    "quiet then loud": lambda: torch.cat([1e-4 * _noise(16_000), _noise(8_000)]),
    "odd length": lambda: _noise(12_347),
}


@pytest.fixture(params=SOUNDS)
def sound(request) -> torch.Tensor:
    return SOUNDS[request.param]()


@pytest.fixture(scope="session")
def speech() -> torch.Tensor:
    return SOUNDS["speech"]()


@pytest.fixture(scope="session")
def batch() -> torch.Tensor:
    """Four sounds of very different loudness, one second each."""
    return torch.stack(
        [SOUNDS[name]()[:16_000] for name in ("speech", "noise", "silence", "quiet then loud")]
    )
