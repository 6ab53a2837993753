import io
import math
import struct

import av
import numpy as np
import pytest
import torch
from PIL import Image

import avlab
from avlab import Clip
from avlab.clocks import frame_on_screen
from avlab.media import decoding
from tests.media.made import SOUND_ONLY, WITH_PICTURES, film, mux, pictures, plainly_decoded, tone

FORMATS = WITH_PICTURES + SOUND_ONLY


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_back_what_was_written(files, original, suffix):
    clip = avlab.read(files[suffix])

    assert clip.sample_rate == 16000
    assert len(clip.audio) == pytest.approx(48000, abs=0 if suffix != ".mpg" else 1500)
    if suffix in SOUND_ONLY:
        assert clip.frames is None
        return
    assert clip.frames.shape == original.frames.shape
    difference = (clip.frames.float() - original.frames.float()).abs().mean().item()
    assert difference < 5, "of 255, on average; colour at half size and the codec account for it"


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_lossless_sound_comes_back_as_it_was(files, original, suffix):
    audio = avlab.read(files[suffix]).audio

    assert (audio - original.audio).abs().max().item() <= (0 if suffix == ".wav" else 2**-15)


def test_frames_of_29_97_a_second_come_at_their_exact_times(files):
    clip = avlab.read(files[".mp4"])

    assert torch.allclose(
        clip.frame_times, torch.arange(90, dtype=torch.float64) * 1001 / 30000, rtol=0, atol=1e-6
    )
    assert clip.fps == pytest.approx(29.97, abs=1e-3)


@pytest.mark.parametrize(("suffix", "precision"), [(".mp4", 1e-6), (".mkv", 6e-4), (".webm", 6e-4)])
def test_frames_at_any_times_keep_them(tmp_path, suffix, precision):
    steps = torch.rand(39, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 0.1 + 0.01
    times = torch.cat([torch.zeros(1, dtype=torch.float64), steps.cumsum(0)])

    path = avlab.write(Clip(pictures(40), times), tmp_path / f"film{suffix}")

    assert torch.allclose(avlab.read(path).frame_times, times, rtol=0, atol=precision)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_pictures_that_start_late_do(tmp_path, suffix):
    late = Clip(pictures(10), torch.arange(10, dtype=torch.float64) / 25 + 0.6, tone(2.0), 16000)

    clip = avlab.read(avlab.write(late, tmp_path / f"late{suffix}"))

    assert clip.frame_times[0].item() == pytest.approx(0.6, abs=1e-3)
    assert len(clip.frames) == 10


def test_second_0_is_where_the_earliest_stream_begins(tmp_path):
    times = [5.0 + number / 25 for number in range(10)]

    clip = avlab.read(mux(tmp_path / "cut.mkv", [[(5.4, tone(0.5))]], [(pictures(10), times)]))

    assert clip.frame_times.tolist() == pytest.approx([time - 5.0 for time in times])
    assert clip.audio.abs().gt(0).nonzero()[0].item() == pytest.approx(0.4 * 16000, abs=16)


def test_frames_are_those_of_opencv(files):
    cv2 = pytest.importorskip("cv2")
    capture = cv2.VideoCapture(str(files[".mp4"]))
    theirs = []
    while (got := capture.read())[0]:
        theirs.append(cv2.cvtColor(got[1], cv2.COLOR_BGR2RGB))

    ours = avlab.read(files[".mp4"]).frames.numpy()

    assert ours.shape == np.stack(theirs).shape
    assert np.abs(ours.astype(int) - np.stack(theirs)).max() <= 2


@pytest.mark.parametrize("suffix", WITH_PICTURES)
def test_frames_are_those_of_plain_decoding(files, suffix):
    difference = np.abs(avlab.read(files[suffix]).frames.numpy().astype(int) - plainly_decoded(files[suffix]))

    assert difference.max() <= 2


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "PCM_U8", "FLOAT", "DOUBLE"])
def test_wav_samples_are_those_of_soundfile(tmp_path, subtype):
    soundfile = pytest.importorskip("soundfile")
    stereo = torch.stack([tone(0.5), tone(0.5, hertz=330)], dim=1).numpy()
    soundfile.write(tmp_path / "stereo.wav", stereo, 44100, subtype=subtype)
    theirs, _ = soundfile.read(tmp_path / "stereo.wav", dtype="float64")

    clip = avlab.read(tmp_path / "stereo.wav", sample_rate=None)

    assert clip.sample_rate == 44100
    assert np.array_equal(clip.audio.numpy(), theirs.mean(axis=1).astype(np.float32))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_flac_samples_are_those_of_soundfile(tmp_path, subtype):
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "mono.flac", tone(0.7).numpy(), 22050, subtype=subtype)
    theirs, _ = soundfile.read(tmp_path / "mono.flac", dtype="float32")

    assert np.array_equal(avlab.read(tmp_path / "mono.flac", sample_rate=None).audio.numpy(), theirs)


