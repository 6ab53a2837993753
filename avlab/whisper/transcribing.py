"""Recordings of any length, window after window, into a transcript. Chapter 13."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Literal

import torch
from torch import Tensor

from avlab.span import Span
from avlab.whisper.decoding import Decoded, detect_language
from avlab.whisper.fallback import DOUBT, Doubt, decode_with_fallback
from avlab.whisper.hallucination import Window, without_hallucinations
from avlab.whisper.model import Whisper
from avlab.whisper.options import GREEDY, Options
from avlab.whisper.stretches import FRAMES, Stretch, everything, speech, within
from avlab.whisper.timing import Method, add_words, align_words
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.transcript import Segment, Transcript
from avlab.whisper.windows import Levels, Sound, Windows


@dataclass(frozen=True)
class Place:
    """How far a stretch is done: the next frame, its end, the prompt, and until when somebody spoke."""

    seek: int
    end: int
    said: tuple[int, ...]
    last_end: float = 0.0


@dataclass(frozen=True)
class Transcriber:
    """A model, and how it goes through a recording: call it with one, or take its `segments` as they come.

    `only` is "speech" for where the voice activity detector hears some, spans for there, None for everywhere.
    `words` asks for word times, see `align_words`; with them, `silence` drops improbable words amid so many
    seconds of it, see `without_hallucinations`. With `condition` a window is told what was said before it, as
    openai's are: text reads on more smoothly, and an error may be repeated for ever. Without it
    `options.prompt` is told to every window, and up to `batch` stretches are decoded together, each as if
    alone. `levels` is that of `Windows`; `hotter`, `best_of` and `doubt` are those of `decode_with_fallback`;
    `progress` is called with the seconds that are done. Chapter 13.
    """

    model: Whisper
    options: Options = GREEDY
    tokenizer: Tokenizer | None = None
    only: Literal["speech"] | Sequence[Span] | None = None
    words: Method | None = None
    silence: float | None = None
    condition: bool = False
    batch: int = 8
    levels: Levels = "window"
    hotter: Sequence[float] = (0.2, 0.4, 0.6, 0.8, 1.0)
    best_of: int | None = None
    doubt: Doubt = DOUBT
    progress: Callable[[float], object] | None = None

    def __call__(self, sound: Sound) -> Transcript:
        """The transcript of a recording."""
        return Transcript(tuple(self.segments(sound)))

    @torch.no_grad()
    def segments(self, sound: Sound) -> Iterator[Segment]:
        """One segment after another, each as soon as it is known: a stream is read no further than that."""
        windows = Windows(sound, self.model.dims, self.levels)
        stretches, told, place = self._stretches(windows), None, None
        while found := list(islice(stretches, 1 if self.condition else self.batch)):
            group = [stretch for stretch in found if stretch[1] > stretch[0]]
            if not group:
                self._done(windows, found[-1][1])
                continue
            if told is None:
                if not windows.ahead(group[0][0], 1):
                    return
                told = self._told(windows, group[0][0])
                place = Place(0, 0, told._initial())
            starts = [self._start(place, *stretch) for stretch in group]
            place = yield from told._side_by_side(windows, starts)

    def _start(self, place: Place, first: int, end: int) -> Place:
        """Where a stretch begins, knowing of what was before it only if conditioned."""
        return Place(first, end, place.said, place.last_end if self.condition else first / FRAMES)

    def _stretches(self, windows: Windows) -> Iterator[Stretch]:
        if self.only is None:
            return everything()
        return speech(windows) if self.only == "speech" else within(self.only)

    def _told(self, windows: Windows, first: int) -> "Transcriber":
        """The same with one language for the whole recording, and the tokenizer for it."""
        vocabulary = (self.tokenizer or Tokenizer.published(self.model.dims.n_vocab)).vocabulary
        language = self.options.language
        if language is None and vocabulary.multilingual:
            features = self._encode([windows.mel(first, windows.length)])
            [chances] = detect_language(self.model, features, Tokenizer(vocabulary))
            language = max(chances, key=chances.__getitem__)
        tokenizer = Tokenizer(vocabulary, language, self.options.task)
        return replace(self, tokenizer=tokenizer, options=replace(self.options, language=tokenizer.language))

    def _initial(self) -> tuple[int, ...]:
        prompt = self.options.prompt or ()
        return tuple(self.tokenizer.encode(" " + prompt.strip()) if isinstance(prompt, str) else prompt)

    def _encode(self, mels: list[Tensor]) -> Tensor:
        return self.model.encoder(torch.stack(mels).to(self.model.device))

    def _side_by_side(self, windows: Windows, places: list[Place]) -> Generator[Segment, None, Place]:
        """The segments of stretches that are decoded together, in order. Returns where the last one ended."""
        known, now = [[] for _ in places], 0
        while now < len(places):
            still = [i for i, place in enumerate(places) if self._size(windows, place)]
            for i, (place, segments) in zip(
                still, self._step(windows, [places[i] for i in still]), strict=True
            ):
                places[i] = place
                known[i] += segments
            while now < len(places):
                yield from known[now]
                known[now] = []
                if now in still:
                    break
                now += 1
            if still:
                self._done(windows, min(min(places[i].seek, places[i].end) for i in still))
        return places[-1]

    def _done(self, windows: Windows, frame: int) -> None:
        windows.forget(frame)
        if self.progress:
            self.progress(frame / FRAMES)

    def _size(self, windows: Windows, place: Place) -> int:
        """How many frames the next window has: fewer at the end of the stretch or of the sound."""
        return windows.ahead(place.seek, max(min(windows.length, place.end - place.seek), 0))

    def _step(self, windows: Windows, places: list[Place]) -> list[tuple[Place, list[Segment]]]:
        """One window of each stretch, decoded."""
        if not places:
            return []
        sizes = [self._size(windows, place) for place in places]
        features = self._encode([windows.mel(p.seek, size) for p, size in zip(places, sizes, strict=True)])
        options = replace(self.options, prompt=places[0].said)
        decoded = decode_with_fallback(
            self.model, features, options, self.tokenizer, self.hotter, self.best_of, self.doubt
        )
        each = zip(places, sizes, features.split(1), decoded, strict=True)
        return [self._after(windows, *one) for one in each]

    def _after(
        self, windows: Windows, place: Place, size: int, features: Tensor, decoded: Decoded
    ) -> tuple[Place, list[Segment]]:
        """Where to go on after a window, and what was said in it."""
        if self.doubt.silence(decoded):
            return replace(place, seek=place.seek + size), []
        pieces, advance, complete = cut_at_times(decoded.tokens, self.tokenizer, size)
        segments = [self._segment(decoded, place.seek / FRAMES, *piece) for piece in pieces]
        seek, last_end = place.seek + advance, place.last_end
        if self.words:
            segments = self._with_words(segments, place, size, features)
            last_word = round(_end(segments) * FRAMES)
            if not complete and last_word > place.seek:
                seek = last_word
            if self.silence is not None:
                segments, seek = self._believed(windows, segments, place, size, complete, seek)
            last_end = _end(segments) if segments else last_end
        said = self._said(place, _worth(segments), decoded)
        # A window is filled up with silence, and what is heard there is not in the sound.
        heard = [segment.until((place.seek + size) / FRAMES) for segment in segments]
        return Place(seek, place.end, said, last_end), _worth(heard)

    def _believed(
        self, windows: Windows, segments: list[Segment], place: Place, size: int, complete: bool, seek: int
    ) -> tuple[list[Segment], int]:
        """The segments that are no hallucination, and the next frame."""
        far = windows.length + round(self.silence * FRAMES)
        frames = (place.seek, place.seek + size, place.seek + windows.length)
        window = Window(*(frame / FRAMES for frame in (*frames, place.seek + windows.ahead(place.seek, far))))
        if not complete and seek > place.seek and window.end - _end(segments) <= self.silence:
            seek = place.seek + size
        kept, again = without_hallucinations(segments, window, place.last_end, self.silence)
        return kept, seek if again is None else max(round(again * FRAMES), place.seek + 1)

    def _segment(
        self, decoded: Decoded, offset: float, start: float, end: float, tokens: list[int]
    ) -> Segment:
        return Segment(
            start=offset + start,
            end=offset + end,
            text=self.tokenizer.decode(token for token in tokens if token < self.tokenizer.eot),
            tokens=tuple(tokens),
            language=decoded.language,
            temperature=decoded.temperature,
            avg_logprob=decoded.avg_logprob,
            compression_ratio=decoded.compression_ratio,
            no_speech_prob=decoded.no_speech_prob,
        )

    def _with_words(
        self, segments: list[Segment], place: Place, size: int, features: Tensor
    ) -> list[Segment]:
        eot = self.tokenizer.eot
        text = [token for segment in segments for token in segment.tokens if token < eot]
        words = align_words(self.model, features, text, self.tokenizer, size, self.words)
        return add_words(segments, words, place.seek / FRAMES, place.last_end, eot)

    def _said(self, place: Place, segments: list[Segment], decoded: Decoded) -> tuple[int, ...]:
        """What the next window is told."""
        if not self.condition:
            return place.said
        if decoded.temperature > 0.5:  # too much of it was drawn by lot
            return ()
        longest = self.model.dims.n_text_ctx // 2 - 1
        return (*place.said, *(token for segment in segments for token in segment.tokens))[-longest:]


def _worth(segments: list[Segment]) -> list[Segment]:
    """Those that last, and say something."""
    return [segment for segment in segments if segment.start != segment.end and segment.text.strip()]


def _end(segments: list[Segment]) -> float:
    """When the last word was said; without words, when the last segment ends."""
    return next((s.words[-1].end for s in reversed(segments) if s.words), segments[-1].end)


def transcribe(
    model: Whisper, sound: Sound, options: Options = GREEDY, tokenizer: Tokenizer | None = None, **how
) -> Transcript:
    """What is said in a recording of any length: a waveform at 16,000 samples a second, a clip, or a path.

    It may also be the clips of a stream. `how` is what a `Transcriber` can be told besides. Silence and no
    sound at all give an empty transcript. Raises ValueError for what is no sound, not finite or without
    numbers for the model, and what `decode` and `avlab.read` raise. Source: openai/whisper, transcribe.py,
    to which it is equal with `levels="recording"` and `condition=True`. Chapter 13.
    """
    return Transcriber(model, options, tokenizer, **how)(sound)


def cut_at_times(
    tokens: Sequence[int], tokenizer: Tokenizer, frames: int
) -> tuple[list[tuple[float, float, list[int]]], int, bool]:
    """The pieces of a window's text with their starts and ends, in seconds from the window's beginning.

    Also how many of its `frames` are done with, and whether the text came to its end. Where one piece has
    ended and another begun, the last one may be cut off: it is left for the next window. Chapter 13.
    """
    first_time = tokenizer.timestamp_begin
    is_time = [token >= first_time for token in tokens]
    complete = is_time[-2:] == [False, True]  # nothing is said after the last time
    cuts = [i for i in range(1, len(tokens)) if is_time[i - 1] and is_time[i]]

    def seconds(token: int) -> float:
        return tokenizer.seconds(max(token, first_time))

    if not cuts:
        times = [token for token in tokens if token >= first_time]
        end = seconds(times[-1]) if times and times[-1] > first_time else frames / FRAMES
        return [(0.0, end, list(tokens))], frames, complete
    parts = [tokens[a:b] for a, b in pairwise([0, *cuts, *[len(tokens)] * complete])]
    pieces = [(seconds(part[0]), seconds(part[-1]), list(part)) for part in parts]
    # Without any advance the same window would come for ever.
    return pieces, (0 if complete else round(pieces[-1][1] * FRAMES)) or frames, complete
