import statistics
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avlab import Clip
from avlab.errors import WorldError
from avlab.world import say, sentence
from avlab.world.speech import LONGEST, _resampled

NATIVE = 22_050  # at the synthesiser's own rate nothing is filtered, and silence is exactly 0
PLAIN = ["en-us", "en-gb", "en-gb-x-rp", "es"]  # voices without echo


def seconds_of(speech, samples: int) -> float:
    return samples / speech.sample_rate


def test_a_sentence():
    speech = say("bin blue at F two now")
    assert speech.audio.dtype == torch.float32 and speech.audio.ndim == 1
    assert speech.sample_rate == 16_000
    assert speech.duration == len(speech.audio) / 16_000
    assert [word.label for word in speech.words] == ["bin", "blue", "at", "F", "two", "now"]
    assert {word.track for word in speech.words} == {"words"}
    assert {phoneme.track for phoneme in speech.phonemes} == {"phonemes"}
    assert "".join(p.label for p in speech.phonemes).startswith("bˈɪnblˈuː")
    assert repr(speech) == f"Speech('bin blue at F two now', {speech.duration:.2f} s, 6 words, en-us)"


def test_its_clip_is_sound_only():
    speech = say("hello")
    assert isinstance(speech.clip, Clip)
    assert speech.clip.frames is None and speech.clip.audio is speech.audio
    assert speech.clip.duration == speech.duration


@pytest.mark.parametrize("voice", PLAIN)
def test_words_and_phonemes_lie_where_the_sound_is(voice):
    for seed in range(12):
        speech = say(sentence(seed), voice, speed=130 + 10 * seed, sample_rate=NATIVE)
        sounding = speech.audio.nonzero()[:, 0]
        first, last = speech.words[0], speech.words[-1]
        # The first sample of a sound may itself be 0.
        assert 0 <= seconds_of(speech, sounding[0].item()) - first.start < 0.003
        assert abs(seconds_of(speech, sounding[-1].item() + 1) - last.end) < 0.003
        for span in (*speech.words, *speech.phonemes):
            assert span.start * NATIVE == pytest.approx(round(span.start * NATIVE), abs=1e-6)
            piece = speech.audio[round(span.start * NATIVE) : round(span.end * NATIVE)]
            assert piece.abs().max() > 0.001, f"{span.label} is silent"