def test_wav_samples_are_those_of_scipy(tmp_path):
    wavfile = pytest.importorskip("scipy.io.wavfile")
    wavfile.write(tmp_path / "a.wav", 8000, (tone(0.5, 8000) * 2**15).to(torch.int16).numpy())
    _, theirs = wavfile.read(tmp_path / "a.wav")

    assert np.array_equal(
        avlab.read(tmp_path / "a.wav", sample_rate=None).audio.numpy(), theirs / np.float32(2**15)
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_pictures_without_sound_and_sound_without_pictures(tmp_path, suffix):
    whole = film(seconds=1.0)
    silent = avlab.read(avlab.write(Clip(whole.frames, whole.frame_times), tmp_path / f"silent{suffix}"))
    blind = avlab.read(avlab.write(Clip(audio=whole.audio, sample_rate=16000), tmp_path / f"blind{suffix}"))

    assert silent.audio is None
    assert len(silent.frames) == 30
    assert blind.frames is None
    assert len(blind.audio) == 16000


def test_halves_that_are_not_wanted_are_left_out(files):
    assert avlab.read(files[".mp4"], sound=False).audio is None
    assert avlab.read(files[".mp4"], pictures=False).frames is None


def test_streams_are_chosen_by_number_within_their_kind(tmp_path):
    times = [number / 25 for number in range(10)]
    path = mux(
        tmp_path / "two.mkv",
        [[(0.0, tone(0.4))], [(0.0, tone(0.4) / 2)]],
        [(pictures(10), times), (pictures(10, 32, 32), times)],
    )

    first, second = avlab.read(path), avlab.read(path, video_stream=1, audio_stream=1)

    assert first.frames.shape[1:] == (48, 64, 3)
    assert second.frames.shape[1:] == (32, 32, 3)
    assert torch.allclose(second.audio, first.audio / 2, atol=2**-14)


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pictures(1)[0].numpy()).save(buffer, "jpeg")
    return buffer.getvalue()


def with_cover(song: bytes) -> bytes:
    """An MP3 with a picture in an ID3 tag in front of it."""
    picture = b"\0image/jpeg\0\x03\0" + jpeg()
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frame + song


