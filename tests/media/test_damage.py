import random
from pathlib import Path

import pytest
import torch

import avlab
from avlab.errors import DamagedMedia, MediaError
from avlab.media.ending import ends_early
from avlab.media.mpeg_audio import packet_length
from tests.media.made import SOUND_ONLY, WITH_PICTURES, film, sound_of
from tests.media.spoiling import packets, whole_before

FORMATS = WITH_PICTURES + SOUND_ONLY
NAMES = {
    ".mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    ".mkv": "matroska,webm",
    ".webm": "matroska,webm",
    ".mpg": "mpeg",
    ".wav": "wav",
    ".mp3": "mp3",
    ".ogg": "ogg",
}


def cut(source: Path, folder: Path, end: int) -> Path:
    path = folder / f"cut{source.suffix}"
    path.write_bytes(source.read_bytes()[:end])
    return path


def damage(path: Path, **arguments) -> DamagedMedia:
    with pytest.raises(DamagedMedia) as caught:
        avlab.read(path, **arguments)
    return caught.value


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.55, 0.8, 0.97])
def test_of_a_file_cut_short_the_beginning_comes_back_as_it_was(files, tmp_path, suffix, share):
    whole = avlab.read(files[suffix])
    end = round(files[suffix].stat().st_size * share)
    path = cut(files[suffix], tmp_path, end)

    error = damage(path)

    frames, chunks = whole_before(files[suffix], path, end)
    got = error.partial
    if whole.frames is not None:
        assert len(got.frames) >= frames - 3, "three may wait for one that was cut off"
        assert torch.equal(got.frames, whole.frames[: len(got.frames)])
        assert torch.equal(got.frame_times, whole.frame_times[: len(got.frames)])
    per_packet = len(whole.audio) / len(packets(files[suffix])["audio"])
    assert len(got.audio) >= (chunks - 4) * per_packet
    assert torch.equal(got.audio, whole.audio[: len(got.audio)])
    assert "partial" in error.remedy


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mpg"])
@pytest.mark.parametrize("share", [0.3, 0.55, 0.8])
def test_the_error_names_the_end_of_the_last_frame_that_came_back(files, tmp_path, suffix, share):
    # Frames that the decoder still holds when it meets the damage come out as well.
    error = damage(cut(files[suffix], tmp_path, round(files[suffix].stat().st_size * share)), sound=False)

    assert f"Its picture breaks off after {error.partial.duration:.2f} s" in error.problem


def test_the_error_names_the_last_sample_that_came_back(files, tmp_path):
    error = damage(cut(files[".wav"], tmp_path, 71500))

    assert f"Its sound breaks off after {error.partial.duration:.2f} s" in error.problem


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mpg", ".wav", ".flac", ".mp3", ".ogg"])
def test_a_part_before_the_cut_is_read_without_complaint(files, tmp_path, suffix):
    path = cut(files[suffix], tmp_path, round(files[suffix].stat().st_size * 0.9))
    whole = avlab.read(files[suffix], end=1.0)

    clip = avlab.read(path, end=1.0)

    assert torch.equal(clip.audio, whole.audio)
    if whole.frames is not None:
        assert torch.equal(clip.frames, whole.frames)


