"""Voice activity: in which hundredths of a second somebody speaks. Chapters 2 and 13."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional as F

from avlab.signal.noise_floor import a_posteriori_snr, a_priori_snr, noise_floor
from avlab.signal.spectrum import power, stft
from avlab.span import Span

FRAMES = 100  # a second
DOUBT = 0.3  # evidence that noise alone reaches now and then
MOST = 0.5  # evidence that one frame can give: a click is loud, but short
CHANGE = 0.01  # the chance that speech begins, or ends, at a frame: either lasts a second on average


def vad(audio: Float[Tensor, "*batch samples"], sample_rate: int = 16_000) -> Bool[Tensor, "*batch frames"]:
    """Whether somebody speaks, for every 10 ms.

    Frame i stands for the samples from i * hop up to (i + 1) * hop, where hop is sample_rate / 100. The
    last may be cut short: there are samples / hop frames, rounded up. A frame has speech where its `evidence`
    and that of the frames around it say so (`log_odds`): a "p" within a word is speech, a click is not.

    Loudness does not matter, only what stands out from the noise of the two seconds around. So what comes and
    goes as speech does is taken for speech: music, and people in the background. Raises ValueError for a rate
    below 8,000, or one that has no whole number of samples in 10 ms.

    Source: Sohn, Kim and Sung, "A statistical model-based voice activity detection", 1999. Chapters 2 and 13.
    """
    if sample_rate < 8000 or sample_rate % FRAMES:
        raise ValueError(
            f"{sample_rate} samples a second: the rate must be a multiple of 100, from 8000; resample first"
        )
    return log_odds(evidence(audio, sample_rate // FRAMES)) > 0


def evidence(audio: Float[Tensor, "*batch samples"], hop: int) -> Float[Tensor, "*batch frames"]:
    """How much each frame by itself speaks for speech: the log-likelihood ratio, as a mean over the bins.

    With and without speech, the power in a bin is exponentially distributed; only the means differ: 1 + snr
    against 1, in units of the noise. The evidence is the logarithm of the ratio of the two densities at the
    power heard; below 0 it speaks for silence. The window is 2.5 hops, around a frame's middle. Chapter 2.
    """
    samples, window = audio.shape[-1], 5 * hop // 2
    frames = -(-samples // hop)
    before, needed = (window - hop) // 2, window + hop * (max(frames, 1) - 1)
    around = F.pad(audio, (before, needed - before - samples))
    heard = power(stft(around, window, hop, pad=None))
    heard = a_posteriori_snr(heard, noise_floor(heard))
    louder = 1 + a_priori_snr(heard)
    return (heard - heard / louder - louder.log()).mean(-2)[..., :frames]


def log_odds(evidence: Float[Tensor, "*batch frames"]) -> Float[Tensor, "*batch frames"]:
    """The log odds that somebody speaks at a frame, given all frames: above 0 it is more likely than not.

    A hidden Markov model of two states, speech and silence, each of which changes into the other at one frame
    in a hundred. What the frames up to here say (forward) and those from here on (backward) is added up; the
    frame itself is in both and counts once. `DOUBT` is taken off the evidence, and no frame gives more than
    `MOST` for either state. Source: the forward-backward procedure, Rabiner 1989; in Sohn's paper the states
    look back only. Chapters 2 and 13.
    """
    evidence = (evidence - DOUBT).clamp(-MOST, MOST)
    forward, backward = _forward(torch.stack([evidence, evidence.flip(-1)]))
    return forward + backward.flip(-1) - evidence


def speech_spans(active: Bool[Tensor, " frames"], hop_seconds: float = 0.01) -> list[Span]:
    """Where speech begins and ends: one span in seconds for each unbroken row of active frames.

    Label and track are "speech". Chapters 2 and 13.
    """
    edges = F.pad(active.to(torch.int8), (1, 1)).diff()
    starts, ends = (edges == 1).nonzero()[:, 0].tolist(), (edges == -1).nonzero()[:, 0].tolist()
    return [
        Span(start * hop_seconds, end * hop_seconds, "speech", "speech")
        for start, end in zip(starts, ends, strict=True)
    ]


def active_frames(spans: Sequence[Span], frames: int, hop_seconds: float = 0.01) -> Bool[Tensor, " frames"]:
    """Which frames have their middle in a span: `speech_spans` the other way round. Chapters 2 and 13."""
    middles = (torch.arange(frames, dtype=torch.float64) + 0.5) * hop_seconds
    active = torch.zeros(frames, dtype=torch.bool)
    for span in spans:
        active |= (middles >= span.start) & (middles < span.end)
    return active


def frame_f1(found: Bool[Tensor, "*batch frames"], truth: Bool[Tensor, "*batch frames"]) -> float:
    """How well the frames found agree with the truth: 1 for all and only those, 0 for none.

    The harmonic mean of the share of what was found that is right (precision) and of what is right that was
    found (recall), over all frames of all items. Where there is nothing to find and nothing found it is 1.
    Chapters 2 and 13.
    """
    both, either = (found & truth).sum().item(), found.sum().item() + truth.sum().item()
    return 2 * both / either if either else 1.0


def _forward(evidence: Float[Tensor, "*batch frames"]) -> Float[Tensor, "*batch frames"]:
    """The log odds at each frame, given the frames up to it.

    Each frame is a matrix, which takes the weights of speech and silence one frame on, and all frames up to
    one are a product of matrices. Every round makes the products twice as long, so 3000 frames take 12
    rounds: a parallel scan (Hillis and Steele 1986).
    """
    change = evidence.new_tensor([[1 - CHANGE, CHANGE], [CHANGE, 1 - CHANGE]])
    products = torch.stack([evidence.exp(), torch.ones_like(evidence)], -1)[..., None] * change
    length = 1
    while length < evidence.shape[-1]:
        longer = products[..., length:, :, :] @ products[..., :-length, :, :]
        longer = longer / longer.sum((-2, -1), keepdim=True)  # or they overflow; only ratios count
        products = torch.cat([products[..., :length, :, :], longer], -3)
        length *= 2
    speech, silence = products.sum(-1).unbind(-1)
    return (speech / silence).log()