def test_every_word_is_heard_and_the_pauses_are_not():
    speech = say("One, two; three: four. Five!", sample_rate=NATIVE)
    loud = [
        speech.audio[round(w.start * NATIVE) : round(w.end * NATIVE)].square().mean().sqrt()
        for w in speech.words
    ]
    pauses = pairwise(speech.words)
    quiet = [speech.audio[round(a.end * NATIVE) : round(b.start * NATIVE)].abs() for a, b in pauses]
    assert len(loud) == 5 and min(loud) > 0.02
    assert all(len(pause) > 0.05 * NATIVE and pause[: -NATIVE // 200].max() == 0 for pause in quiet)
    assert speech.audio[round(speech.words[-1].end * NATIVE) :].abs().max() == 0
    assert speech.words[-1].end < speech.duration


def test_words_and_phonemes_follow_each_other():
    speech = say("Pack my box with five dozen liquor jugs, please.")
    for spans in (speech.words, speech.phonemes):
        assert all(span.duration > 0 for span in spans)
        assert all(a.end <= b.start + 1e-12 for a, b in pairwise(spans))
        assert spans[0].start >= 0 and spans[-1].end <= speech.duration
    for word in speech.words:
        inside = [p for p in speech.phonemes if word.start <= p.start < word.end]
        assert inside[0].start == word.start and inside[-1].end == word.end
        assert all(a.end == b.start for a, b in pairwise(inside))


def test_the_closure_of_a_stop_belongs_to_the_stop():
    speech = say("a top", sample_rate=NATIVE)
    final = speech.phonemes[-1]
    piece = speech.audio[round(final.start * NATIVE) : round(final.end * NATIVE)]
    assert final.label == "p" and speech.phonemes[-2].label == "ˈɑː"
    assert piece[: round(0.03 * NATIVE)].abs().max() == 0 and piece.abs().max() > 0.01


@pytest.mark.parametrize(
    "text",
    [
        "one of the many in the box of a friend",  # eSpeak joins "of the", "in the", "of a"
        "they would have to go out of the house at once",
        "Mr Smith's naïve café señor",
        "well-known and/or e.g. U.S.A. yes",
        "numbers 42 and 3.14 and 1,234,567 end",
        "line one\nline two\n\nline three\tend",
        "a supercalifragilisticexpialidociousness of 36 letters",
        "he said “so” (or not) … then left!",
        "hello 😀 world ½ © 5% 你好 Привет yes",
    ],
)
def test_words_are_those_of_the_text(text):
    expected = [word.strip(".,“”()…!") for word in text.split() if word != "…"]
    assert [word.label for word in say(text).words] == expected


def test_a_dash_is_no_word():
    assert [word.label for word in say("- The end — so").words] == ["The", "end", "so"]


def test_a_long_text_without_a_stop_keeps_its_words():
    text = " ".join(sentence(seed) for seed in range(300))
    words = say(text).words
    assert [word.label for word in words] == text.split()
    assert all(word.duration > 0.02 for word in words)


def test_speed_and_pitch_do_what_they_say():
    lengths = [say("bin blue at F two now", speed=speed).duration for speed in (80, 175, 300, 450)]
    assert lengths == sorted(lengths, reverse=True) and lengths[0] > 2.5 * lengths[-1]
    assert _hum("aaaah", pitch=20) < _hum("aaaah", pitch=50) < _hum("aaaah", pitch=90)


def _hum(text: str, pitch: int) -> float:
    audio = say(text, pitch=pitch).audio[2000:6000]
    spectrum = torch.fft.rfft(audio * torch.hann_window(len(audio)), 16_384).abs()
    likeness = torch.fft.irfft(spectrum**2)[40:400]  # 40 to 400 Hz
    return 16_000 / (40 + likeness.argmax().item())


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("<b>bold</b> yes", "bold yes"),
        ("go <break time='2s'/> on", "go on"),
        ("so &lt; &amp; on", "so < & on"),
        ("a [[h@l'oU]] b", "a hello b"),
    ],
)
def test_markup_is_read_out_and_not_obeyed(marked, plain):
    read, meant = say(marked), say(plain)
    assert len(read.phonemes) > len(meant.phonemes) + 1
    assert read.words[-1].label == plain.split()[-1]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ({"text": ""}, "empty"),
        ({"text": " \n\t"}, "empty"),
        ({"text": "..."}, "nothing in it can be spoken"),
        ({"text": "a\0b"}, r"control character '\\x00'"),
        ({"text": "a \x0150P b"}, r"control character '\\x01'"),
        ({"text": "a \ud800 b"}, r"control character '\\ud800'"),
        ({"text": "x" * (LONGEST + 1)}, "20,000 is the most"),
        ({"speed": 79}, "from 80 to 450"),
        ({"speed": 451}, "from 80 to 450"),
        ({"pitch": -1}, "from 0 to 99"),
        ({"pitch": 100}, "from 0 to 99"),
        ({"sample_rate": 0}, "from 8000 to 96000"),
        ({"voice": "nobody"}, "no such voice"),
    ],
)
def test_what_cannot_be_said_is_refused(call, says):
    with pytest.raises(WorldError, match=says):
        say(**{"text": "hello", **call})


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_text_is_said_or_refused(text):
    try:
        speech = say(text)
    except WorldError:
        return
    spans = [*speech.words, *speech.phonemes]
    assert speech.phonemes and all(0 <= span.start < span.end <= speech.duration + 1e-4 for span in spans)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_resampling_moves_nothing(rate):
    clicks = np.zeros(NATIVE, np.int16)
    clicks[[1000, 5003, 11_025, 17_777]] = 20_000
    audio = _resampled(clicks, rate)
    assert len(audio) == rate
    energy, times = audio.double().square(), torch.arange(rate) / rate
    for click in (1000, 5003, 11_025, 17_777):
        near = (times - click / NATIVE).abs() < 0.002
        centre = (energy * times)[near].sum() / energy[near].sum()
        assert abs(centre - click / NATIVE) < 0.02 / rate  # a fiftieth of a sample


def test_resampling_keeps_what_both_rates_can_hold_and_nothing_else():
    times = np.arange(NATIVE) / NATIVE
    for hertz, kept in ((440, 1.0), (3000, 1.0), (6500, 1.0), (9000, 0.0), (10_500, 0.0)):
        wave = (16_000 * np.sin(2 * np.pi * hertz * times)).astype(np.int16)
        audio = _resampled(wave, 16_000)[1000:-1000]
        assert audio.std() * 2**0.5 / (16_000 / 32_768) == pytest.approx(kept, abs=0.02)


def test_times_are_the_same_at_every_rate():
    rates = [8_000, 16_000, 22_050, 48_000]
    speeches = [say("one, two, three", sample_rate=rate) for rate in rates]
    assert all(speech.words == speeches[0].words for speech in speeches)
    assert max(s.duration for s in speeches) - min(s.duration for s in speeches) < 1 / 8_000


def test_loudness_rises_where_words_begin_after_a_pause():
    errors = []
    for seed in range(20):
        first, second = sentence(seed).split()[0], sentence(seed + 50).split()[1]
        speech = say(f"{first}, {second}")
        word = speech.words[1]
        loud = speech.audio.abs() > 0.02 * speech.audio.abs().max()
        after = loud[round((word.start - 0.05) * 16_000) :].nonzero()[0].item() / 16_000 - 0.05
        errors.append(after)
    assert statistics.median(errors) < 0.01 and max(errors) < 0.06 and min(errors) > -0.003
