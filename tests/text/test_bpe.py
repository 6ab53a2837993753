import pickle
import random
from collections import Counter
from pathlib import Path

import pytest
import regex
import tiktoken
import whisper
from hypothesis import given, settings
from hypothesis import strategies as st
from whisper.tokenizer import get_encoding

from avlab.text.bpe import BPE, GPT2_PATTERN, Merges, join_pairs, read_merges, train_bpe

ASSETS = Path(whisper.__file__).parent / "assets"
# Ten scripts: Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, kana, Han, Hangul.
SCRIPTS = (
    (0x41, 0x24F), (0x391, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA), (0x621, 0x64A),
    (0x905, 0x939), (0xE01, 0xE4F), (0x3041, 0x30FE), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
)  # fmt: skip
COMMON = " \n\t\u00a0\x1c  .,!?-'\"()«»。、0123456789é½♪🙂👩‍👩‍👧\u0301\ud800"
BYTES = {bytes([byte]): byte for byte in range(256)}
SENTENCES = [
    "the cat sat on the mat",
    "the hat that the cat sat on",
    "今天天气很好，今天很好",
    "aaaa aaaaa aaa",
]


@pytest.fixture(scope="module", params=["gpt2", "multilingual"])
def pair(request):
    """Our encoding and tiktoken's, as Whisper sets it up, each from the published file."""
    return BPE(read_merges(ASSETS / f"{request.param}.tiktoken")), get_encoding(request.param)


@pytest.fixture(scope="module")
def small():
    return BPE(train_bpe(SENTENCES, 300))


def peer(merges: Merges) -> tiktoken.Encoding:
    return tiktoken.Encoding("", pat_str=GPT2_PATTERN, mergeable_ranks=merges.ranks, special_tokens={})


def strings(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)

    def string() -> str:
        first, last = draw.choice(SCRIPTS)
        letters = [chr(draw.randint(first, last)) for _ in range(draw.randint(0, 20))]
        return "".join(draw.choice(COMMON) if draw.random() < 0.2 else letter for letter in letters)

    return [string() for _ in range(count)]


def definition(texts: list[str], size: int) -> list[bytes]:
    """Training as Sennrich's paper has it: all pairs counted anew, the most frequent one joined everywhere."""
    words = Counter(
        tuple(bytes([b]) for b in cut.encode()) for t in texts for cut in regex.findall(GPT2_PATTERN, t)
    )
    learned = []
    while len(learned) < size - 256:
        counts = Counter()
        for word, often in words.items():
            for i in range(len(word) - 1):
                counts[word[i] + word[i + 1]] += often
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        learned.append(best)
        words = Counter({joined(word, best): often for word, often in words.items()})
    return learned


def joined(word: tuple[bytes, ...], new: bytes) -> tuple[bytes, ...]:
    if len(word) < 2:
        return word
    if word[0] + word[1] == new:
        return (new, *joined(word[2:], new))
    return (word[0], *joined(word[1:], new))


def test_ten_thousand_strings_in_ten_scripts_are_tiktokens(pair):
    ours, theirs = pair
    texts = strings(10_000, seed=4)

    assert [ours.encode(text) for text in texts] == theirs.encode_ordinary_batch(texts, num_threads=1)


@pytest.mark.parametrize(
    "text",
    ["", " ", "   x", "x   ", "\n\n x", "I'll we'Ve 'sX", "it's don't you're we've I'm she'll he'd", "<|endoftext|>", "a" * 200, "中" * 50, "1234567890",
     "\ud83d\ude42 \ud835\udc00a", "\ude42\ud83d"],
)  # fmt: skip
def test_what_is_odd_is_tiktokens_too(pair, text):
    ours, theirs = pair

    assert ours.encode(text) == theirs.encode_ordinary(text)


def test_the_ids_of_gpt2():
    bpe = BPE(read_merges(ASSETS / "gpt2.tiktoken"))

    assert bpe.encode("Hello, world!") == [15496, 11, 995, 0]
    assert bpe.pieces[50255] == b" gazed"


