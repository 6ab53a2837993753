from functools import cache
from itertools import pairwise, repeat

import pytest
import torch
import whisper
import whisper.decoding
import whisper.timing

import avlab
from avlab import Clip, MediaError, Span
from avlab.media import write
from avlab.whisper import transcribing
from avlab.whisper.decoding import Decoded
from avlab.whisper.dims import Dims
from avlab.whisper.fallback import Doubt
from avlab.whisper.model import Whisper
from avlab.whisper.options import Options
from avlab.whisper.stretches import speech, within
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.transcribing import Transcriber, cut_at_times, transcribe
from avlab.whisper.vocabulary import closed
from avlab.whisper.windows import Windows
from avlab.world import talk
from tests.whisper.test_decoding import ours, peer

NEVER = Doubt(torch.inf, -torch.inf, torch.inf)
CERTAIN = {"logprob_threshold": None, "compression_ratio_threshold": None, "no_speech_threshold": None}


def noise(seconds: float, seed: int = 0) -> torch.Tensor:
    """Noise that swells and fades."""
    sound = torch.randn(round(seconds * 16_000), generator=torch.Generator().manual_seed(seed)) * 0.1
    return sound * (torch.arange(len(sound)) / 9000).sin().abs()


@cache
def mini() -> tuple[Whisper, Tokenizer]:
    """A model of ours for three seconds, with words for tokens and random weights."""
    tokenizer = Tokenizer(closed([" bin", " blue", " at", " two", " now"], ["en", "es"], 0.04, 3.0))
    dims = Dims(80, 75, 32, 2, 1, tokenizer.vocabulary.size, 40, 32, 2, 2, 5, 11, 4)
    model, draw = Whisper(dims).eval(), torch.Generator().manual_seed(3)
    for name, weight in model.named_parameters():
        weight.data = torch.randn(weight.shape, generator=draw)
        weight.data *= 0.1 if weight.ndim == 1 else 1.5 / weight[0].numel() ** 0.5
        weight.data += name.endswith(("ln.weight", "ln_post.weight"))
    model.decoder.positional_embedding.data = torch.randn(40, 32, generator=draw)
    model.decoder.token_embedding.weight.data[:5] *= 1.5
    return model, tokenizer


def listening(**how) -> Transcriber:
    model, tokenizer = mini()
    brief = Options(sample_len=7)
    return Transcriber(model, brief, tokenizer, hotter=(), doubt=NEVER, **how)


@pytest.fixture
def peers_calm(monkeypatch):
    """The original without compiled threads, and with the lots of one seed for every window."""
    monkeypatch.setattr(whisper.timing, "dtw_cpu", whisper.timing.dtw_cpu.py_func)

    def decode(model, mel, options):
        torch.manual_seed(0)
        return whisper.decoding.decode(model, mel, options)

    monkeypatch.setattr(whisper.model.Whisper, "decode", decode)


WINDOWS = [
    ({}, {}, 45),
    ({"words": "published"}, {"word_timestamps": True}, 45),
    ({"options": Options(prompt="Hello there", language="en")}, {"initial_prompt": "Hello there", "language": "en"}, 40),
    (
        {"condition": False, "options": Options(prompt="Hello")},
        {"condition_on_previous_text": False, "initial_prompt": "Hello", "carry_initial_prompt": True},
        45,
    ),
    (
        {"only": [Span(3.0, 20.5, ""), Span(31.0, 55.0, "")], "options": Options(language="es", beam_size=2)},
        {"clip_timestamps": [3.0, 20.5, 31.0, 55.0], "language": "es", "beam_size": 2},
        60,
    ),
    ({"options": Options(without_timestamps=True), "words": "published"}, {"without_timestamps": True, "word_timestamps": True}, 40),
    (
        {"doubt": Doubt(1.2, -3.3, 1e-5), "hotter": (0.4, 0.8), "best_of": 2},
        {
            "temperature": (0.0, 0.4, 0.8), "best_of": 2, "logprob_threshold": -3.3,
            "compression_ratio_threshold": 1.2, "no_speech_threshold": 1e-5,
        },
        45,
    ),
    (
        {"words": "published", "silence": 0.3},
        {"word_timestamps": True, "hallucination_silence_threshold": 0.3},
        35,
    ),
    (
        {"words": "published", "silence": 2.0, "options": Options(language="de")},
        {"word_timestamps": True, "hallucination_silence_threshold": 2.0, "language": "de"},
        14,
    ),
    ({}, {}, 7.3),
]  # fmt: skip


