"""Who speaks when, beside silero-vad; and how right both are."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from avlab import signal, world
from avlab.signal.vad import FRAMES
from avlab.span import Span
from avlab.world.detection import TEST_VOICES
from tools.bench.contest import Contest, Work

SECONDS, BATCH = 30, 16
SNR = 10  # decibels
LIKE_SPEECH = ("babble", "music")  # they come and go as speech does
OTHERS = tuple(kind for kind in world.NOISES if kind not in LIKE_SPEECH)
NOTE = (
    "The two need not agree: F1 says how right each is, in frames of 10 ms. Talks in noise at "
    f"{SNR} dB, by voices with which ours was not tuned: {', '.join(OTHERS)} in turn, or "
    f"{' and '.join(LIKE_SPEECH)}. silero-vad's sequence model takes the sounds of a batch one by one."
)

Finder = Callable[[Tensor, int], Tensor]


def contests(folder: Path, device: torch.device) -> list[Contest]:
    """One clip and two batches; silero-vad runs on the processor alone."""
    find = silero() if device.type == "cpu" else None
    many = f"{BATCH} × {SECONDS} s"
    heard, truth = talks(OTHERS)
    found = [_contest(f"{SECONDS} s", heard[:1], truth[:1], find, device)]
    found.append(_contest(f"{many}, {len(OTHERS)} noises", heard, truth, find, device))
    heard, truth = talks(LIKE_SPEECH)
    return [*found, _contest(f"{many}, {' and '.join(LIKE_SPEECH)}", heard, truth, find, device)]


def talks(kinds: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    """A batch of talks in noises of these kinds, and the frames in which somebody speaks."""
    made = [world.talk(1000 + number, SECONDS, TEST_VOICES) for number in range(BATCH)]
    noises = [world.noise(kinds[n % len(kinds)], SECONDS, seed=1000 + n) for n in range(BATCH)]
    truth = [signal.active_frames(talk.spans, SECONDS * FRAMES) for talk in made]
    return signal.at_snr(torch.stack([t.audio for t in made]), torch.stack(noises), SNR), torch.stack(truth)


def silero() -> Finder:
    """silero-vad in the way that its authors offer for whole recordings, their fastest."""
    threads = torch.get_num_threads()
    from silero_vad import get_speech_timestamps_sequence, load_silero_vad

    torch.set_num_threads(threads)  # its import leaves torch with a single one
    model = load_silero_vad(sequence=True)

    def find(heard: Tensor, frames: int) -> Tensor:
        spans = [get_speech_timestamps_sequence(sound, model, return_seconds=True) for sound in heard]
        rows = [[Span(span["start"], span["end"], "speech") for span in row] for row in spans]
        return torch.stack([signal.active_frames(row, frames) for row in rows])

    return find


def _contest(size: str, heard: Tensor, truth: Tensor, find: Finder | None, device: torch.device) -> Contest:
    def compare(ours: Tensor, theirs: Tensor) -> str:
        return f"F1 {signal.frame_f1(ours.cpu(), truth):.3f}, theirs {signal.frame_f1(theirs, truth):.3f}"

    peers: dict[str, Work] = {"silero-vad": lambda: find(heard, truth.shape[-1])} if find else {}
    there = heard.to(device)
    return Contest(f"`vad`, {size}", lambda: signal.vad(there), peers, compare, repeats=5)