def test_an_mpeg_cut_exactly_between_two_packs_has_no_half_frame(tmp_path):
    # No header tells; the frame that breaks off does. Noise makes frames that are longer than a pack.
    noise = torch.randint(
        0, 256, (8, 12, 16, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8
    )
    noise = noise.repeat_interleave(12, 1).repeat_interleave(12, 2)
    clip = avlab.Clip(noise, torch.arange(8, dtype=torch.float64) / 25)
    path = avlab.write(clip, tmp_path / "film.mpg")
    whole = avlab.read(path)
    for packs in range(6, path.stat().st_size // 2048 - 2, 5):
        half = cut(path, tmp_path, packs * 2048)
        assert not ends_early(half, "mpeg")

        error = damage(half)

        assert "in part" in error.problem
        if error.partial is not None:
            assert torch.equal(error.partial.frames, whole.frames[: len(error.partial.frames)])


def test_an_mp4_whose_index_was_never_written(files, tmp_path):
    # As a recorder leaves it when its battery dies: the film without the box that says where everything lies.
    data = files[".mp4"].read_bytes()
    at = data.index(b"moov") - 4
    length = int.from_bytes(data[at : at + 4], "big")
    (tmp_path / "dead.mp4").write_bytes(data[:at] + data[at + length :])

    error = damage(tmp_path / "dead.mp4")

    assert error.partial is None
    assert "begins as mp4" in error.problem


@pytest.mark.parametrize("suffix", FORMATS)
def test_whole_files_are_not_taken_for_cut_ones(files, suffix):
    assert not ends_early(files[suffix], NAMES.get(suffix, "flac"))


@pytest.mark.parametrize("suffix", NAMES)
def test_a_missing_last_byte_is_seen(files, tmp_path, suffix):
    size = files[suffix].stat().st_size

    assert ends_early(cut(files[suffix], tmp_path, size - 1), NAMES[suffix])
    assert ends_early(cut(files[suffix], tmp_path, size // 2), NAMES[suffix])


def test_files_whose_length_is_not_written_in_them_are_whole(tmp_path, files):
    # What programs write that cannot go back to the beginning: "unknown" in place of the length.
    wav = bytearray(files[".wav"].read_bytes())
    at = wav.index(b"data") + 4
    wav[at : at + 4] = b"\xff" * 4
    (tmp_path / "piped.wav").write_bytes(wav)
    mkv = bytearray(files[".mkv"].read_bytes())
    at = mkv.index(b"\x18\x53\x80\x67") + 4
    mkv[at : at + 8] = b"\x01" + b"\xff" * 7
    (tmp_path / "live.mkv").write_bytes(mkv)

    assert len(avlab.read(tmp_path / "piped.wav").audio) == 48000
    assert len(avlab.read(tmp_path / "live.mkv").frames) == 90


def test_a_flac_cut_between_two_packets_misses_samples_that_it_promised(files, tmp_path):
    _, place = packets(files[".flac"])["audio"][-1]

    error = damage(cut(files[".flac"], tmp_path, place))

    assert "promises 48000 samples" in error.problem
    assert 40000 < len(error.partial.audio) < 48000


def test_an_ogg_cut_between_two_pages_lacks_the_one_that_ends_it(files, tmp_path):
    path = cut(files[".ogg"], tmp_path, files[".ogg"].read_bytes().rindex(b"OggS"))

    assert ends_early(path, "ogg")
    assert 2.5 < damage(path).partial.duration < 3.0


def test_sound_cut_inside_its_last_packet_is_seen_without_any_header(files, tmp_path):
    # The first packet of an MP3 holds the length of the file; without it, only the last packet tells.
    (_, start), (_, second) = packets(files[".mp3"])["audio"][:2]
    data = files[".mp3"].read_bytes()
    (tmp_path / "plain.mp3").write_bytes(data[second:])
    (tmp_path / "cut.mp3").write_bytes(data[second:-100])

    whole = avlab.read(tmp_path / "plain.mp3")
    error = damage(tmp_path / "cut.mp3")

    assert start < second
    assert torch.equal(error.partial.audio, whole.audio[: len(error.partial.audio)])


@pytest.mark.parametrize(
    "tail", [b"TAG" + b"A title".ljust(125, b"\0"), bytes(700), b"LYRICSBEGIN" + b"la " * 99]
)
def test_tags_and_filling_behind_an_mp3_are_no_damage(files, tmp_path, tail):
    path = tmp_path / "tagged.mp3"
    path.write_bytes(files[".mp3"].read_bytes() + tail)

    assert torch.equal(avlab.read(path).audio[:48000], avlab.read(files[".mp3"]).audio)


def test_a_damaged_picture_ends_the_pictures_and_not_the_sound(files, tmp_path):
    whole = avlab.read(files[".mp4"])
    data = bytearray(files[".mp4"].read_bytes())
    middle, place = packets(files[".mp4"])["video"][45]
    data[place : place + len(middle)] = random.Random(0).randbytes(len(middle))
    (tmp_path / "scratched.mp4").write_bytes(data)

    error = damage(tmp_path / "scratched.mp4")

    assert 30 <= len(error.partial.frames) <= 46
    assert torch.equal(error.partial.frames, whole.frames[: len(error.partial.frames)])
    assert torch.equal(error.partial.audio, whole.audio)


def test_a_cut_file_whose_sound_never_began_gives_its_pictures(tmp_path):
    path = avlab.write(film(seconds=1.0, height=160, width=160), tmp_path / "film.mpg")
    sound = path.read_bytes().index(b"\0\0\1\xc0")

    try:
        clip = avlab.read(cut(path, tmp_path, sound + 100))
    except MediaError as error:
        clip = error.partial

    assert clip is None or clip.audio is None or not len(clip.audio)


def test_ffmpeg_does_not_talk_into_the_notebook(files, tmp_path, capfd):
    damage(cut(files[".mp4"], tmp_path, 9000))
    damage(cut(files[".ogg"], tmp_path, 9000))

    assert capfd.readouterr() == ("", "")


def test_the_length_of_mpeg_sound_is_in_its_head(files):
    for data, _ in packets(files[".mp3"])["audio"] + packets(files[".mpg"])["audio"]:
        assert packet_length(data[:4]) == len(data)
    assert packet_length(b"\xff\xfb\x90\x00") == 417, "MPEG-1 layer 3, 128 kbit/s, 44.1 kHz"
    assert packet_length(b"\xff\xfb\x92\x00") == 418, "the same with a byte of padding"
    assert packet_length(b"\xff\xff\x14\x00") == 32 * 12 * 1000 // 48000 * 4, (
        "MPEG-1 layer 1, 32 kbit/s, 48 kHz"
    )
    assert packet_length(b"\xff\xe3\x40\x00") == 72 * 32000 // 11025, (
        "MPEG-2.5 layer 3, 32 kbit/s, 11.025 kHz"
    )


@pytest.mark.parametrize(
    "head", [b"TAG ", b"\xff\xfb", b"\xff\xfb\xf0\x00", b"\xff\xfb\x9c\x00", b"\xff\xeb\x90\x00"]
)
def test_what_is_no_head_of_mpeg_sound_has_no_length(head):
    assert packet_length(head) == 0


def test_the_sound_of_a_spoiled_film_is_given_even_without_its_pictures(files, tmp_path):
    path = cut(files[".mkv"], tmp_path, round(files[".mkv"].stat().st_size * 0.6))

    error = damage(path, pictures=False)

    assert error.partial.frames is None
    assert torch.equal(error.partial.audio, avlab.read(files[".mkv"]).audio[: len(error.partial.audio)])
    assert sound_of(error.partial).duration > 1
