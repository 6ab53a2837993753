import random

import pytest
import torch
import whisper.timing
from whisper.tokenizer import get_tokenizer

from avlab.whisper import timing
from avlab.whisper.model import Whisper
from avlab.whisper.timing import add_words, align_words, median_filter
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.transcript import Segment, Word
from tests.whisper.test_decoding import CONTEXT, ours, peer, sounds

TEXTS = ["Hello there, you two.", ' "So", she said', "one", "naïve café", "你好，世界", "123 go!"]


@pytest.fixture(autouse=True)
def no_threads_left_spinning(monkeypatch):
    # Compiled, it takes seconds to begin, and its threads make all later tests slower.
    monkeypatch.setattr(whisper.timing, "dtw_cpu", whisper.timing.dtw_cpu.py_func)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("text", "language"), [(text, "zh" if "你" in text else "en") for text in TEXTS])
def test_words_times_and_chances_are_the_originals(text, language, seed):
    frames = [3000, 1234, 401][seed]
    mel = torch.randn(80, 3000, generator=torch.Generator().manual_seed(seed))
    tokenizer = get_tokenizer(True, language=language, task="transcribe")
    tokens = tokenizer.encode(text)
    assert len(tokens) < CONTEXT - 5
    theirs = whisper.timing.find_alignment(peer(seed), tokenizer, tokens, mel, frames)

    with torch.no_grad():
        features = ours(seed).encoder(mel[None])
    mine = align_words(ours(seed), features, tokens, Tokenizer.published(51865, language), frames)

    assert [(w.text, list(w.tokens)) for w in mine] == [(w.word, w.tokens) for w in theirs]
    assert [w.start for w in mine] == pytest.approx([w.start for w in theirs])
    assert [w.end for w in mine] == pytest.approx([w.end for w in theirs])
    assert [w.probability for w in mine] == pytest.approx([w.probability for w in theirs], rel=1e-4)


