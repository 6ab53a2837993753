import io
from base64 import b64decode

import av
import numpy as np
import pytest
import torch

from avlab import show


def samples(html: str) -> np.ndarray:
    content = b64decode(html.partition(";base64,")[2].partition('"')[0])
    with av.open(io.BytesIO(content)) as file:
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)[0]


@pytest.mark.parametrize("kind", [torch.as_tensor, np.asarray])
def test_a_sound_has_a_player_and_words(kind, clip, elements):
    shown = show.sound(kind(clip.audio.numpy()), clip.sample_rate, "A tone that fades")
    (audio,) = elements(shown.html, "audio")
    assert audio["src"].startswith("data:audio/mpeg;base64,")
    assert audio["aria-label"] == shown.text == "A tone that fades"
    assert ">A tone that fades</figcaption>" in shown.html


def test_a_quiet_sound_stays_quiet(clip):
    loud = samples(show.sound(clip.audio, clip.sample_rate, "A tone that fades").html)
    quiet = samples(show.sound(clip.audio / 10, clip.sample_rate, "A quiet tone that fades").html)
    assert np.abs(quiet).max() == pytest.approx(np.abs(loud).max() / 10, rel=0.1)


def test_sound_in_double_precision_and_with_a_gradient_is_taken(clip):
    audio = clip.audio.double().requires_grad_()
    assert show.sound(audio, clip.sample_rate, "A tone that fades").html
    assert show.waveform(audio, clip.sample_rate, alt="A tone that fades").html
    assert show.spectrogram(audio, clip.sample_rate, alt="A line at 440 Hz").html
