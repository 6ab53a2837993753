"""Speech and noise mixed at a known ratio, and how much of a sound is what it should be. Chapter 2."""

import torch
from jaxtyping import Float
from torch import Tensor


def at_snr(
    speech: Float[Tensor, "*batch samples"], noise: Float[Tensor, "*other noise"], snr: float | int
) -> Float[Tensor, "*batch samples"]:
    """Speech with noise added, `snr` decibels weaker: 0 is equally strong, 20 a hundredth of the power.

    The speech stays as it is; the noise is made louder or softer, and repeated or cut to the speech's
    length. One noise serves a whole batch, or each item has its own. What comes out may exceed [-1, 1].

    Both powers are means over the whole clip, pauses included, as in torchaudio's `add_noise` and AV-HuBERT:
    so nobody must say first where the speech is. The price: a clip that is half pause has noise 3 dB weaker
    beside its words than the same words without the pause. Where that matters, cut to the words first, or
    level by the speech alone, as VoiceBank-DEMAND does (ITU-T P.56). Raises ValueError where speech or
    noise is silent or empty: no ratio is right then. Chapter 2.
    """
    samples, period = speech.shape[-1], noise.shape[-1]
    for name, sound in (("speech", speech), ("noise", noise[..., :samples])):
        if not sound.numel() or (_mean_square(sound) == 0).any():
            raise ValueError(f"the {name} is silent: no gain brings it to a ratio of {snr} dB")
    noise = noise[..., torch.arange(samples, device=noise.device) % period]
    gain = (_mean_square(speech) / _mean_square(noise) * 10 ** (-snr / 10)).sqrt()
    return speech + gain * noise


def si_snr(
    estimate: Float[Tensor, "*batch samples"], target: Float[Tensor, "*batch samples"]
) -> Float[Tensor, "*batch"]:
    """How much of an estimate is the target, at whatever loudness, in decibels: one number an item.

    The scale-invariant signal-to-noise ratio. Both are brought to mean 0; the part of the estimate that is
    a multiple of the target is signal, what remains is noise. Doubling the estimate changes nothing; a
    delay of a few samples ruins it. The target itself gives a large finite number, a silent estimate a very
    negative one. Raises ValueError where a target is silent or empty.

    Source: Le Roux, Wisdom, Erdogan and Hershey, "SDR: half-baked or well done?", 2019. Chapter 2.
    """
    estimate, target = (sound - sound.mean(-1, keepdim=True) for sound in (estimate, target))
    energy = target.square().sum(-1, keepdim=True)
    if not target.numel() or (energy == 0).any():
        raise ValueError("a target is silent: no estimate is nearer to it than another")
    signal = (estimate * target).sum(-1, keepdim=True) / energy * target
    signal, rest = signal.square().sum(-1), (estimate - signal).square().sum(-1)
    limits = torch.finfo(target.dtype)
    # Two floors, the lower above: with one, a silent estimate would be as good as 0 dB.
    return 10 * ((signal + limits.tiny) / (rest + limits.tiny / limits.eps)).log10()


def _mean_square(sound: Float[Tensor, "*batch samples"]) -> Float[Tensor, "*batch 1"]:
    return sound.square().mean(-1, keepdim=True)
