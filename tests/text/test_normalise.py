import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper.normalizers import EnglishTextNormalizer

from avlab.text.edit_distance import wer
from avlab.text.normalise import plain_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", "hello world"),
        ("Don’t stop—it's well-known.", "don't stop it's well known"),
        ("'Tis the dogs' “bone”", "tis the dogs bone"),
        ("3.5 km for $20 (50 %)", "3 5 km for 20 50"),
        ("ｆｕｌｌ　ＷＩＤＴＨ ﬁsh Straße ²", "full width fish strasse 2"),
        ("cafe\u0301", "café"),
        ("\u0390", "\u0390"),
        ("今天天气很好，Python也很好。", "今 天 天 气 很 好 python 也 很 好"),
        ("OK'好'", "ok 好"),
        ("हिन्दी में।", "हिन्दी में"),
        ("snake_case\ttab\nline", "snake case tab line"),
        ("♪ … ?!", ""),
        ("", ""),
    ],
)
def test_what_is_left(text, words):
    assert plain_words(text) == words


# Characters that this Python knows; what follows it knows by other tables.
@given(st.text(st.characters(exclude_categories=["Cn", "Cs"])))
def test_plain_words_are_plain_already(text):
    plain = plain_words(text)

    assert plain_words(plain) == plain
    assert plain == " ".join(plain.split())
    assert {c for c in plain if unicodedata.category(c)[0] in "PS"} <= {"'"}


def test_what_normalising_does_to_a_rate_of_errors():
    said, written = "Mr. Brown paid $20, didn't he?", "mister brown paid twenty dollars did not he"
    english = EnglishTextNormalizer()

    assert wer(said, written) == 7 / 6
    assert wer(plain_words(said), plain_words(written)) == 5 / 6
    assert wer(english(said), english(written)) == 0
