import random
import re

import pytest
import whisper.tokenizer
from hypothesis import given
from hypothesis import strategies as st

from avlab.errors import AssetError
from avlab.whisper import vocabulary
from avlab.whisper.languages import LANGUAGES, language_code
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.vocabulary import closed

SIZES = {51864: (False, 99), 51865: (True, 99), 51866: (True, 100)}
# Ten scripts: what the first and the last character of each is.
SCRIPTS = {
    "latin": ("en", "\u0041", "\u024f"),
    "greek": ("el", "\u0391", "\u03c9"),
    "cyrillic": ("ru", "\u0410", "\u044f"),
    "hebrew": ("he", "\u05d0", "\u05ea"),
    "arabic": ("ar", "\u0621", "\u064a"),
    "devanagari": ("hi", "\u0905", "\u0939"),
    "thai": ("th", "\u0e01", "\u0e4f"),
    "kana": ("ja", "\u3041", "\u30fe"),
    "han": ("zh", "\u4e00", "\u9fa5"),
    "hangul": ("ko", "\uac00", "\ud7a3"),
}
COMMON = " \n  .,!?-'\"()«»。、0123456789é♪🙂👩‍👩‍👧\u0301"
WORDS = [" bin", " blue", " at", " F", " two", " now", " pon", " azul", " en"]


def peer(n_vocab: int, language: str | None = None, task: str | None = None):
    multilingual, languages = SIZES[n_vocab]
    return whisper.tokenizer.get_tokenizer(
        multilingual, num_languages=languages, language=language, task=task
    )


LETTERS = {
    language: [chr(code) for code in range(ord(first), ord(last) + 1)]
    for language, first, last in SCRIPTS.values()
}


def strings(count: int, seed: int) -> list[tuple[str, str]]:
    """Languages with texts in their script, with spaces, punctuation, digits, combining marks and emoji."""
    draw = random.Random(seed)
    texts = []
    for _ in range(count):
        language, letters = draw.choice(list(LETTERS.items()))
        parts = (draw.choice(letters if draw.random() < 0.8 else COMMON) for _ in range(draw.randint(0, 20)))
        texts.append((language, "".join(parts)))
    return texts


@pytest.mark.parametrize(
    ("n_vocab", "ids"),
    [
        (51864, (50256, 50257, 50357, 50358, 50359, 50360, 50361, 50362, 50363)),
        (51865, (50257, 50258, 50358, 50359, 50360, 50361, 50362, 50363, 50364)),
        (51866, (50257, 50258, 50359, 50360, 50361, 50362, 50363, 50364, 50365)),
    ],
)
def test_the_special_tokens_have_their_published_ids(n_vocab, ids):
    t = Tokenizer.published(n_vocab)

    assert ids == (
        t.eot, t.sot, t.translate, t.transcribe, t.sot_lm, t.sot_prev, t.no_speech, t.no_timestamps,
        t.timestamp_begin,
    )  # fmt: skip
    assert t.vocabulary.size == n_vocab
    assert t.blank == (220,)


@pytest.mark.parametrize("n_vocab", SIZES)
def test_all_special_tokens_and_those_of_no_speech_are_the_originals(n_vocab):
    ours, theirs = Tokenizer.published(n_vocab), peer(n_vocab)

    assert {f"<|{name}|>": index for name, index in ours.vocabulary.special.items()} == theirs.special_tokens
    assert ours.non_speech_tokens == theirs.non_speech_tokens
    assert len(ours.non_speech_tokens) == (84 if n_vocab == 51864 else 82)
    assert sorted(ours.language_tokens.values()) == sorted(theirs.all_language_tokens)


@pytest.mark.parametrize("task", ["transcribe", "translate"])
@pytest.mark.parametrize(
    ("n_vocab", "language"), [(51865, "en"), (51865, "su"), (51866, "es"), (51866, "yue")]
)
def test_a_transcript_begins_with_its_language_and_task(n_vocab, language, task):
    ours = Tokenizer.published(n_vocab, language, task)

    assert ours.sot_sequence == peer(n_vocab, language, task).sot_sequence


def test_an_english_only_transcript_begins_with_its_start_alone():
    assert Tokenizer.published(51864).sot_sequence == (50257,)
    assert Tokenizer.published(51864, "english").language == "en"


def test_languages_are_known_by_code_by_name_and_by_other_names():
    assert LANGUAGES == whisper.tokenizer.LANGUAGES
    assert {name: language_code(name) for name in whisper.tokenizer.TO_LANGUAGE_CODE} == (
        whisper.tokenizer.TO_LANGUAGE_CODE
    )
    assert language_code(" ES ") == "es"


@pytest.mark.parametrize(
    ("n_vocab", "language", "task", "sentence"),
    [
        (51865, "spanisch", "transcribe", "no language that Whisper knows; close to it: spanish"),
        (51865, "yue", "transcribe", "does not know “yue”"),
        (51864, "es", "transcribe", "this model knows en; it does not know “es”"),
        (51864, None, "translate", "one language only"),
        (51865, None, "summarise", "there is no task “summarise”"),
        (50000, None, "transcribe", "no published Whisper has 50000 tokens"),
    ],
)
def test_what_a_vocabulary_has_not_is_refused(n_vocab, language, task, sentence):
    with pytest.raises(ValueError, match=sentence):
        Tokenizer.published(n_vocab, language, task)


@pytest.mark.parametrize("n_vocab", SIZES)
def test_ten_thousand_strings_in_ten_scripts_have_the_originals_tokens_and_text(n_vocab):
    ours, theirs = Tokenizer.published(n_vocab), peer(n_vocab)

    for _, text in strings(10_000, seed=n_vocab):
        tokens = ours.encode(text)
        assert tokens == theirs.encode(text)
        assert ours.decode(tokens) == theirs.decode(tokens) == text


