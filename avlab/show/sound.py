"""A sound on the page: a player with a description."""

import html

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from avlab.clip import Clip
from avlab.media import encode
from avlab.show.shown import Shown, card, data_uri
from avlab.show.words import described

# A player or slider that has the focus keeps the arrow keys; JupyterLab would move to another cell.
OWN_KEYS = 'data-lm-suppress-shortcuts="true"'


def sound(
    audio: Float[Tensor, " samples"] | Float[np.ndarray, " samples"], sample_rate: int, description: str
) -> Shown:
    """A player for samples in [-1, 1], with words that say what is to be heard. The sound travels as MP3.

    The loudness is left alone (IPython's `Audio` would raise the loudest sample to 1). Raises ValueError for
    sound that is not mono, and for a description that says nothing. Chapter 1.
    """
    description = described(description, "description")
    return Shown(card(audio_tag(as_clip(audio, sample_rate), description), description), description)


def as_clip(audio: Tensor | np.ndarray, sample_rate: int) -> Clip:
    """Samples from any library as a clip, on the processor."""
    samples = audio if isinstance(audio, Tensor) else torch.tensor(audio)
    return Clip(audio=samples.detach().cpu().float(), sample_rate=int(sample_rate))


def audio_tag(clip: Clip, description: str, on_play: str = "") -> str:
    """The `<audio>` of a clip's sound; `on_play` is script for when it starts or is moved."""
    handlers = f'onplay="{on_play}" onseeking="{on_play}" ' if on_play else ""
    source = data_uri(encode(clip, "mp3"), "audio/mpeg")
    return (
        f'<audio controls preload="metadata" src="{source}" {OWN_KEYS} {handlers}'
        f'aria-label="{html.escape(description)}" style="display:block;width:100%;max-width:480px"></audio>'
    )
