from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from avlab.span import Span
from avlab.train import spoken
from avlab.world import SENTENCES, sentence, variants, voices


def lessons(count, seed=0):
    chance = np.random.default_rng(seed)
    return [spoken.lesson(chance) for _ in range(count)]


@pytest.fixture(scope="module")
def examples():
    return lessons(40)


@pytest.fixture(scope="module")
def exam():
    return spoken.examination(40)


def test_a_batch_is_a_function_of_seed_and_number():
    once, again = spoken.batch(3, size=2), spoken.batch(3, size=2)
    assert all(torch.equal(a, b) for a, b in zip(once, again, strict=True))
    assert not torch.equal(once.mel, spoken.batch(4, size=2).mel)
    assert not torch.equal(once.mel, spoken.batch(3, size=2, seed=1).mel)


def test_an_examination_is_always_the_same_and_its_beginning_does_not_depend_on_its_length():
    short, long = spoken.examination(2, kind="pink", seed=4), spoken.examination(3, kind="pink", seed=4)
    assert all(np.array_equal(a.audio, b.audio) for a, b in zip(short, long, strict=False))


def test_what_is_examined_was_never_taught(examples, exam):
    assert all(spoken.held_out(one.text) for one in exam)
    assert not any(spoken.held_out(one.text) for one in examples)
    assert not set(spoken.TRAINING_VOICES) & set(spoken.HELD_OUT_VOICES)
    assert {one.voice.partition("+")[2] for one in exam} <= set(spoken.HELD_OUT_VOICES)
    assert {one.voice.partition("+")[2] for one in examples} <= set(spoken.TRAINING_VOICES)


def test_a_tenth_of_the_sentences_is_held_out():
    kept = sum(spoken.held_out(sentence(seed)) for seed in range(5000))
    assert kept / 5000 == pytest.approx(0.1, abs=0.015)
    assert SENTENCES > 10 * 600


def test_every_voice_is_there():
    assert {*spoken.TRAINING_VOICES, *spoken.HELD_OUT_VOICES} <= set(variants())
    assert set(spoken.ACCENTS) <= set(voices("en"))


def test_an_example_is_three_seconds_with_a_whole_sentence_in_it(examples):
    for one in examples:
        assert one.audio.shape == (48_000,) and one.audio.dtype == np.float32
        assert np.abs(one.audio).max() <= 1
        assert len(one.words) == 6 and one.words[0].start >= 0 and one.words[-1].end < 3
        assert all(before.end <= after.start + 1e-9 for before, after in pairwise(one.words))


def test_places_levels_and_lengths_differ(examples):
    starts = [one.words[0].start for one in examples]
    lengths = [one.words[-1].end - one.words[0].start for one in examples]
    levels = [np.sqrt(np.mean(one.audio**2)) for one in examples]
    assert (
        max(starts) - min(starts) > 1 and max(lengths) > 1.4 * min(lengths) and max(levels) > 4 * min(levels)
    )


def test_the_sound_is_where_the_words_are(exam):
    for one in exam:
        loud = np.abs(one.audio) > 0.02 * np.abs(one.audio).max()
        first, last = np.flatnonzero(loud)[[0, -1]] / 16_000
        assert one.words[0].start - 0.01 <= first < one.words[0].start + 0.13
        assert one.words[-1].end - 0.2 < last <= one.words[-1].end + 0.03


def test_a_stretched_sentence_keeps_its_words_in_step():
    # The same voice at the same speed: the sound that was stretched, unstretched, has the words' times too.
    for seed in range(5):
        plain = spoken._spoken(np.random.default_rng(seed), ["f2"], exam=False, stretch=0.0)
        slow = spoken._spoken(np.random.default_rng(seed), ["f2"], exam=False, stretch=0.12)
        ratio = 18_050 / 16_000
        assert [word.label for word in slow[1]] == [word.label for word in plain[1]]
        for before, after in zip(plain[1], slow[1], strict=True):
            assert after.start == pytest.approx(before.start * ratio) and after.end == pytest.approx(
                before.end * ratio
            )
        back = F.interpolate(torch.tensor(slow[0])[None, None], len(plain[0]), mode="linear")[0, 0].numpy()
        envelope = [np.convolve(np.abs(wave), np.ones(400), "same") for wave in (plain[0], back)]
        assert np.corrcoef(*envelope)[0, 1] > 0.95


def test_noise_is_as_strong_as_was_asked_beside_the_words():
    clean, noisy = spoken.examination(4), spoken.examination(4, kind="white", snr=6)
    for one, other in zip(clean, noisy, strict=True):
        first, last = (round(t * 16_000) for t in (one.words[0].start, one.words[-1].end))
        outside = np.r_[other.audio[: max(0, first - 400)], other.audio[last + 800 :]]
        # Loudness is drawn after the noise, and is another one there.
        speech = np.mean(other.audio[first:last] ** 2) - np.mean(outside**2)
        assert 10 * np.log10(speech / np.mean(outside**2)) == pytest.approx(6, abs=0.7)


def test_labels_are_the_words_at_the_moments_of_the_positions(examples):
    labels = spoken.frame_labels([Span(0.07, 0.19, "bin"), Span(0.19, 0.27, "A")])
    bin_, a = spoken.LABELS.index("bin"), spoken.LABELS.index("A")
    assert labels[:9].tolist() == [0, 0, bin_, bin_, bin_, a, a, 0, 0] and len(labels) == 75
    for one in examples:
        labels = spoken.frame_labels(one.words)
        for word in one.words:
            inside = labels == spoken.LABELS.index(word.label)
            assert inside.sum() * 0.04 == pytest.approx(word.duration, abs=0.041)
            middle = (word.start + word.end) / 2
            assert spoken.LABELS[labels[int(middle / 0.04)]] == word.label or word.duration < 0.08


def test_targets_are_the_transcript_one_token_later(examples):
    made, t = spoken.collated(examples), spoken.tokenizer()
    assert made.mel.shape == (40, 80, 300) and made.labels.shape == (40, 75)
    for one, tokens, targets in zip(examples, made.tokens, made.targets, strict=True):
        assert tokens[:2].tolist() == [t.sot, t.no_timestamps] and targets[0] == spoken.IGNORE
        learnt = targets[targets != spoken.IGNORE]
        assert t.decode(learnt[:-1].tolist()) == one.text and learnt[-1] == t.eot
        assert torch.equal(tokens[2 : len(learnt) + 1], learnt[:-1])


def test_an_echo_comes_after_the_sound_and_fades():
    click = np.zeros(8000, np.float32)
    click[1000] = 1
    heard = spoken.reverberated(click, np.random.default_rng(0))
    assert np.abs(heard[:1000]).max() < 1e-6 and heard[1000] == pytest.approx(1, abs=1e-4)
    energy = [np.mean(heard[1001 + 800 * i : 1001 + 800 * (i + 1)] ** 2) for i in range(3)]
    assert energy[0] > 2 * energy[1] > 4 * energy[2] > 0
