import io
import os
import pickle
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

import avlab
from avlab import errors
from avlab.errors import (
    AbsurdMedia,
    DamagedMedia,
    EmptyMedia,
    ForbiddenMedia,
    MediaError,
    MissingMedia,
    NotMedia,
    UnknownStream,
)
from tests.media.made import mux, pictures, tone


def refused(kind: type[MediaError], path, **arguments) -> MediaError:
    """The error that reading raises, once it is sure that it says what, where and what to do."""
    with pytest.raises(kind) as caught:
        avlab.read(path, **arguments)
    error = caught.value
    assert type(error) is kind
    assert str(path) in str(error)
    assert all(sentence.strip().endswith((".", "`.")) for sentence in (error.problem, error.remedy))
    return error


def test_a_missing_file(tmp_path):
    assert "not there" in refused(MissingMedia, tmp_path / "nowhere.mp4").problem
    refused(MissingMedia, tmp_path / "nowhere" / "film.mp4")
    (tmp_path / "file").write_text("a file, not a folder")
    refused(MissingMedia, tmp_path / "file" / "film.mp4")
    refused(MissingMedia, tmp_path / ("long" * 100 + ".mp4"))


def test_a_name_that_ffmpeg_would_take_for_something_else(tmp_path, monkeypatch, files):
    monkeypatch.chdir(tmp_path)
    refused(MissingMedia, "https:/example.org/film.mp4")
    refused(MissingMedia, "concat:film.mp4")
    (tmp_path / "concat:film.mp4").write_bytes(files[".mp4"].read_bytes())

    assert len(avlab.read("concat:film.mp4").frames) == 90


def test_a_folder(tmp_path):
    assert "folder" in refused(MissingMedia, tmp_path).problem


def test_a_pipe_which_would_wait_for_ever(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")

    assert "pipe" in refused(NotMedia, tmp_path / "pipe.mp4").problem
    refused(NotMedia, "/dev/zero")


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.mp4").touch()

    assert "no bytes" in refused(EmptyMedia, tmp_path / "empty.mp4").problem


@pytest.mark.parametrize(
    "content",
    [b"no recording at all, but words\n" * 50, bytes(5000), b"x", b"\x8f\x02\xe1\x5c\x99\x00\xd3\x7a\x41"],
)
def test_something_that_is_no_recording(tmp_path, content):
    (tmp_path / "notes.mp4").write_bytes(content)

    refused(NotMedia, tmp_path / "notes.mp4")


def test_a_picture_is_no_recording(tmp_path):
    Image.fromarray(pictures(1)[0].numpy()).save(tmp_path / "photo.png")

    refused(NotMedia, tmp_path / "photo.png")


def test_a_play_list_is_not_followed(tmp_path, files):
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{files['.mp4']}\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.m3u8").write_text(text)

    refused(NotMedia, tmp_path / "list.m3u8")


def test_a_file_that_may_not_be_read(tmp_path, files):
    path = tmp_path / "secret.mp4"
    path.write_bytes(files[".mp4"].read_bytes())
    path.chmod(0)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)  # nobody: the rights of files do not bind root
    try:
        refused(ForbiddenMedia, path)
    finally:
        os.seteuid(me)


def test_streams_that_do_not_exist(files):
    error = refused(UnknownStream, files[".mp4"], video_stream=1)

    assert "1 picture streams" in error.problem
    assert "video_stream=1" in error.problem
    refused(UnknownStream, files[".mp4"], audio_stream=7)
    refused(UnknownStream, files[".wav"], video_stream=0)


def test_a_half_that_the_file_does_not_have(files):
    assert "no pictures" in refused(EmptyMedia, files[".wav"], sound=False).problem


def wav(rate: int = 16000, channels: int = 1, length: int = 3200) -> bytes:
    form = struct.pack(
        "<HHIIHH", 1, channels, rate, rate * channels * 2 & 0xFFFFFFFF, channels * 2 & 0xFFFF, 16
    )
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", length) + bytes(length)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("rate", "channels"), [(2_000_000, 1), (3, 1), (16000, 4000)])
def test_sound_of_an_absurd_rate_or_number_of_channels(tmp_path, rate, channels):
    (tmp_path / "absurd.wav").write_bytes(wav(rate, channels, 16000))

    refused(AbsurdMedia, tmp_path / "absurd.wav")


def test_frames_of_an_absurd_size(tmp_path):
    # A white square of 67 million pixels, in half a megabyte.
    path, content = tmp_path / "giant.avi", io.BytesIO()
    Image.new("L", (8200, 8200), 255).save(content, "jpeg")
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        packet = av.Packet(content.getvalue())
        packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, Fraction(1, 25)
        output.mux(packet)

    assert "8200×8200" in refused(AbsurdMedia, path).problem


def test_a_recording_that_claims_to_last_for_years(tmp_path):
    path = tmp_path / "ages.flac"
    avlab.write(avlab.Clip(audio=tone(1.0), sample_rate=16000), path)
    data = bytearray(path.read_bytes())
    data[21] |= 0x0F  # the upper bits of the number of samples in STREAMINFO
    path.write_bytes(data)

    assert "claims to last" in refused(AbsurdMedia, path).problem


def test_a_codec_that_ffmpeg_does_not_know(tmp_path, files):
    data = files[".mkv"].read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/XYZ")
    (tmp_path / "new.mkv").write_bytes(data)

    error = refused(NotMedia, tmp_path / "new.mkv")

    assert "pictures=False" in error.remedy
    assert len(avlab.read(tmp_path / "new.mkv", pictures=False).audio) == 48000


def test_a_recording_without_a_single_sample(tmp_path):
    (tmp_path / "none.wav").write_bytes(wav(length=0))

    refused(EmptyMedia, tmp_path / "none.wav")


def test_samples_that_are_no_numbers(tmp_path):
    path = tmp_path / "nan.wav"
    avlab.write(avlab.Clip(audio=tone(1.0), sample_rate=16000), path)
    data = bytearray(path.read_bytes())
    data[-20000:-19996] = np.float32("nan").tobytes()
    path.write_bytes(data)

    error = refused(DamagedMedia, path)

    assert "no number" in error.problem
    assert 0 < len(error.partial.audio) <= 11000


def test_times_that_run_backwards_or_leap(tmp_path):
    still = pictures(4)
    back = mux(tmp_path / "leap.mkv", [], [(still, [0.0, 0.04, 0.08, 5000.0])])

    error = refused(DamagedMedia, back)

    assert "leaps" in error.problem
    assert len(error.partial.frames) == 3


def test_errors_travel_between_processes(files):
    error = refused(UnknownStream, files[".mp4"], video_stream=3)

    copy = pickle.loads(pickle.dumps(error))

    assert str(copy) == str(error)
    assert (copy.path, copy.problem, copy.remedy) == (error.path, error.problem, error.remedy)


def test_no_error_is_only_a_media_error():
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MediaError)
    ]

    assert len(kinds) == 10
    assert all(kind.__doc__ for kind in kinds)
