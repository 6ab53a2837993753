"""Sentences of the GRID corpus' grammar: six slots, one word each. Chapter 1."""

import random
from math import prod

# Cooke, Barker, Cunningham and Shao (2006), Table I; W is left out since it alone has three syllables.
GRAMMAR: dict[str, tuple[str, ...]] = {
    "command": ("bin", "lay", "place", "set"),
    "colour": ("blue", "green", "red", "white"),
    "preposition": ("at", "by", "in", "with"),
    "letter": tuple("ABCDEFGHIJKLMNOPQRSTUVXYZ"),
    "digit": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "adverb": ("again", "now", "please", "soon"),
}
SENTENCES = prod(len(words) for words in GRAMMAR.values())  # 64,000


def sentence(seed: int) -> str:
    """One of the grammar's 64,000 sentences, as in "bin blue at F two now".

    The words are drawn independently, each as likely as the others of its slot. Letters are
    capitals, so that `say` reads "A" as the letter. From the GRID corpus (Cooke, Barker, Cunningham
    and Shao, "An audio-visual corpus for speech perception and automatic speech recognition",
    2006). Chapter 1.
    """
    draw = random.Random(seed)
    return " ".join(draw.choice(words) for words in GRAMMAR.values())
