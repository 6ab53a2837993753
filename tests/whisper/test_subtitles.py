from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avlab.span import Span
from avlab.whisper.subtitles import cues, from_srt, from_vtt, spread, to_srt, to_vtt
from avlab.whisper.transcript import Segment, Transcript, Word

HELLO = [Span(0.0, 1.5, "Hello <there> & you"), Span(3661.25, 3662.0, "two\nlines")]


def said(*words: tuple[float, float, str], tokens=(1, 2), timed=True) -> Segment:
    text = "".join(word[2] for word in words)
    own = tuple(Word(*word, 0.9, (1,)) for word in words) if timed else None
    return Segment(words[0][0], words[-1][1], text, tokens, "en", 0.0, -0.2, 1.1, 0.01, own)


def test_subrip_as_players_expect_it():
    assert to_srt(HELLO) == (
        "1\n00:00:00,000 --> 00:00:01,500\nHello <there> & you\n\n"
        "2\n01:01:01,250 --> 01:01:02,000\ntwo\nlines\n"
    )


def test_webvtt_as_players_expect_it():
    assert to_vtt(HELLO) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello &lt;there&gt; &amp; you\n\n"
        "01:01:01.250 --> 01:01:02.000\ntwo\nlines\n"
    )


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]) | st.sampled_from(" \n→-<>&;1"), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 4e4), st.floats(0, 10), TEXT), max_size=6))
def test_what_is_written_is_read_back_and_never_overlaps(made):
    given_cues = [Span(start, start + length, text) for start, length, text in made]
    for write, read in ((to_srt, from_srt), (to_vtt, from_vtt)):
        once = read(write(given_cues))
        assert read(write(once)) == once
        for before, after in pairwise(once):
            assert before.start <= before.end <= after.start
        expected = sorted((c for c in given_cues if c.label.strip()), key=lambda c: c.start)
        assert [c.start for c in once] == pytest.approx([c.start for c in expected], abs=6e-4)
        plain = [" ".join(c.label.replace("-->", "->").split()) for c in expected]
        assert [" ".join(c.label.split()) for c in once] == plain


def test_a_time_that_rounds_up_carries_over():
    assert "00:01:00,000 --> 00:01:00,001" in to_srt([Span(59.9996, 60.0009, "x")])


def test_an_arrow_and_a_blank_line_in_the_text_do_no_harm():
    [cue] = from_srt(to_srt([Span(0.0, 1.0, "a --> b\n\n 2 \n")]))
    assert cue.label == "a -> b\n2"


def test_files_of_others_are_read():
    srt = "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n \r\n\r\nnonsense\r\n\r\n2\r\n00:00:03,5"
    assert from_srt(srt.replace("\r\n\r\n2\r\n00:00:03,5", "")) == [Span(1.0, 2.0, "Hi")]
    vtt = "WEBVTT - a title\n\nNOTE x\n\nSTYLE\n::cue {}\n\nname\n01:02.000 --> 01:03.500 align:start\nA &amp; B"
    assert from_vtt(vtt) == [Span(62.0, 63.5, "A & B")]
    assert from_srt("") == [] and from_vtt("WEBVTT") == [] and to_srt([]) == ""


def test_what_is_no_subtitle_is_refused():
    with pytest.raises(ValueError, match="begins with the word WEBVTT"):
        from_vtt(to_srt(HELLO))
    with pytest.raises(ValueError, match="two times such as"):
        from_srt("1\n00:01 --> soon\nHi")
    with pytest.raises(ValueError, match="show nothing"):
        cues([], letters=0)


def test_words_are_gathered_into_lines_and_cues():
    words = [Span(i / 2, i / 2 + 0.4, f" word{i}") for i in range(12)]
    made = cues(words, letters=11, lines=2, seconds=1.5)
    assert made[0] == Span(0.0, 1.4, "word0 word1\nword2")  # three words are 1.4 s
    assert " ".join(c.label for c in made).split() == [w.label.strip() for w in words]
    for limit in (1, 5, 12, 50):
        for cue in cues(words, letters=limit, lines=1, seconds=100):
            assert len(cue.label) <= max(limit, 6) and "\n" not in cue.label
    assert [c.label for c in cues([Span(0.0, 9.0, " long"), Span(9.0, 9.1, " x")], seconds=7)] == [
        "long",
        "x",
    ]


def test_without_word_times_the_letters_share_the_time():
    assert spread(Span(10.0, 14.0, " ab cdef")) == [Span(10.0, 11.5, " ab"), Span(11.5, 14.0, " cdef")]
    assert [piece.label for piece in spread(Span(0.0, 1.0, "你好 ok"))] == ["你", "好", " ok"]
    assert spread(Span(0.0, 1.0, " ")) == []


def test_a_transcript_makes_subtitles_of_its_words_or_of_its_segments():
    timed = said((0.0, 0.4, " A"), (0.5, 0.9, " b."), (9.0, 9.5, " C"))
    assert Transcript((timed,)).to_srt().count("-->") == 2  # more than seven seconds are two cues
    whole = said((0.0, 1.0, " A b."), timed=False)
    assert from_vtt(Transcript((whole,)).to_vtt()) == [Span(0.0, 1.0, "A b.")]
    assert Transcript((timed, whole)).to_text() == "A b. C\nA b.\n"
    assert Transcript().to_srt() == "" and Transcript().to_text() == "" and Transcript().language is None


def test_json_gives_the_same_transcript_back():
    both = Transcript((said((0.0, 0.4, " Où"), (0.5, 0.9, " ça?")), said((1.0, 2.0, " x"), timed=False)))
    assert Transcript.from_json(both.to_json()) == both
    assert "Où" in both.to_json()
    assert Transcript.from_json(Transcript().to_json()) == Transcript()
    for other in (
        "",
        "[]",
        '{"segments": [{}]}',
        '{"segments": [{"start": 1, "tokens": [], "words": [[1]]}]}',
    ):
        with pytest.raises(ValueError, match="no transcript that to_json wrote"):
            Transcript.from_json(other)


def test_a_phrase_is_found_where_it_was_said():
    words = [(0.0, 0.4, " “Hello,"), (0.5, 0.9, " World!"), (1.0, 1.2, " hello"), (1.3, 1.5, " you")]
    one = Transcript((said(*words[:2]), said(*words[2:])))
    assert one.find("hello") == [Span(0.0, 0.4, "“Hello,", "words"), Span(1.0, 1.2, "hello", "words")]
    assert one.find("world HELLO") == [Span(0.5, 1.2, "World! hello", "words")]
    assert one.find("hell") == one.find("") == Transcript().find("x") == []
    with pytest.raises(ValueError, match="no word times"):
        Transcript((said(*words, timed=False),)).find("hello")
    assert one.text == "“Hello, World! hello you" and one.language == "en"