@given(st.text())
def test_any_text_comes_back(small, text):
    assert small.decode(small.encode(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="the catson今天", max_size=30))
def test_any_text_in_trained_pieces_is_tiktokens(small, text):
    assert small.encode(text) == peer(small.merges).encode_ordinary(text)


@pytest.mark.parametrize("size", [256, 257, 270, 300, 500])
def test_training_is_its_definition(size):
    merges = train_bpe(SENTENCES, size)

    assert list(merges.ranks) == [*BYTES, *definition(SENTENCES, size)]
    assert list(merges.ranks.values()) == list(range(len(merges.ranks)))


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abc ", max_size=12), max_size=6), st.integers(256, 280))
def test_training_on_any_texts_is_its_definition(texts, size):
    assert list(train_bpe(texts, size).ranks)[256:] == definition(texts, size)


def test_the_most_frequent_pair_is_first():
    assert list(train_bpe(["low low low lower"], 259).ranks)[256:] == [b"ow", b"low", b" low"]


def test_words_met_in_training_become_one_piece():
    full, small = BPE(train_bpe(SENTENCES, 10_000)), BPE(train_bpe(SENTENCES, 270))

    assert [full.pieces[token] for token in full.encode("the hat that")] == [b"the", b" hat", b" that"]
    assert len(full.pieces) < 10_000
    assert len(full.encode(SENTENCES[2])) < len(small.encode(SENTENCES[2])) < len(SENTENCES[2].encode())


def test_the_lowest_rank_goes_before_the_first_place():
    ranks = BYTES | {b"bc": 256, b"ab": 257, b"abc": 258}

    assert join_pairs(b"abd", ranks) == [b"ab", b"d"]
    assert join_pairs(b"abcab", ranks) == [b"abc", b"ab"]
    assert join_pairs(b"xabcx", BYTES | {b"bc": 256, b"ab": 257}) == [b"x", b"a", b"bc", b"x"]
    assert join_pairs(b"aaa", BYTES | {b"aa": 256}) == [b"aa", b"a"]
    assert join_pairs(b"", ranks) == []


def test_it_remembers_and_forgets_without_a_difference(monkeypatch, small):
    monkeypatch.setattr("avlab.text.bpe._REMEMBERED", 3)
    bpe = BPE(small.merges)

    for text in SENTENCES * 2:
        assert bpe.encode(text) == small.encode(text) == small.encode(text)
    assert len(bpe._remembered) <= 3 + len(SENTENCES[1].split())
    assert pickle.loads(pickle.dumps(bpe)).encode("the cat") == small.encode("the cat")


def test_half_a_character_is_shown_as_such(small):
    ids = BPE(train_bpe([], 300)).encode("é今")

    assert len(ids) == 5
    assert small.decode(ids[:1]) == "\ufffd"
    assert small.decode(ids[2:]) == "今"
    assert small.decode([]) == ""


@pytest.mark.parametrize("token", [-1, 300, 50_000])
def test_an_unknown_id_is_refused(small, token):
    with pytest.raises(
        ValueError, match=rf"no piece has the id {token}: they are 0 … {len(small.pieces) - 1}"
    ):
        small.decode([65, token])


def test_fewer_pieces_than_bytes_are_refused():
    with pytest.raises(ValueError, match="size is 255"):
        train_bpe(SENTENCES, 255)


@pytest.mark.parametrize("ranks", [{}, {b"a": 0}, BYTES | {b"ab": 257}, BYTES | {b"ab": 255}])
def test_merges_that_cannot_encode_everything_are_refused(ranks):
    with pytest.raises(ValueError, match="all 256 single bytes"):
        Merges(ranks)


@pytest.mark.parametrize("content", ["YQ== 0 1", "YQ==", "YQ== a", "é 1", "abc 0", "", "YQ== 0"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    (tmp_path / "some.tiktoken").write_text(content)

    with pytest.raises(ValueError, match=r"no \.tiktoken file|256 single bytes"):
        read_merges(tmp_path / "some.tiktoken")
