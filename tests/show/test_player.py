import io
from base64 import b64decode

import av
import numpy as np
import pytest
import torch
from PIL import Image

from avlab import Clip, show

WORDS = "A column moves right while a tone fades"


def streams(source: str) -> dict[str, av.stream.Stream]:
    content = b64decode(source.partition(";base64,")[2])
    with av.open(io.BytesIO(content)) as file:
        return {
            stream.type: (
                stream.codec_context.name,
                stream.codec_context.width if stream.type == "video" else 0,
            )
            for stream in file.streams
        }


def test_a_clip_is_played_as_h264_and_aac_with_words(clip, elements):
    shown = show.player(clip, WORDS)
    (video,) = elements(shown.html, "video")
    assert video["src"].startswith("data:video/mp4;base64,")
    assert streams(video["src"])["video"][0] == "h264"
    assert streams(video["src"])["audio"][0] == "aac"
    assert video["aria-label"] == shown.text == WORDS
    assert "controls" in video
    assert f">{WORDS}</figcaption>" in shown.html


def test_before_it_plays_the_first_frame_is_shown(clip, elements):
    (video,) = elements(show.player(clip, WORDS).html, "video")
    poster = Image.open(io.BytesIO(b64decode(video["poster"].partition(";base64,")[2])))
    assert np.array_equal(np.asarray(poster.convert("RGB")), clip.frames[0].numpy())


def test_under_the_player_lie_frames_and_waveform_in_one_image(clip, elements):
    (image,) = elements(show.player(clip, WORDS).html, "img")
    assert "6 of its frames and its waveform" in image["alt"]
    assert WORDS in image["alt"]


def test_sound_alone_is_played_as_mp3_over_its_waveform(clip, elements):
    shown = show.player(Clip(audio=clip.audio, sample_rate=clip.sample_rate), WORDS)
    (audio,) = elements(shown.html, "audio")
    assert streams(audio["src"])["audio"][0].startswith("mp3")
    assert not elements(shown.html, "video")
    assert "its waveform" in elements(shown.html, "img")[0]["alt"]


def test_pictures_alone_are_played_without_sound(clip, elements):
    shown = show.player(Clip(clip.frames, clip.frame_times), WORDS)
    (video,) = elements(shown.html, "video")
    assert streams(video["src"]).keys() == {"video"}
    assert "waveform" not in elements(shown.html, "img")[0]["alt"]


def test_tiny_frames_are_enlarged_by_an_even_number(make_clip, elements):
    (video,) = elements(show.player(make_clip(height=24, width=32), WORDS).html, "video")
    assert streams(video["src"])["video"][1] == 8 * 32
    assert "pixelated" in video["style"]


@pytest.mark.parametrize(("height", "width", "shown"), [(720, 1280, 640), (1280, 720, 202)])
def test_large_frames_are_reduced_to_the_page(height, width, shown, make_clip, elements):
    (video,) = elements(show.player(make_clip(0.25, height=height, width=width), WORDS).html, "video")
    assert streams(video["src"])["video"][1] == shown
    assert int(video["width"]) == shown
    assert "pixelated" not in video["style"]


def test_four_seconds_cost_less_than_150_kilobytes(make_clip):
    shown = show.player(make_clip(seconds=4, fps=30, height=96, width=96, sample_rate=16000), WORDS)
    assert len(shown.html) < 150_000


def test_a_clip_without_anything_is_shown_as_words(elements):
    shown = show.player(Clip(), "Nothing to see or hear")
    assert "Nothing to see or hear</figcaption>" in shown.html
    assert not elements(shown.html, "img")


def test_halves_that_are_empty_are_as_good_as_missing(clip, elements):
    no_sound = Clip(clip.frames, clip.frame_times, torch.zeros(0), 8000)
    no_picture = Clip(clip.frames[:0], clip.frame_times[:0], clip.audio, clip.sample_rate)
    assert elements(show.player(no_sound, WORDS).html, "video")
    assert "waveform" not in elements(show.player(no_sound, WORDS).html, "img")[0]["alt"]
    assert elements(show.player(no_picture, WORDS).html, "audio")


def test_a_single_frame_is_shown_as_a_picture(clip, elements):
    shown = show.player(Clip(clip.frames[:1], clip.frame_times[:1]), WORDS)
    assert elements(shown.html, "img")[0]["alt"] == WORDS
    assert not elements(shown.html, "video")


def test_more_than_a_minute_is_refused_with_the_remedy():
    long = Clip(audio=torch.zeros(61 * 100), sample_rate=100)
    with pytest.raises(ValueError, match=r"Show a piece: clip\[:60\]"):
        show.player(long, "More than a minute of silence")


def test_a_clip_shows_itself_with_its_measures(clip):
    assert show.itself(clip).text == (
        "A clip: 1.00 s, 12 frames of 32×24 at 12 a second, 8000 samples at 8000 Hz."
    )


def test_of_a_long_clip_the_first_minute_shows_itself(elements):
    shown = show.itself(Clip(audio=torch.zeros(90 * 100), sample_rate=100))
    assert shown.text == "A clip: 90.00 s, 9000 samples at 100 Hz. Here: its first 60 s."
    assert 'data-mark="60"' in shown.html
