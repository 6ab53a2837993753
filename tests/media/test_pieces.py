import psutil
import pytest
import torch

import avlab
from tests.media.made import SOUND_ONLY, WITH_PICTURES


@pytest.mark.parametrize("suffix", WITH_PICTURES + SOUND_ONLY)
@pytest.mark.parametrize("seconds", [0.35, 1, 10.0])
def test_pieces_put_together_are_the_whole(files, suffix, seconds):
    whole = avlab.read(files[suffix])

    pieces = list(avlab.stream(files[suffix], seconds=seconds))

    assert torch.equal(torch.cat([piece.audio for piece in pieces]), whole.audio)
    if whole.frames is not None:
        times = torch.cat([piece.frame_times + number * seconds for number, piece in enumerate(pieces)])
        assert torch.equal(torch.cat([piece.frames for piece in pieces]), whole.frames)
        assert torch.allclose(times, whole.frame_times, rtol=0, atol=1e-9)


def test_pieces_are_as_long_as_asked_and_the_last_is_shorter(files):
    lengths = [len(piece.audio) for piece in avlab.stream(files[".wav"], seconds=0.8)]

    assert lengths == [12800, 12800, 12800, 9600]


def test_a_recording_that_fills_its_pieces_has_no_empty_one_behind(files):
    assert len(list(avlab.stream(files[".wav"], seconds=1.5))) == 2
    assert 3 * 0.7 < 2.1, "by a rounding, as it happens"
    assert len(list(avlab.stream(files[".wav"], seconds=0.7, end=2.1))) == 3


def test_pieces_take_the_arguments_of_read(files):
    arguments = {"start": 0.5, "end": 2.6, "fps": 10, "sample_rate": 8000, "size": 24}
    whole = avlab.read(files[".mp4"], **arguments)

    pieces = list(avlab.stream(files[".mp4"], seconds=0.75, **arguments))

    assert [len(piece.frames) for piece in pieces] == [8, 7, 6]
    assert torch.equal(torch.cat([piece.frames for piece in pieces]), whole.frames)
    assert torch.equal(torch.cat([piece.audio for piece in pieces]), whole.audio)


def open_files() -> list[str]:
    return [entry.path for entry in psutil.Process().open_files()]


def test_the_file_is_closed_when_one_stops_early(files):
    path = str(files[".mp4"])
    pieces = avlab.stream(path, seconds=0.5)
    next(pieces)
    assert path in open_files()

    pieces.close()

    assert path not in open_files()


def test_the_file_is_closed_at_the_end(files):
    list(avlab.stream(files[".mp4"]))
    avlab.read(files[".mp4"], end=1)

    assert str(files[".mp4"]) not in open_files()


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_the_length_of_a_piece_must_make_sense(files, seconds):
    with pytest.raises(ValueError, match="above 0"):
        avlab.stream(files[".mp4"], seconds=seconds)


def test_bad_arguments_are_named_before_the_first_piece_is_asked_for(files):
    with pytest.raises(ValueError, match="fps"):
        avlab.stream(files[".mp4"], fps=-1)


def test_of_a_damaged_recording_the_good_pieces_come_first(files, tmp_path):
    whole = avlab.read(files[".mkv"])
    data = files[".mkv"].read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    good = []

    with pytest.raises(avlab.errors.DamagedMedia) as caught:
        good.extend(avlab.stream(tmp_path / "cut.mkv", seconds=0.5))
        pytest.fail("the damage was not seen")

    pieces = []
    with pytest.raises(avlab.errors.DamagedMedia):
        for piece in avlab.stream(tmp_path / "cut.mkv", seconds=0.5):
            pieces.append(piece)
    frames = torch.cat([piece.frames for piece in [*pieces, caught.value.partial]])
    assert len(pieces) >= 2
    assert torch.equal(frames, whole.frames[: len(frames)])
