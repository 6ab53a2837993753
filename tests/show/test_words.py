import pytest

from avlab import show
from avlab.show.words import described


@pytest.mark.parametrize(
    "words", ["", "  \n", "figure", "A plot.", "This is a picture of the video", "rising tone"]
)
def test_words_that_say_nothing_are_refused_with_an_example(words):
    with pytest.raises(ValueError, match=r"alt .*Waveform of a clap"):
        described(words, "alt")


def test_words_that_say_something_are_kept_and_tidied():
    assert described(" A red\n ball  falls. ", "alt") == "A red ball falls."


def test_nothing_can_be_shown_without_words(clip):
    fig, _ = show.figure()
    attempts = [
        lambda: show.picture(fig, alt="figure"),
        lambda: show.sound(clip.audio, clip.sample_rate, description=""),
        lambda: show.player(clip, description="a video"),
        lambda: show.strip(clip, alt=""),
        lambda: show.waveform(clip.audio, clip.sample_rate, alt="waveform"),
        lambda: show.spectrogram(clip.audio, clip.sample_rate, alt="spectrogram"),
        lambda: show.timeline(clip, [], alt="timeline"),
        lambda: show.sweep(str, [1, 2], label="n", description="plot"),
        lambda: show.table([(1,)], ("n",), caption="table"),
    ]
    for attempt in attempts:
        with pytest.raises(ValueError, match="Say what kind of picture or sound it is"):
            attempt()
