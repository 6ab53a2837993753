"""Strip, waveform and spectrogram: what is drawn is what is there."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from avlab import Clip, show
from avlab.show import seconds


@pytest.fixture
def figures(monkeypatch):
    """The figures that were turned into images, as they were drawn."""
    seen = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *a, **k: (seen.append(self), save(self, *a, **k))[1])
    return seen


def test_a_strip_shows_frames_in_the_middle_of_their_stretch(clip, figures):
    show.strip(clip, count=3, alt="A column moves right in three steps")
    images = figures[0].axes[0].images
    # 12 frames a second over 1 s: the middles are 1/6, 1/2 and 5/6 s.
    for image, number in zip(images, (2, 6, 10), strict=True):
        assert np.array_equal(image.get_array(), clip.frames[number].numpy())


def test_frames_of_a_strip_keep_their_shape(make_clip, figures):
    for clip in (make_clip(height=24, width=32), make_clip(height=48, width=27)):
        show.strip(clip, count=5, alt="A column moves right in five steps")
        box = figures[-1].axes[0].get_window_extent()
        assert box.width / 5 / box.height == pytest.approx(
            clip.frames.shape[2] / clip.frames.shape[1], rel=0.02
        )


@pytest.mark.parametrize("count", [0, -1])
def test_a_strip_of_no_frame_is_refused(clip, count):
    with pytest.raises(ValueError, match="a count from 1"):
        show.strip(clip, count=count, alt="A column moves right")


def test_a_strip_of_sound_is_refused(clip):
    with pytest.raises(ValueError, match="a clip with frames"):
        show.strip(Clip(audio=clip.audio, sample_rate=clip.sample_rate), alt="A tone that fades")


def test_a_waveform_has_seconds_and_every_sample(figures):
    audio = torch.tensor([0.0, 0.5, -0.25, 0.125])
    show.waveform(audio, 4, alt="Four samples that swing and settle")
    (axes,) = figures[0].axes
    (line,) = axes.lines
    assert line.get_xdata().tolist() == [0, 0.25, 0.5, 0.75]
    assert line.get_ydata().tolist() == audio.tolist()
    assert axes.get_xlim() == (0, 1)


def test_a_long_waveform_keeps_its_shortest_spike(figures):
    audio = torch.zeros(100_000)
    audio[54_321] = 0.75
    show.waveform(audio, 1000, alt="Silence with one spike at 54 s")
    (axes,) = figures[0].axes
    corners = axes.collections[0].get_paths()[0].vertices
    assert corners[:, 1].max() == pytest.approx(0.75)
    assert corners[corners[:, 1].argmax(), 0] == pytest.approx(54.321, abs=0.1)
    assert axes.get_ylim()[1] > 0.75


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("samples", [0, 1, 100])
def test_silence_of_any_length_can_be_drawn(samples):
    audio = torch.zeros(samples)
    assert show.waveform(audio, 8000, alt="A flat line of silence").html
    assert show.spectrogram(audio, 8000, alt="Nothing but silence").html


def test_a_spectrogram_shows_a_full_tone_at_0_db_at_its_frequency(figures):
    time = torch.arange(16_000) / 16_000
    show.spectrogram(torch.sin(2 * torch.pi * 1000 * time), 16_000, alt="One line at 1000 Hz")
    axes = figures[0].axes[0]
    level = axes.images[0].get_array()
    left, right, bottom, top = axes.images[0].get_extent()
    assert level.max() == pytest.approx(0, abs=0.1)
    row = level.mean(axis=1).argmax()
    assert bottom + (row + 0.5) * (top - bottom) / len(level) == pytest.approx(1000, abs=20)
    assert 0 <= left < right <= 1


def test_a_label_is_as_wide_as_matplotlib_draws_it():
    fig = Figure(figsize=(4, 1), dpi=100)
    drawn = fig.text(0, 0, "moves right", fontsize=11)
    fig.draw_without_rendering()
    assert seconds.text_width("moves right", 11.0) == pytest.approx(drawn.get_window_extent().width, abs=4)