def test_cover_art_is_not_a_film(files, tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(with_cover(files[".mp3"].read_bytes()))
    with av.open(str(path)) as container:
        assert container.streams.video, "the file has a cover"

    clip = avlab.read(path)

    assert clip.frames is None
    assert torch.equal(clip.audio, avlab.read(files[".mp3"]).audio)


def test_a_title_in_another_alphabet_is_no_obstacle(files, tmp_path):
    data = bytearray(files[".wav"].read_bytes())
    title = b"LIST" + struct.pack("<I", 18) + b"INFOINAM" + struct.pack("<I", 6) + b"caf\xe9 \xff"
    data[4:8] = struct.pack("<I", len(data) + len(title) - 8)
    (tmp_path / "titled.wav").write_bytes(data + title)

    assert torch.equal(avlab.read(tmp_path / "titled.wav").audio, avlab.read(files[".wav"]).audio)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("sample_rate", [16000, None, 22050])
def test_a_part_is_what_the_whole_has_there(files, suffix, sample_rate):
    whole = avlab.read(files[suffix], sample_rate=sample_rate)
    # MPEG's sound decoder adds a dither of one step in 65,536 that depends on what it decoded before.
    tolerance = 1e-4 if suffix == ".mpg" else 0
    for start, end in [(0, 1), (1.2345, 2.5), (1 / 3, 0.9), (2.9, 3.5), (2.02, 2.021)]:
        part, expected = avlab.read(files[suffix], start, end, sample_rate=sample_rate), whole[start:end]

        assert len(part.audio) == len(expected.audio)
        assert torch.allclose(part.audio, expected.audio, rtol=0, atol=tolerance)
        if whole.frames is not None:
            assert torch.equal(part.frames, expected.frames)
            assert torch.allclose(part.frame_times, expected.frame_times, rtol=0, atol=1e-9)


def test_parts_of_mpeg_from_anywhere(tmp_path):
    # After a seek, MPEG's first packets have wrong times or none.
    path = avlab.write(film(seconds=10.0), tmp_path / "film.mpg")
    whole = avlab.read(path, sound=False)
    for start in torch.linspace(0.2, 9.3, 60).tolist():
        part, expected = avlab.read(path, start, start + 0.2, sound=False), whole[start : start + 0.2]

        assert torch.allclose(part.frame_times, expected.frame_times, rtol=0, atol=1e-9)
        assert torch.equal(part.frames, expected.frames)


def test_parts_of_mpeg_whose_keyframes_are_far_apart(tmp_path):
    times = [number / 25 for number in range(200)]
    far = {"g": "100", "bf": "0", "sc_threshold": "1000000000"}
    path = mux(
        tmp_path / "far.mpg",
        [],
        [(pictures(200, 96, 96), times)],
        video_codec="mpeg2video",
        video_options=far,
    )
    whole = avlab.read(path)
    for start in (1.0, 3.9, 5.5, 7.0):
        assert torch.equal(avlab.read(path, start, start + 0.3).frames, whole[start : start + 0.3].frames)


def test_a_seek_that_lands_badly_is_tried_from_further_back(files, monkeypatch):
    whole, real, calls = avlab.read(files[".mp4"]), decoding.decode, []

    def failing_at_first(packet):
        calls.append(packet)
        if len(calls) == 1:
            raise av.error.InvalidDataError(1, "Invalid data found when processing input")
        return real(packet)

    monkeypatch.setattr(decoding, "decode", failing_at_first)
    part = avlab.read(files[".mp4"], start=2.0, end=2.5)

    assert torch.equal(part.frames, whole[2.0:2.5].frames)


OPEN = {"x264-params": "open-gop=1:keyint=20:min-keyint=20:bframes=3:scenecut=0"}
REFRESH = {"x264-params": "intra-refresh=1:keyint=40"}


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mkv", "libx264", OPEN),  # frames before a keyframe lean on it and on the one before
        (".ts", "libx264", {"g": "60"}),  # no index: a seek guesses
        (".mov", "libx264", REFRESH),  # no keyframe at all after the first
        (".avi", "mpeg4", {"bf": "2", "g": "40"}),  # no presentation times
        (".avi", "libx264", {"g": "30"}),
    ],
)
def test_parts_of_films_that_other_programs_make(tmp_path, suffix, codec, options):
    times = [number / 25 for number in range(120)]
    film_ = (pictures(120, 96, 96), times)
    path = mux(tmp_path / f"film{suffix}", [], [film_], video_codec=codec, video_options=options)
    whole = avlab.read(path)
    assert torch.allclose(whole.frame_times, torch.tensor(times, dtype=torch.float64), atol=1e-3)
    for start in torch.linspace(0.1, 4.4, 12).tolist():
        part, expected = avlab.read(path, start, start + 0.3), whole[start : start + 0.3]

        assert torch.equal(part.frames, expected.frames)
        assert torch.allclose(part.frame_times, expected.frame_times, rtol=0, atol=1e-6)