def inside(segment: dict, clips: list[float] | None, seconds: float) -> dict:
    """A segment of the original's, with what it puts beyond the sound, or the stretch, cut off."""
    end = min(e for e in [*(clips or ())[1::2], seconds] if segment["seek"] / 100 < e)
    words = [w | {"end": min(w["end"], end)} for w in segment.get("words", ()) if w["start"] < end]
    return segment | {"start": min(segment["start"], end), "end": min(segment["end"], end), "words": words}


@pytest.mark.filterwarnings("ignore:__array_wrap__")
@pytest.mark.usefixtures("peers_calm")
@pytest.mark.parametrize(("how", "theirs", "seconds"), WINDOWS)
def test_segment_by_segment_the_original(how, theirs, seconds):
    seed = 4
    sound = noise(seconds, seed)
    settings = {"fp16": False, "temperature": (0.0,), **CERTAIN, **theirs}
    expected = whisper.transcribe(peer(seed), sound.numpy(), **settings)
    settings = {"condition": True, "levels": "recording", "hotter": (), "doubt": NEVER, **how}

    found = Transcriber(ours(seed), **settings)(sound)

    kept = [inside(segment, theirs.get("clip_timestamps"), seconds) for segment in expected["segments"]]
    kept = [segment for segment in kept if segment["tokens"] and segment["start"] < segment["end"]]
    assert [list(s.tokens) for s in found.segments] == [s["tokens"] for s in kept]
    assert [s.text for s in found.segments] == [s["text"] for s in kept]
    assert [s.start for s in found.segments] == pytest.approx([s["start"] for s in kept])
    assert [s.end for s in found.segments] == pytest.approx([s["end"] for s in kept])
    assert [s.temperature for s in found.segments] == [s["temperature"] for s in kept]
    assert found.text == "".join(segment["text"] for segment in kept).strip()
    if found.segments:
        assert found.language == expected["language"]
    if "words" in how:
        words = [word for segment in kept for word in segment["words"]]
        assert [w.text for w in found.words] == [w["word"] for w in words]
        assert [w.start for w in found.words] == pytest.approx([w["start"] for w in words])
        assert [w.end for w in found.words] == pytest.approx([w["end"] for w in words])


@cache
def two_talks() -> torch.Tensor:
    quiet = 1e-4 * torch.randn(16_000 * 9, generator=torch.Generator().manual_seed(0))
    parts = [talk(5, 5.0).audio, torch.zeros(16_000 * 7), talk(6, 4.0).audio]
    sound = torch.cat(parts)
    return sound + quiet.repeat(3)[: len(sound)]


def in_pieces(sound: torch.Tensor, seconds: float = 1.7):
    for piece in sound.split(round(seconds * 16_000)):
        yield Clip(audio=piece, sample_rate=16_000)


@pytest.mark.parametrize(
    "how", [{}, {"only": "speech", "words": "free"}, {"words": "published", "condition": True}]
)
def test_a_stream_has_the_transcript_of_the_whole(how):
    sound, transcriber = two_talks(), listening(**how)
    whole = transcriber(sound)

    assert len(whole.segments) > 3
    assert transcriber(in_pieces(sound)) == whole


def test_a_clip_and_a_file_have_the_transcript_of_their_sound(tmp_path):
    sound, path = two_talks(), tmp_path / "talks.wav"
    clip = Clip(audio=sound, sample_rate=16_000)
    write(clip, path)
    transcriber, in_file = listening(only="speech"), avlab.read(path).audio
    assert transcriber(clip) == transcriber(sound)
    assert transcriber(path) == transcriber(str(path)) == transcriber(in_file)
    assert len(transcriber(path).segments) > 3


def test_silence_between_is_left_out_and_nothing_shifts():
    sound = two_talks()
    found = list(speech(Windows(sound, mini()[0].dims)))
    stretches = [(a / 100, b / 100) for a, b in found if b > a]
    assert all(b - a <= 3.0 for a, b in stretches)
    assert all(before[1] <= after[0] for before, after in pairwise(stretches))
    assert not any(a < 11.5 and b > 5.5 for a, b in stretches)  # the seven seconds between
    spoken = sum(b - a for a, b in stretches)
    assert 3 < spoken < 9

    segments = listening(only="speech")(sound).segments
    assert segments
    for segment in segments:
        assert any(a <= segment.start <= segment.end <= b + 1e-9 for a, b in stretches)


def test_side_by_side_each_stretch_is_as_if_alone():
    sound = two_talks()
    one, many = (listening(only="speech", words="free", batch=batch)(sound) for batch in (1, 5))
    assert [(s.tokens, s.start, s.end) for s in one.segments] == [
        (s.tokens, s.start, s.end) for s in many.segments
    ]
    assert [w.text for w in one.words] == [w.text for w in many.words]


