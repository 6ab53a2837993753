"""The sound of a recording, taken off piece after piece."""

import math
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from itertools import islice

import av
import numpy as np

from avlab.errors import MediaError
from avlab.media.decoding import decoded
from avlab.media.memory import Pile
from avlab.media.recording import Recording, SoundTrack
from avlab.media.request import Request

# Decoding begins so many seconds before the first sample asked for, until codec and filter forget where it
# began.
_RUN_UP = 1.0
_GAP = 0.010  # seconds; stamps that are off by less are rounded or drift, and the samples follow one another
_BLOCK = 0.5  # seconds of sound that go through the resampler at once


class Sound:
    """Mono samples at one rate; sample i sounds at i / rate seconds on the recording's clock.

    `rate` is in hertz. `damage` is the error that ended the sound early, or None.
    """

    def __init__(self, recording: Recording, request: Request):
        self.rate = int(request.sample_rate or recording.sound.rate)
        self._at = round(request.first * self.rate)
        self._blocks = _from(self._at, self.rate, recording)
        self._block = np.empty(0, np.float32)
        self.damage: MediaError | None = None
        self.ended = False
        self._advance()

    def until(self, end: float, pile: Pile) -> np.ndarray:
        """The samples that sound before `end` seconds on the recording's clock and were not taken yet."""
        last = math.inf if math.isinf(end) else round(end * self.rate)
        while not self.ended and self._at < last:
            samples = self._block[: min(len(self._block), last - self._at)]
            pile.append(samples)
            self._at += len(samples)
            self._block = self._block[len(samples) :]
            if not len(self._block):
                self._advance()
        return pile.taken((), np.float32)

    def close(self) -> None:
        """Close the file."""
        self._blocks.close()

    def _advance(self) -> None:
        try:
            self._block = next(self._blocks, None)
        except MediaError as error:
            self._block, self.damage = None, error
        self.ended = self._block is None


def _from(first: int, rate: int, recording: Recording) -> Iterator[np.ndarray]:
    """Blocks of samples at `rate`, from sample `first` on."""
    rate_in = recording.sound.rate
    # So many times a second, samples of both rates fall on the same moment. From there on, the resampler
    # goes through the same steps as from 0 on, and gives the same samples.
    shared = math.gcd(rate_in, rate)
    moment = math.floor(max(0.0, first / rate - _RUN_UP) * shared)
    chunks = _placed(recording, moment * (rate_in // shared))
    skip = first - moment * (rate // shared)
    for block in _resampled(_gathered(chunks, rate_in), rate_in, rate):
        if len(block) > skip:
            yield block[skip:]
        skip = max(0, skip - len(block))


def _placed(recording: Recording, first: int) -> Iterator[np.ndarray]:
    """Mono samples at the recording's own rate, each in its place from sample `first` on: gaps are silent."""
    track, at = recording.sound, first
    expected, tolerance = None if first else 0, _rounding(track)
    for time, frame in decoded(recording, track.index, first / track.rate):
        samples = _mono(frame)
        _check(recording, time, frame, samples)
        begin = round(time * track.rate)
        if expected is None:
            # By its end, for some demuxers trim the first packet after a seek as if it were the file's first.
            expected = _nearest_packet(recording, begin + len(samples)) - len(samples)
        if abs(begin - expected) <= tolerance:
            begin = expected
        expected, tolerance = begin + len(samples), _GAP * track.rate
        yield from _silence(begin - at, track.rate)
        at = max(at, begin)
        # Beyond a stream's end, the codec fills its last packet up.
        samples = samples[at - begin : None if track.end is None else max(0, track.end - begin)]
        if len(samples):
            yield samples
        at += len(samples)
    if track.promised is not None and at < track.promised:
        raise recording.damaged(f"It promises {track.promised} samples and holds {at}.")


def _rounding(track: SoundTrack) -> float:
    """By how many samples a time may be off because the clock has ticks."""
    return 2 * float(track.tick) * track.rate + 1


def _check(recording: Recording, time: float, frame: av.AudioFrame, samples: np.ndarray) -> None:
    if frame.sample_rate != recording.sound.rate:
        raise recording.damaged(f"At {time:.2f} s its sound changes to {frame.sample_rate} samples a second.")
    if not np.isfinite(samples).all():
        raise recording.damaged(f"At {time:.2f} s its sound holds something that is no number.")


def _nearest_packet(recording: Recording, sample: int) -> int:
    """The sample nearest to `sample` at which a packet begins, all packets being equally long.

    Matroska's clock ticks a thousand times a second; by it alone, a place is known to within some 20 samples.
    """
    track = recording.sound
    if track.tick * track.rate <= 1:
        return sample
    with closing(decoded(recording, track.index, 0.0)) as frames:
        starts = [(round(time * track.rate), frame.samples) for time, frame in islice(frames, 2)]
    if len(starts) < 2:
        return sample
    (begin, length), (_, step) = starts
    begin = 0 if begin <= _rounding(track) else begin
    return begin + length + round((sample - begin - length) / step) * step


def _mono(frame: av.AudioFrame) -> np.ndarray:
    """The average of the channels, float32 in [-1, 1]."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    with np.errstate(invalid="ignore"):  # infinity less infinity; the caller looks for what is no number
        mono = samples.mean(axis=0, dtype=np.float64)
    if samples.dtype == np.uint8:
        mono = (mono - 128) / 128
    elif samples.dtype.kind == "i":
        mono /= 2.0 ** (8 * samples.itemsize - 1)
    return mono.astype(np.float32)


def _silence(count: int, rate: int) -> Iterator[np.ndarray]:
    """So many zeros, in blocks: a gap may be long."""
    while count > 0:
        yield np.zeros(min(count, rate), np.float32)
        count -= rate


def _gathered(chunks: Iterator[np.ndarray], rate: int) -> Iterator[np.ndarray]:
    """The same samples in larger blocks; those before a damage are not lost to it."""
    held, damage = [], None
    try:
        for chunk in chunks:
            held.append(chunk)
            if sum(map(len, held)) >= _BLOCK * rate:
                yield np.concatenate(held)
                held = []
    except MediaError as error:
        damage = error
    if held:
        yield np.concatenate(held)
    if damage:
        raise damage


def _resampled(blocks: Iterator[np.ndarray], rate_in: int, rate: int) -> Iterator[np.ndarray]:
    """The same sound at another rate; before a damage, without what leans on missing samples."""
    if rate == rate_in:
        yield from blocks
        return
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    taken = 0
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(block[None], format="flt", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = rate_in, Fraction(1, rate_in), taken
        taken += len(block)
        for out in resampler.resample(frame):
            yield out.to_ndarray()[0]
    for out in resampler.resample(None):
        yield out.to_ndarray()[0]
