"""The sound in windows for the encoder, from a recording that may still be coming in. Chapter 13."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from avlab.clip import Clip
from avlab.media import stream
from avlab.signal import log_mel, resample
from avlab.whisper.dims import Dims

RATE, HOP = 16_000, 160  # samples a second, and in a mel frame
Levels = Literal["window", "recording"]
# A waveform is (samples,); the alias says Tensor, so that what is none gets a sentence of ours.
Sound = Tensor | Clip | str | Path | Iterable[Clip]


class Windows:
    """Mel spectrograms of a sound, read no further than needed, and forgotten when done.

    `sound` is a waveform at 16,000 samples a second, a clip at any rate, a path, or clips at 16,000 that
    follow one another, as `avlab.stream` gives them. A window is as loud as its own loudest moment, and
    filled up with silence, as in transformers; or, with `levels="recording"`, all are measured by the loudest
    moment of the whole recording, and filled up with zeros, as in openai-whisper: then it must all be here.
    Raises ValueError for what is no such sound, or not finite. Chapter 13.
    """

    def __init__(self, sound: Sound, dims: Dims, levels: Levels = "window"):
        self.length, self._bins = dims.n_mel_frames, dims.n_mels
        self._pieces = _pieces(sound)
        self._held, self._first, self._ended = torch.zeros(0), 0, False
        self._mel = None
        if levels == "recording":
            if not isinstance(sound, Tensor | Clip):
                raise ValueError('levels="recording" needs the whole sound: read it first, or take "window"')
            whole = self.samples(0, self.ahead(0, 1 << 62), rest=True)
            self._mel = log_mel(F.pad(whole, (0, self.length * HOP)), self._bins)

    def ahead(self, first: int, frames: int) -> int:
        """How many frames there are from frame `first` on, up to `frames`. Reads as far as that."""
        while not self._ended and self._first + len(self._held) < (first + frames) * HOP:
            piece = next(self._pieces, None)
            self._ended = piece is None
            self._held = self._held if piece is None else torch.cat([self._held, piece])
        return max(min((self._first + len(self._held)) // HOP - first, frames), 0)

    def samples(self, first: int, frames: int, rest: bool = False) -> Float[Tensor, " samples"]:
        """The samples of so many frames, as far as there are any, with all that follow if `rest`."""
        begin = first * HOP - self._first
        return self._held[begin : None if rest else begin + frames * HOP]

    def mel(self, first: int, frames: int) -> Float[Tensor, "mels frames"]:
        """The spectrogram of so many frames, filled up to a window."""
        if self._mel is not None:
            shown = self._mel[:, first : first + frames]
            return F.pad(shown, (0, self.length - shown.shape[1]))
        samples = self.samples(first, frames)
        return log_mel(F.pad(samples, (0, self.length * HOP - len(samples))), self._bins)

    def forget(self, before: int) -> None:
        """Frames before this one are not needed any more."""
        done = min(max(before * HOP - self._first, 0), len(self._held))
        self._held, self._first = self._held[done:], self._first + done


def _pieces(sound: Sound) -> Iterator[Float[Tensor, " samples"]]:
    if isinstance(sound, Tensor):
        if sound.ndim != 1 or not sound.is_floating_point():
            shape = tuple(sound.shape)
            raise ValueError(f"a waveform is mono, (samples,) of floating point, not {sound.dtype} {shape}")
        return _finite([sound.float()])
    if isinstance(sound, Clip):
        return _finite([_waveform(sound, resample)])
    clips = stream(sound, sample_rate=RATE, pictures=False) if isinstance(sound, str | Path) else sound
    return _finite(_waveform(clip, _refuse) for clip in clips)


def _waveform(clip: Clip, converted) -> Float[Tensor, " samples"]:
    if clip.audio is None:
        raise ValueError(f"{clip} has no sound to transcribe")
    return clip.audio if clip.sample_rate == RATE else converted(clip.audio, clip.sample_rate, RATE)


def _refuse(_: Tensor, rate: int, wanted: int) -> Tensor:
    # Resampled by themselves, pieces would click where they meet.
    raise ValueError(f"the pieces of a stream are at {rate} samples a second: ask for sample_rate={wanted}")


def _finite(pieces: Iterable[Float[Tensor, " samples"]]) -> Iterator[Float[Tensor, " samples"]]:
    passed = 0
    for piece in pieces:
        if not piece.sum().isfinite():  # much faster than looking at each
            wrong = (~piece.isfinite()).nonzero().flatten().tolist()
            at = (passed + wrong[0]) / RATE if wrong else passed / RATE
            raise ValueError(f"the sound has no usable numbers from {at:.3f} s on; mend or cut it out first")
        passed += len(piece)
        yield piece
