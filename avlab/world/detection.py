"""How well speech is found in noise: a detector's frames against when the talkers do speak. Chapter 2."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from avlab.signal.mixing import at_snr
from avlab.signal.vad import active_frames, frame_f1
from avlab.world.noise import noise
from avlab.world.talk import VOICES, talk

# The constants of `avlab.signal.vad` and `cleaning` were chosen with the first of these, in white and brown
# noise, hum, a fan and clicks. The other voices, and the other noises, tell how well they do elsewhere.
TUNING_VOICES, TEST_VOICES = VOICES[::2], VOICES[1::2]
SECONDS = 8.0

Detector = Callable[[Float[Tensor, "clips samples"]], Bool[Tensor, "clips frames"]]


def detection_f1(
    detect: Detector,
    kind: str,
    snr: int | float,
    seeds: Sequence[int] = range(1000, 1020),
    voices: Sequence[str] = TEST_VOICES,
) -> float:
    """The frame F1 of a detector of speech, on a talk of 8 s for each seed in a noise of this kind.

    `detect` takes sound (clips, samples) at 16 kHz and says for every 10 ms whether somebody speaks, as
    `avlab.signal.vad` does. The truth is `Talk.spans`: a sentence is speech from its first phoneme to its
    last, with the short gaps and closures within it; a frame belongs to it by its middle. `snr` is in
    decibels over the whole clip (`avlab.signal.at_snr`): about half of it is pauses, so beside the speech
    alone the noise is some 3 dB weaker. Raises WorldError for an unknown noise or voice. Chapters 2 and 13.
    """
    talks = [talk(seed, SECONDS, voices) for seed in seeds]
    noises = torch.stack([noise(kind, SECONDS, seed=seed) for seed in seeds])
    found = detect(at_snr(torch.stack([each.audio for each in talks]), noises, snr))
    truth = [active_frames(each.spans, found.shape[-1]) for each in talks]
    return frame_f1(found.cpu(), torch.stack(truth))
