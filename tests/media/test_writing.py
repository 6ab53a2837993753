import math
import os
import subprocess
import sys

import av
import numpy as np
import pytest
import torch

import avlab
from avlab import Clip
from avlab.errors import ForbiddenMedia, MissingMedia, UnwritableMedia
from avlab.media import encode, writing
from tests.media.made import SOUND_ONLY, WITH_PICTURES, film, pictures, sound_of, tone

CODECS = {
    ".mp4": {"h264", "aac"},
    ".mkv": {"h264", "flac"},
    ".webm": {"vp9", "opus"},
    ".mpg": {"mpeg2video", "mp2"},
    ".wav": {"pcm_f32le"},
    ".flac": {"flac"},
    ".mp3": {"mp3float"},
    ".ogg": {"opus"},
}


@pytest.mark.parametrize("suffix", CODECS)
def test_each_format_holds_the_codecs_that_its_players_expect(files, suffix):
    with av.open(str(files[suffix])) as container:
        assert {stream.codec_context.name for stream in container.streams} == CODECS[suffix]


def test_an_mp4_plays_in_every_browser(files):
    data = files[".mp4"].read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index comes first, so that playing begins at once"
    with av.open(str(files[".mp4"])) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_write_gives_back_the_path(tmp_path):
    path = avlab.write(Clip(audio=tone(0.1), sample_rate=16000), str(tmp_path / "A.WAV"))

    assert path == tmp_path / "A.WAV"
    assert path.exists()


def test_streams_lie_side_by_side_in_the_file(tmp_path):
    path = avlab.write(film(seconds=30.0, fps=5.0, height=16, width=16), tmp_path / "film.mp4")
    latest = {"video": 0.0, "audio": 0.0}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.size:
                latest[packet.stream.type] = float(packet.dts * packet.time_base)
                assert abs(latest["video"] - latest["audio"]) < 1.0


@pytest.mark.parametrize("suffix", WITH_PICTURES + SOUND_ONLY)
def test_the_same_clip_gives_the_same_bytes(tmp_path, suffix):
    clip = film(seconds=1.0) if suffix in WITH_PICTURES else sound_of(film(seconds=1.0))
    contents = set()
    for size in range(8):
        rubbish = [os.urandom(10_000 * size + 5000) for _ in range(9)]
        contents.add(avlab.write(clip, tmp_path / f"film{suffix}").read_bytes())
        del rubbish

    assert len(contents) == 1


def test_the_bytes_do_not_depend_on_how_many_cores_there_are(tmp_path):
    data = avlab.write(film(seconds=0.2, height=240, width=320), tmp_path / "film.mp4").read_bytes()

    assert b" threads=1 " in data, "x264 writes its settings into the film"


def test_encode_gives_the_bytes_of_the_file(tmp_path):
    clip = film(seconds=0.5)

    assert encode(clip, "mp4") == avlab.write(clip, tmp_path / "film.mp4").read_bytes()
    assert encode(sound_of(clip), "mp3")[:3] == b"ID3"


@pytest.mark.parametrize("suffix", WITH_PICTURES)
@pytest.mark.parametrize(("height", "width"), [(47, 64), (48, 63), (33, 35)])
def test_an_odd_size_gets_a_copy_of_its_edge(tmp_path, suffix, height, width):
    grey = torch.full((5, height, width, 3), 40, dtype=torch.uint8)
    grey[:, -1], grey[:, :, -1] = 200, 200
    times = torch.arange(5, dtype=torch.float64) / 25

    frames = avlab.read(avlab.write(Clip(grey, times), tmp_path / f"odd{suffix}")).frames.float()

    assert frames.shape[1:3] == (height + height % 2, width + width % 2)
    assert frames[:, -1, :-3].mean().item() == pytest.approx(200, abs=12)
    assert frames[:, : height - 4, : width - 4].mean().item() == pytest.approx(40, abs=6)


@pytest.mark.parametrize("suffix", WITH_PICTURES)
def test_colours_come_back(tmp_path, suffix):
    patches = torch.tensor(
        [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [128, 60, 200]]
    )
    frame = patches.repeat_interleave(16, 0).to(torch.uint8).expand(16, 96, 3)
    path = avlab.write(Clip(frame[None], torch.zeros(1, dtype=torch.float64)), tmp_path / f"patches{suffix}")

    got = avlab.read(path).frames[0].float().reshape(16, 6, 16, 3)[:, :, 4:-4].mean((0, 2))

    assert (got - patches).abs().max() < 8


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mpg"])
def test_colours_are_labelled_so_that_no_player_has_to_guess(files, suffix):
    with av.open(str(files[suffix])) as container:
        frame = next(container.decode(video=0))

    assert (frame.colorspace, frame.color_range) == (6, 1), "BT.601, from 16 to 235"


def test_noise_is_stored_as_it_is(tmp_path):
    # AAC may write "noise here" in place of noise, and each reading draws it anew.
    noise = torch.randn(132300, generator=torch.Generator().manual_seed(0)) / 10
    path = avlab.write(Clip(audio=noise, sample_rate=44100), tmp_path / "noise.mp4")

    whole, part = avlab.read(path, sample_rate=None), avlab.read(path, start=1.5, sample_rate=None)

    assert torch.equal(part.audio, whole[1.5:].audio)


