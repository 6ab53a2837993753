import pytest

from avlab.errors import WorldError
from avlab.world import say, variants, voices


def test_english_voices():
    english = voices("en")
    assert {"en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland"} <= set(english)
    assert all(name.startswith("en-") for name in english)


def test_a_language_can_be_narrowed_to_its_accents():
    assert voices("en-gb") == [name for name in voices("en") if name.startswith("en-gb")]


def test_languages_of_the_world_are_there():
    assert len(voices()) > 100
    assert {"es", "cmn", "de", "hi"} <= set(voices())
    assert voices() == sorted(set(voices()))


def test_every_listed_voice_speaks():
    for voice in voices():
        assert say("1 2 3, a", voice).duration > 0.1, voice


def test_variants_change_the_timbre():
    assert {"f3", "m3", "whisper"} <= set(variants())
    plain, other = say("hello", "en-us"), say("hello", "en-us+f3")
    assert len(plain.audio) != len(other.audio) or not plain.audio.equal(other.audio)


def test_case_of_the_language_does_not_matter():
    assert say("hello", "EN-US").audio.equal(say("hello", "en-us").audio)


def test_an_unknown_voice_names_those_close_to_it():
    with pytest.raises(WorldError, match="en-gb-scotland"):
        say("hello", "en-scotland")


def test_an_unknown_variant_is_refused():
    # eSpeak would go on with the plain voice.
    with pytest.raises(WorldError, match=r"no variant “f33”.*f3"):
        say("hello", "en-us+f33")


def test_an_unknown_language_is_refused():
    with pytest.raises(WorldError, match="klingon"):
        voices("klingon")


@pytest.mark.parametrize("name", ["", "+f3", "en-us+", "../lang/gmw/en", "en-us+f3+m3", "en-us\0", "e" * 300])
def test_names_that_are_no_names_are_refused(name):
    with pytest.raises(WorldError):
        say("hello", name)
