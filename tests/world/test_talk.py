from itertools import pairwise

import pytest
import torch

from avlab.errors import WorldError
from avlab.world import talk
from avlab.world.detection import TEST_VOICES, TUNING_VOICES
from avlab.world.talk import VOICES


def test_sound_is_where_the_spans_say_and_nowhere_else():
    for seed in range(12):
        one = talk(seed)
        outside = one.audio.clone()
        for span in one.spans:
            first, last = round(span.start * 16_000), round(span.end * 16_000)
            assert one.audio[first : first + 1600].abs().max() > 1e-3
            assert one.audio[last - 2400 : last].abs().max() > 1e-3
            outside[first - 320 : last + 1600] = 0  # a voice rings a little after its last phoneme
        assert outside.abs().max() < 1e-2 * one.audio.abs().max(), seed


def test_pauses_are_as_said():
    for seed in range(15):
        spans = talk(seed, 12.0).spans
        pauses = [spans[0].start] + [b.start - a.end for a, b in pairwise(spans)]
        assert all(0.29 < pause < 1.6 for pause in pauses)
        assert len(spans) >= 3 and spans[-1].end < 12.0


def test_a_span_is_a_sentence_with_its_words_without_holes():
    one = talk(5)
    said = " ".join(word.label for word in one.words)
    assert said == " ".join(span.label for span in one.spans)
    for before, after in pairwise(one.words):
        same = any(span.start <= before.start and after.end <= span.end + 1e-9 for span in one.spans)
        assert (after.start - before.end < 0.1) == same


def test_there_are_voices_and_loudnesses():
    talks = [talk(seed) for seed in range(20)]
    heard = {span.track for one in talks for span in one.spans}
    assert len(heard) > 12 and heard <= set(VOICES)
    levels = torch.tensor([one.audio.square().mean() for one in talks])
    assert levels.max() > 4 * levels.min()
    assert all(one.audio.abs().max() <= 1 for one in talks)


def test_only_the_voices_asked_for_are_heard():
    assert {span.track for seed in range(5) for span in talk(seed, voices=("es",)).spans} == {"es"}
    assert not set(TUNING_VOICES) & set(TEST_VOICES)


def test_the_seed_decides():
    assert torch.equal(talk(3).audio, talk(3).audio) and talk(3).spans == talk(3).spans
    assert not torch.equal(talk(3).audio, talk(4).audio)


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_other_rates_and_lengths(rate):
    one = talk(1, 6.5, sample_rate=rate)
    assert len(one.audio) == round(6.5 * rate) and one.clip.duration == pytest.approx(6.5)
    assert one.clip.sample_rate == rate
    assert one.spans[0].start == pytest.approx(talk(1, 6.5).spans[0].start, abs=1e-3)


def test_four_seconds_always_hold_a_sentence():
    assert all(talk(seed, 4.0).spans for seed in range(30))


def test_too_short_is_refused():
    with pytest.raises(WorldError, match="too short"):
        talk(0, 3.0)
