"""The words that stand in for a picture or a sound, and the gate that every one of them passes."""

# Words that name the kind of thing and nothing of what it shows.
_KINDS = """a an and audio chart clip diagram figure graph here image is it media my of picture plot player
recording see shown shows sound spectrogram strip that the this timeline video waveform"""
_EMPTY = frozenset(_KINDS.split())

_GOOD = (
    "Say what kind of picture or sound it is, what is on its axes, and what one should notice, as in "
    "'Waveform of a clap: silence, a spike at 0.5 s, then a decay of a tenth of a second.'"
)


def described(words: str, name: str) -> str:
    """The words, tidied, if they can stand in for what they describe.

    `name` is the parameter they came in, for the message. Raises ValueError when they are missing,
    blank, shorter than three words, or made only of words such as "figure" and "plot". Chapter 1.
    """
    if not isinstance(words, str) or not words.strip():
        raise ValueError(f"{name} is missing: not everybody sees the picture or hears the sound. {_GOOD}")
    tidy = " ".join(words.split())
    telling = [word for word in tidy.split() if word.strip(".,:;").lower() not in _EMPTY]
    if len(tidy.split()) < 3 or not telling:
        raise ValueError(f"{name} is {tidy!r}, which does not say what is shown. {_GOOD}")
    return tidy