def test_ten_thousand_strings_in_ten_scripts_have_the_originals_words():
    ours = {language: Tokenizer.published(51865, language) for language in LETTERS}
    theirs = {language: peer(51865, language) for language in ours}

    for language, text in strings(10_000, seed=5):
        tokens = ours[language].encode(text)
        words = ours[language].split_to_words(tokens)
        assert words == list(zip(*theirs[language].split_to_word_tokens(tokens), strict=True))
        assert [token for _, part in words for token in part] == tokens


@pytest.mark.parametrize("language", ["en", "zh"])
def test_any_tokens_even_those_of_broken_characters_have_the_originals_words(language):
    ours, theirs, draw = Tokenizer.published(51865, language), peer(51865, language), random.Random(1)

    refused = lost = 0
    for _ in range(1000):
        # Single bytes are the ids below 256: mostly broken characters; and some special tokens.
        tokens = [
            draw.choice((draw.randrange(256), draw.randrange(51865))) for _ in range(draw.randint(1, 12))
        ]
        words = ours.split_to_words(tokens)
        assert [token for _, part in words for token in part] == tokens
        try:
            expected = list(zip(*theirs.split_to_word_tokens(tokens), strict=True))
        except IndexError:
            refused += 1
            continue
        lost += sum(len(part) for _, part in expected) < len(tokens)
        assert words[: len(expected) - 1] == expected[:-1]
    assert refused + lost  # what is better here does occur


@given(text=st.text())
def test_any_text_comes_back(text):
    for n_vocab in SIZES:
        t = Tokenizer.published(n_vocab)
        assert t.decode(t.encode(text)) == text
        assert "".join(word for word, _ in t.split_to_words(t.encode(text))) == text


def test_what_looks_like_a_special_token_in_a_text_is_text():
    t = Tokenizer.published()
    tokens = t.encode("he said <|endoftext|>")

    assert max(tokens) < t.eot
    assert t.decode(tokens) == "he said <|endoftext|>"


def test_times_are_left_out_or_written():
    t = Tokenizer.published()
    tokens = [t.timestamp(0), *t.encode(" Hello"), t.timestamp(1.08), t.eot]

    assert t.decode(tokens) == " Hello<|endoftext|>"
    assert t.decode_with_timestamps(tokens) == "<|0.00|> Hello<|1.08|><|endoftext|>"
    assert t.seconds(t.timestamp(1.08)) == pytest.approx(1.08)
    assert t.timestamp(99) == 51864
    assert t.timestamp(-1) == t.timestamp_begin


def test_words_keep_the_order_of_text_marks_and_special_tokens():
    t = Tokenizer.published()
    tokens = [t.timestamp(0), *t.encode(" Don't stop, unbelievable!"), t.eot]

    assert [word for word, _ in t.split_to_words(tokens)] == [
        "<|0.00|>", " Don't", " stop", ",", " unbelievable", "!", "<|endoftext|>",
    ]  # fmt: skip


def test_a_closed_vocabulary_has_the_same_special_tokens_in_the_same_order():
    t = Tokenizer(closed(WORDS, ["en", "es"], time_step=0.04, last_time=3.0), "spanish", "translate")

    assert t.vocabulary.size == len(WORDS) + 1 + 1 + 2 + 6 + 76
    assert (t.eot, t.sot, t.sot_sequence) == (9, 10, (10, 12, 13))
    assert t.timestamp(3.0) == t.vocabulary.size - 1
    assert t.decode_with_timestamps(t.sot_sequence) == "<|startoftranscript|><|es|><|translate|>"
    assert t.non_speech_tokens == t.blank == ()


def test_words_of_a_closed_vocabulary_come_back():
    t = Tokenizer(closed(WORDS, ["en", "es"]))
    tokens = t.encode(" bin blue at F")

    assert tokens == [0, 1, 2, 3]
    assert t.decode(tokens) == " bin blue at F"
    assert t.split_to_words(tokens) == [(" bin", [0]), (" blue", [1]), (" at", [2]), (" F", [3])]


@given(text=st.text(alphabet="abcñ '"))
def test_characters_are_a_closed_vocabulary_too(text):
    t = Tokenizer(closed([*"abcñ '"]))

    assert len(t.encode(text)) == len(text)
    assert t.decode(t.encode(text)) == text
    assert "".join(word for word, _ in t.split_to_words(t.encode(text))) == text


def test_a_model_of_one_language_is_not_told_it():
    assert Tokenizer(closed(WORDS, ["es"])).sot_sequence == (10,)


@pytest.mark.parametrize("text", ["bin", " bin green", " bin  blue", " bine"])
def test_a_text_that_a_closed_vocabulary_cannot_write_is_refused(text):
    with pytest.raises(
        ValueError, match=f"“{re.escape(text)}” cannot be written with this vocabulary of 9 pieces"
    ):
        Tokenizer(closed(WORDS)).encode(text)


@pytest.mark.parametrize("pieces", [[], [" a", ""], [" a", " a"]])
def test_pieces_that_make_no_vocabulary_are_refused(pieces):
    with pytest.raises(ValueError, match="at least one piece, none empty and no two alike"):
        closed(pieces)


def test_where_the_published_files_are_missing_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(vocabulary, "find_spec", lambda name: None)
    vocabulary._byte_pairs.cache_clear()

    with pytest.raises(AssetError, match=r"multilingual\.tiktoken.*pip install openai-whisper"):
        vocabulary.published.__wrapped__(51865)