def test_opencv_sees_the_same_colours(tmp_path):
    cv2 = pytest.importorskip("cv2")
    path = avlab.write(Clip(pictures(3), torch.arange(3, dtype=torch.float64) / 25), tmp_path / "film.mp4")
    theirs = cv2.cvtColor(cv2.VideoCapture(str(path)).read()[1], cv2.COLOR_BGR2RGB)

    assert np.abs(theirs.astype(int) - avlab.read(path).frames[0].numpy()).max() <= 2


def test_a_film_without_steady_rate_is_written_to_mpg_as_what_is_on_screen(tmp_path):
    times = torch.tensor([0.0, 0.04, 0.08, 0.32, 0.36], dtype=torch.float64)
    clip = Clip(pictures(5) // 8 + torch.arange(5, dtype=torch.uint8)[:, None, None, None] * 40, times)

    got = avlab.read(avlab.write(clip, tmp_path / "film.mpg"))

    assert got.frame_times.tolist() == pytest.approx([number / 25 for number in range(10)], abs=1e-4)
    nearest = (got.frames[:, None].float() - clip.frames[None].float()).abs().mean((2, 3, 4)).argmin(1)
    assert nearest.tolist() == [0, 1, 2, 2, 2, 2, 2, 2, 3, 4]


@pytest.mark.parametrize("suffix", WITH_PICTURES + SOUND_ONLY)
@pytest.mark.parametrize("sample_rate", [7000, 11025, 16000, 44100, 192000])
def test_sound_of_any_rate_is_written(tmp_path, suffix, sample_rate):
    path = avlab.write(Clip(audio=tone(0.5, sample_rate), sample_rate=sample_rate), tmp_path / f"a{suffix}")

    clip = avlab.read(path)

    assert len(clip.audio) == pytest.approx(8000, abs=2 if suffix != ".mpg" else 1500)
    middle = clip.audio[2000:6000]
    assert middle.abs().max().item() == pytest.approx(1 / 3, abs=0.05)


def test_a_half_without_anything_is_left_out(tmp_path):
    empty = Clip(pictures(5)[:0], torch.zeros(0, dtype=torch.float64), tone(0.5), 16000)

    assert avlab.read(avlab.write(empty, tmp_path / "a.wav")).frames is None


@pytest.mark.parametrize(
    ("clip", "name", "says"),
    [
        (film(seconds=0.2), "a.wav", "sound only"),
        (film(seconds=0.2), "a.ogg", "sound only"),
        (film(seconds=0.2), "a.gif", ".mp4, .mkv, .webm, .mpg, .wav, .flac, .mp3, .ogg"),
        (film(seconds=0.2), "film", "''"),
        (Clip(), "a.mp4", "no frame and no sample"),
        (Clip(pictures(1)[:0], torch.zeros(0, dtype=torch.float64)), "a.mp4", "no frame and no sample"),
        (Clip(audio=torch.tensor([0.0, math.nan]), sample_rate=16000), "a.wav", "NaN"),
        (Clip(audio=torch.tensor([0.0, math.inf]), sample_rate=16000), "a.mp3", "infinity"),
        (
            Clip(torch.zeros(1, 2, 17000, 3, dtype=torch.uint8), torch.zeros(1, dtype=torch.float64)),
            "a.mp4",
            "could not",
        ),
    ],
)
def test_what_cannot_be_written_is_named(tmp_path, clip, name, says):
    with pytest.raises(UnwritableMedia) as caught:
        avlab.write(clip, tmp_path / name)

    assert says in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(MissingMedia, match="no folder"):
        avlab.write(film(seconds=0.2), tmp_path / "nowhere" / "film.mp4")


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "film.mp4").mkdir()

    with pytest.raises(UnwritableMedia):
        avlab.write(film(seconds=0.2), tmp_path / "film.mp4")

    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]


def test_a_folder_where_one_may_not_write(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(ForbiddenMedia):
            avlab.write(film(seconds=0.2), tmp_path / "locked" / "film.mp4")
    finally:
        os.seteuid(me)


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failure):
    path = tmp_path / "film.mp4"
    avlab.write(film(seconds=0.2), path)
    before, real, made = path.read_bytes(), writing._picture, []

    def interrupted(pixels):
        made.append(pixels)
        if len(made) == 20:
            raise failure
        return real(pixels)

    monkeypatch.setattr(writing, "_picture", interrupted)
    with pytest.raises(failure):
        avlab.write(film(seconds=2.0), path)

    assert len(made) == 20
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    # A limit on the size of files stands in for the disk: in a process of its own, since it cannot be lifted again.
    code = f"""
import resource, signal, sys
sys.path.insert(0, {str(os.getcwd())!r})
from tests.media.made import film, pictures
import avlab
clip = film(seconds=1.0)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    avlab.write(clip, {str(tmp_path / "film.mkv")!r})
except avlab.errors.UnwritableMedia as error:
    print(error.problem)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "could not be written" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_file_has_the_rights_that_any_new_file_has(tmp_path):
    (tmp_path / "other").touch()
    path = avlab.write(Clip(audio=tone(0.1), sample_rate=16000), tmp_path / "a.wav")

    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode
