"""Makes README's picture, book/_static/readme.png, in the show room: `python -m tools.readme_picture`."""

import base64
import io
import re
from pathlib import Path

from PIL import Image

import avlab
from avlab import show, world
from tools.make_data import SENTENCE, VOICE

PICTURE = Path(__file__).resolve().parents[1] / "book" / "_static" / "readme.png"
ALT = (
    f"A drawn face says “{SENTENCE}”: seven frames whose mouths open and close; under them the waveform of "
    "the voice; and under that, over the same seconds, each word and each phoneme where it is said."
)


def make() -> Image.Image:
    """Frames, waveform, words and phonemes of one sentence over the same seconds."""
    speech = world.say(SENTENCE, voice=VOICE)
    clip: avlab.Clip = world.talking_face(speech, size=160, seed=3)
    html = show.timeline(clip, [*speech.words, *speech.phonemes], alt=ALT).html
    (content,) = re.findall(r'src="data:image/\w+;base64,([^"]+)"', html)
    return Image.open(io.BytesIO(base64.b64decode(content)))


if __name__ == "__main__":
    make().save(PICTURE, optimize=True)