def test_the_first_words_come_before_the_film_is_read():
    read = []

    def film():
        for clip in in_pieces(two_talks(), 1.0):
            read.append(clip)
            yield clip

    next(listening().segments(film()))
    assert 3 <= len(read) <= 4


def test_ten_hours_take_no_more_memory_than_a_minute(monkeypatch):
    monkeypatch.setattr(Windows, "mel", lambda self, first, frames: torch.zeros(80, self.length))
    model, held, done = ours(0), [], []
    monkeypatch.setattr(model.encoder, "forward", lambda mel: torch.zeros(len(mel), 1, 32))
    nobody = Decoded("", [], "en", -9.0, 1.0, 0.0)
    monkeypatch.setattr(
        transcribing, "decode_with_fallback", lambda _, features, *__: [nobody] * len(features)
    )
    ahead = Windows.ahead

    def watched(self, first, frames):
        found = ahead(self, first, frames)
        held.append(len(self._held))
        return found

    monkeypatch.setattr(Windows, "ahead", watched)
    minute = Clip(audio=torch.zeros(16_000 * 60), sample_rate=16_000)
    found = transcribe(model, repeat(minute, 600), Options(language="en"), progress=done.append)
    assert found.segments == ()
    assert done[-1] == 36_000 and done == sorted(done)
    assert max(held) <= 16_000 * 90


@pytest.mark.parametrize("only", [None, "speech"])
@pytest.mark.parametrize("samples", [0, 1, 159, 400])
def test_hardly_any_sound_is_hardly_a_transcript(samples, only):
    found = listening(only=only)(torch.zeros(samples))
    assert found.segments == () or samples >= 160
    if not found.segments:
        assert (found.text, found.language, found.words, found.to_srt()) == ("", None, [], "")


def test_in_silence_the_detector_hears_nobody():
    assert listening(only="speech")(torch.zeros(16_000 * 8)).segments == ()


def test_what_the_model_takes_for_silence_is_passed_over():
    sure = Transcriber(mini()[0], tokenizer=mini()[1], hotter=(), doubt=Doubt(2.4, torch.inf, -1.0))
    assert sure(two_talks()).segments == ()


def test_clipped_sound_is_transcribed_as_any_other():
    assert listening()((two_talks() * 100).clamp(-1, 1)).segments


def test_a_clip_at_another_rate_is_resampled():
    sound = two_talks()
    at_8k = avlab.signal.resample(sound, 16_000, 8_000)
    again = avlab.signal.resample(at_8k, 8_000, 16_000)
    assert listening()(Clip(audio=at_8k, sample_rate=8_000)) == listening()(again)


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [
        (torch.zeros(2, 100), r"a waveform is mono, \(samples,\)"),
        (torch.zeros(100, dtype=torch.int16), "of floating point, not torch.int16"),
        (torch.tensor([0.0] * 32_000 + [torch.nan]), "no usable numbers from 2.000 s"),
        (torch.tensor([torch.inf] * 200), "no usable numbers from 0.000 s"),
        (Clip(), "has no sound to transcribe"),
        ([Clip(audio=torch.zeros(800), sample_rate=8_000)], "ask for sample_rate=16000"),
        ([Clip(audio=torch.zeros(16_000), sample_rate=16_000)] * 2 + [Clip()], "has no sound"),
    ],
)
def test_what_is_no_sound_is_refused(sound, sentence):
    with pytest.raises(ValueError, match=sentence):
        listening()(sound)


def test_other_errors_say_what_to_do(tmp_path):
    with pytest.raises(MediaError):
        listening()(tmp_path / "nothing.wav")
    with pytest.raises(ValueError, match="needs the whole sound"):
        listening(levels="recording")(in_pieces(two_talks()))
    with pytest.raises(ValueError, match="in seconds from its beginning"):
        list(within([Span(2.0, 1.0, "")]))
    with pytest.raises(ValueError, match="do not belong together"):
        transcribe(mini()[0], two_talks(), tokenizer=Tokenizer.published())


def test_a_window_that_leads_nowhere_is_not_decoded_for_ever():
    tokenizer = Tokenizer.published()
    start = tokenizer.timestamp_begin
    assert cut_at_times([start, start, 440, 440], tokenizer, 3000)[1] == 3000
    assert cut_at_times([start, 440, start + 50, start + 50, 440], tokenizer, 3000) == (
        [(0.0, 1.0, [start, 440, start + 50])], 100, False,
    )  # fmt: skip
    assert cut_at_times([start, 440, start + 50], tokenizer, 3000)[1:] == (3000, True)
    assert cut_at_times([], tokenizer, 700) == ([(0.0, 7.0, [])], 700, False)
