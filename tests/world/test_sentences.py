from collections import Counter

from avlab.world import GRAMMAR, SENTENCES, say, sentence


def test_there_are_64_000():
    assert SENTENCES == 64_000


def test_a_sentence_has_a_word_for_each_slot():
    for seed in range(200):
        words = sentence(seed).split()
        assert len(words) == 6
        assert all(word in choices for word, choices in zip(words, GRAMMAR.values(), strict=True))


def test_the_seed_decides():
    assert sentence(5) == sentence(5)
    assert len({sentence(seed) for seed in range(500)}) > 490


def test_words_are_equally_likely():
    for slot, choices in enumerate(GRAMMAR.values()):
        counts = Counter(sentence(seed).split()[slot] for seed in range(4000))
        expected = 4000 / len(choices)
        assert all(0.6 * expected < counts[word] < 1.5 * expected for word in choices)


def test_each_letter_is_said_as_the_letter():
    for letter in GRAMMAR["letter"]:
        speech = say(f"bin blue at {letter} two now")
        assert [word.label for word in speech.words] == ["bin", "blue", "at", letter, "two", "now"]
    said = say("lay red by A nine soon")
    letter = said.words[3]
    assert "eɪ" in "".join(p.label for p in said.phonemes if letter.start <= p.start < letter.end)