@pytest.mark.parametrize("fps", [1, 7.3, 29.97, 60])
@pytest.mark.parametrize("suffix", WITH_PICTURES)
def test_frames_at_a_rate_are_those_on_screen_at_its_ticks(files, fps, suffix):
    whole = avlab.read(files[suffix])
    clip = avlab.read(files[suffix], fps=fps)

    end = whole.frame_times[-1].item() + 1 / whole.fps
    assert len(clip.frames) == pytest.approx(end * fps, abs=1)
    assert torch.equal(clip.frame_times, torch.arange(len(clip.frames), dtype=torch.float64) / fps)
    assert torch.equal(clip.frames, whole.frames[frame_on_screen(whole.frame_times, clip.frame_times)])


def test_ticks_count_from_where_the_part_begins(files):
    whole = avlab.read(files[".mp4"])
    part = avlab.read(files[".mp4"], start=1.01, end=2.0, fps=10)

    assert part.frame_times.tolist() == pytest.approx([number / 10 for number in range(10)])
    assert torch.equal(part.frames, whole.frames[frame_on_screen(whole.frame_times, part.frame_times + 1.01)])


def test_a_still_has_one_tick(tmp_path):
    path = avlab.write(Clip(pictures(1), torch.zeros(1, dtype=torch.float64)), tmp_path / "still.mp4")

    assert avlab.read(path, fps=10).frame_times.tolist() == [0.0]


def test_frames_of_a_size_asked_for(files):
    whole = avlab.read(files[".mp4"])

    assert avlab.read(files[".mp4"], size=(30, 20)).frames.shape == (90, 30, 20, 3)
    assert avlab.read(files[".mp4"], size=24).frames.shape == (90, 24, 32, 3)
    assert avlab.read(files[".mp4"], size=1).frames.shape == (90, 1, 1, 3)
    means = (
        avlab.read(files[".mp4"], size=12).frames.float().mean((1, 2)) - whole.frames.float().mean((1, 2))
    ).abs()
    assert means.max() < 3, "a smaller picture has the same colours"


def test_sound_at_a_rate_asked_for(files):
    clip = avlab.read(files[".wav"], sample_rate=8000)

    assert clip.sample_rate == 8000
    assert len(clip.audio) == 24000
    assert avlab.read(files[".wav"], sample_rate=None).sample_rate == 16000


def test_a_tone_keeps_its_pitch_and_loudness_when_resampled(tmp_path):
    path = avlab.write(Clip(audio=tone(2.0, 44100), sample_rate=44100), tmp_path / "tone.wav")

    inside = avlab.read(path).audio[1000:-1000]

    assert torch.allclose(inside, tone(2.0)[1000:-1000], atol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"start": 2, "end": 1}, "end=1 must come after start=2"),
        ({"start": 1, "end": 1}, "nothing between"),
        ({"start": -1}, "start=-1 must be a number of seconds, 0 or more"),
        ({"start": math.nan}, "start=nan"),
        ({"start": 1e15}, "number of seconds"),
        ({"start": 1e8}, "lies after the end"),
        ({"end": math.inf}, "end=inf"),
        ({"end": 0}, "must come after"),
        ({"fps": 0}, "fps=0"),
        ({"fps": -25.0}, "above 0"),
        ({"fps": math.nan}, "fps=nan"),
        ({"sample_rate": 0}, "sample_rate=0"),
        ({"sample_rate": True}, "whole number"),
        ({"size": 0}, "size=0"),
        ({"size": (48, -1)}, "height, width"),
        ({"size": 10**6}, "shorter side"),
        ({"video_stream": -1}, "video_stream=-1"),
        ({"pictures": False, "sound": False}, "leave nothing to read"),
        ({"start": 77.0}, "start=77 lies after the end"),
    ],
)
def test_arguments_that_make_no_sense_are_named(files, arguments, says):
    with pytest.raises(ValueError, match=says):
        avlab.read(files[".mp4"], **arguments)


def test_other_containers_are_read_too(tmp_path):
    times = [number / 25 for number in range(25)]
    for suffix in (".avi", ".mov", ".ts"):
        codec = "mp2" if suffix == ".ts" else "pcm_s16le"
        path = mux(
            tmp_path / f"film{suffix}", [[(0.0, tone(1.0))]], [(pictures(25), times)], sound_codec=codec
        )

        clip = avlab.read(path)

        assert len(clip.frames) == 25, suffix
        assert len(clip.audio) == pytest.approx(16000, abs=1200), suffix
