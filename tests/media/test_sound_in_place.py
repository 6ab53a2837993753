import pytest
import torch

import avlab
from avlab import Clip
from tests.media.made import SOUND_ONLY, WITH_PICTURES, film, mux, pictures, tone


def click(seconds: float, at: float, sample_rate: int = 16000) -> torch.Tensor:
    """Silence with one loud, short click."""
    samples = torch.zeros(round(seconds * sample_rate))
    samples[round(at * sample_rate)] = 0.9
    return samples


def place_of_the_click(clip: Clip) -> float:
    return clip.audio.abs().argmax().item() / clip.sample_rate


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", *SOUND_ONLY])
def test_what_a_codec_needs_to_warm_up_is_trimmed(tmp_path, suffix):
    path = avlab.write(Clip(audio=click(2.0, at=1.0), sample_rate=16000), tmp_path / f"click{suffix}")

    clip = avlab.read(path)

    assert place_of_the_click(clip) == pytest.approx(1.0, abs=1 / 16000)
    assert len(clip.audio) == 32000


@pytest.mark.parametrize("suffix", WITH_PICTURES)
def test_a_click_and_its_flash_stay_together(tmp_path, suffix):
    flash = pictures(50) // 4
    flash[25] = 255
    times = torch.arange(50, dtype=torch.float64) / 25
    path = avlab.write(Clip(flash, times, click(2.0, at=1.0), 16000), tmp_path / f"both{suffix}")

    clip = avlab.read(path)

    seen = clip.frame_times[clip.frames.float().mean((1, 2, 3)).argmax()].item()
    assert place_of_the_click(clip) == pytest.approx(seen, abs=1e-3)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_sound_that_starts_late_is_padded_with_silence(tmp_path, suffix):
    codec = "flac" if suffix == ".mp4" else "pcm_s16le"
    times = [number / 25 for number in range(25)]
    path = mux(tmp_path / f"late{suffix}", [[(0.3, tone(0.5))]], [(pictures(25), times)], sound_codec=codec)

    audio = avlab.read(path).audio

    assert len(audio) == pytest.approx(12800, abs=1)
    assert audio[:4799].abs().max() == 0
    assert torch.allclose(audio[4800:12799], tone(0.5)[:7999], atol=1e-4)


@pytest.mark.parametrize("sample_rate", [16000, 8000])
def test_a_gap_in_the_sound_is_silent_and_what_follows_is_in_place(tmp_path, sample_rate):
    chunks = [(0.0, tone(0.25)), (1.0, click(0.25, at=0.1))]

    clip = avlab.read(mux(tmp_path / "gap.mkv", [chunks]), sample_rate=sample_rate)

    assert clip.duration == pytest.approx(1.25, abs=1e-3)
    assert clip.audio[round(0.26 * sample_rate) : round(0.99 * sample_rate)].abs().max() < 1e-6
    assert place_of_the_click(clip) == pytest.approx(1.1, abs=1e-3)


def test_a_gap_may_begin_inside_the_part_that_is_read(tmp_path):
    chunks = [(number / 10, tone(0.1)) for number in range(40)] + [(6.0, click(0.5, at=0.25))]
    path = mux(tmp_path / "gap.mkv", [chunks])

    whole, part = avlab.read(path), avlab.read(path, start=3.5, end=6.4)

    assert torch.equal(part.audio, whole.audio[round(3.5 * 16000) : round(6.4 * 16000)])


def test_chunks_that_overlap_keep_their_places(tmp_path):
    chunks = [(0.0, tone(0.5)), (0.4, click(0.5, at=0.3))]

    clip = avlab.read(mux(tmp_path / "overlap.mkv", [chunks]))

    assert clip.duration == pytest.approx(0.9, abs=1e-3)
    assert torch.allclose(clip.audio[:8000], tone(0.5), atol=1e-4)
    assert place_of_the_click(clip) == pytest.approx(0.7, abs=1e-3)


def test_stamps_that_a_clock_rounds_make_no_gaps(tmp_path):
    step = 1024 / 44100
    whole = tone(2.0, 44100)
    chunks = [(number * step, whole[number * 1024 : (number + 1) * 1024]) for number in range(86)]

    audio = avlab.read(mux(tmp_path / "rounded.mkv", [chunks], sample_rate=44100), sample_rate=None).audio

    assert torch.allclose(audio, whole[: len(audio)], atol=1e-4)


def test_channels_are_averaged(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    channels = torch.stack([tone(0.5) * factor for factor in (1.0, 0.5, -1.0, 0.25, 0.0, 0.75)], dim=1)
    soundfile.write(tmp_path / "six.wav", channels.numpy(), 16000, subtype="FLOAT")

    assert torch.allclose(avlab.read(tmp_path / "six.wav").audio, channels.mean(dim=1), atol=1e-7)


def test_sound_beyond_full_scale_survives_in_wav(tmp_path):
    loud = Clip(audio=tone(0.1) * 9, sample_rate=16000)

    assert torch.equal(avlab.read(avlab.write(loud, tmp_path / "loud.wav")).audio, loud.audio)


@pytest.mark.parametrize("sample_rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_sound_of_any_rate_lasts_as_long_as_it_should(tmp_path, sample_rate):
    path = avlab.write(Clip(audio=tone(1.5, sample_rate), sample_rate=sample_rate), tmp_path / "a.wav")

    assert len(avlab.read(path).audio) == pytest.approx(24000, abs=1)


def test_sound_ends_where_the_file_says_and_not_where_its_last_packet_does(tmp_path):
    odd = film(seconds=1.2345)

    assert len(avlab.read(avlab.write(odd, tmp_path / "odd.mp4")).audio) == len(odd.audio)