def test_other_alignment_heads_give_the_originals_other_times():
    theirs, mine = peer(0), Whisper(ours(0).dims).eval()
    mine.load_state_dict(ours(0).state_dict())
    tokens, before = Tokenizer.published().encode(" a word or two more"), theirs.alignment_heads
    mask = torch.zeros(2, 2, dtype=torch.bool)
    mask[0, 1] = mask[1, 0] = True
    mel = torch.randn(80, 3000, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        features = mine.encoder(mel[None])
    try:
        theirs.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
        found = whisper.timing.find_alignment(theirs, get_tokenizer(True, language="en"), tokens, mel, 3000)
    finally:
        theirs.register_buffer("alignment_heads", before, persistent=False)
    usual = align_words(mine, features, tokens, Tokenizer.published())
    mine.alignment_heads = [(0, 1), (1, 0)]
    words = align_words(mine, features, tokens, Tokenizer.published())
    assert [w.start for w in words] == pytest.approx([w.start for w in found])
    assert [w.start for w in words] != [w.start for w in usual]


def test_no_words_have_no_times():
    assert align_words(ours(0), sounds(1), [], Tokenizer.published()) == []


@pytest.mark.parametrize("method", ["published", "free"])
def test_sound_shorter_than_a_position_is_one_position(method):
    words = align_words(ours(0), sounds(1), [2425, 456], Tokenizer.published(), 1, method)
    assert all(0 <= w.start <= w.end <= 0.02 for w in words)


def planted(starts: list[int], end: int, positions: int) -> torch.Tensor:
    """Two heads that look at a word a row, among rows for the start, the end, and a row that looks nowhere."""
    rows = torch.full((len(starts) + 2 + 3, positions), 0.2 / positions)
    for row, (a, b) in enumerate(zip(starts, [*starts[1:], end], strict=True), start=3):
        rows[row, a:b] += 1
    return (rows / rows.sum(dim=-1, keepdim=True)).expand(2, -1, -1)


def test_with_a_free_start_words_are_found_where_they_were_planted(monkeypatch):
    starts, end = [20, 26, 33, 40], 46
    looked = planted(starts, end, 75)
    monkeypatch.setattr(timing, "_look", lambda *_: (looked, [0.5] * 4))
    tokens = Tokenizer.published().encode(" one two three four")
    words = align_words(ours(0), sounds(1), tokens, Tokenizer.published(), None, "free")

    assert [w.text for w in words] == [" one", " two", " three", " four"]
    assert [w.start for w in words] == pytest.approx([s * 0.02 for s in starts])
    assert words[-1].end == pytest.approx(end * 0.02)
    pinned = align_words(ours(0), sounds(1), tokens, Tokenizer.published(), None, "published")
    assert pinned[0].start == 0


@pytest.mark.parametrize("shape", [(50,), (4, 50), (2, 3, 9), (2, 3), (1, 4)])
def test_the_median_is_the_originals(shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    for width in (3, 7):
        assert torch.equal(median_filter(x, width), whisper.timing.median_filter(x, width))


EOT = 50257
PIECES = [" word", " two", ".", " “", "?", " -", ",", " x", "!", "'"]


def random_window(seed: int):
    """Segments with tokens, and an alignment of these, made up; with pauses, long words and marks."""
    draw = random.Random(seed)
    now, words, segments = draw.choice([0.0, 0.0, 3.0]), [], []
    for _ in range(draw.randint(1, 3)):
        count, start = draw.randint(0, 5), now
        for _ in range(count):
            end = now + draw.choice([0.0, 0.1, 0.2, 0.3, 0.4, 2.0, 5.0])
            words.append((draw.choice(PIECES), [1] * draw.randint(1, 2), now, end, draw.random()))
            now = end
        tokens = [t for w in words[len(words) - count :] for t in w[1]] if count else []
        shift = draw.choice([0.0, 0.0, 0.7, -0.7])
        segments.append((start + shift, max(now + draw.choice([0.0, 0.7, -0.7]), 0.0), tokens))
    return segments, words, draw.choice([0, 12_345]), draw.choice([0.0, 0.0, 1.0])


def test_words_get_into_segments_as_in_the_original(monkeypatch):
    changed = 0
    for seed in range(400):
        segments, words, seek, last_end = random_window(seed)
        offset = seek / 100
        theirs = [
            {"seek": seek, "start": offset + a, "end": offset + b, "tokens": [*tokens, EOT + 200]}
            for a, b, tokens in segments
        ]
        timings = [whisper.timing.WordTiming(text, list(t), a, b, p) for text, t, a, b, p in words]
        monkeypatch.setattr(whisper.timing, "find_alignment", lambda *_, found=timings, **__: found)
        whisper.timing.add_word_timestamps(
            segments=theirs, model=None, tokenizer=get_tokenizer(True), mel=None, num_frames=0,
            last_speech_timestamp=offset + last_end,
        )  # fmt: skip
        ours_before = [
            Segment(offset + a, offset + b, "", (*tokens, EOT + 200), "en", 0.0, 0.0, 1.0, 0.0)
            for a, b, tokens in segments
        ]
        aligned = [Word(a, b, text, p, tuple(tokens)) for text, tokens, a, b, p in words]
        mine = add_words(ours_before, aligned, offset, offset + last_end, EOT)

        for one, other in zip(mine, theirs, strict=True):
            assert (one.start, one.end) == pytest.approx((other["start"], other["end"]))
            assert [w.text for w in one.words] == [w["word"] for w in other["words"]]
            assert [w.start for w in one.words] == pytest.approx([w["start"] for w in other["words"]])
            assert [w.end for w in one.words] == pytest.approx([w["end"] for w in other["words"]])
        changed += any(a.start != b.start for a, b in zip(mine, ours_before, strict=True))
    assert changed > 100


def test_a_word_is_moved_in_whole_hundredths():
    assert Word(0.1, 0.3, " a", 1.0).shifted(0.2) == Word(0.3, 0.5, " a", 1.0)
