import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import avlab
from avlab import Clip
from avlab.errors import TooLargeMedia
from avlab.media import decoding, memory
from avlab.media.memory import Pile, free_bytes, refuse_more_than
from tests.media.hours import repeated
from tests.media.made import film, pictures, sound_of, tone

MB = 2**20
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hours(tmp_path_factory) -> dict[str, Path]:
    """Recordings of an hour: frames of 64 by 48, ten a second, and sound."""
    folder = tmp_path_factory.mktemp("hours")
    ten = film(seconds=10.0, fps=10.0, sample_rate=16000)
    found = {}
    for suffix in (".mp4", ".webm", ".mpg", ".mp3", ".wav"):
        short = avlab.write(
            ten if suffix in (".mp4", ".webm", ".mpg") else sound_of(ten), folder / f"ten{suffix}"
        )
        found[suffix] = repeated(short, folder / f"hour{suffix}", 360, 10.0)
    return found


@pytest.fixture
def counted(monkeypatch) -> dict[str, int]:
    """How many frames came out of decoders, by kind."""
    counts, real = {"video": 0, "audio": 0}, decoding.decode

    def counting(packet):
        frames = real(packet)
        counts[packet.stream.type] += len(frames)
        return frames

    monkeypatch.setattr(decoding, "decode", counting)
    return counts


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mpg", ".mp3", ".wav"])
def test_one_second_out_of_an_hour_decodes_about_one_second(hours, counted, suffix):
    clip = avlab.read(hours[suffix], start=3000, end=3001)

    assert len(clip.audio) == 16000
    # From the keyframe before, which comes every ten seconds here; MPEG's come twelve frames apart.
    assert counted["video"] <= 2 * 10 + 24
    per_second = {".mp4": 16, ".webm": 50, ".mpg": 14, ".mp3": 28, ".wav": 16}[suffix]
    assert counted["audio"] <= 4 * per_second + 8
    if suffix in (".mp4", ".webm", ".mpg"):
        assert len(clip.frames) == 10
        assert torch.equal(clip.frames, avlab.read(hours[suffix], start=0, end=1).frames)


def test_one_second_at_the_end_of_an_hour(hours, counted):
    clip = avlab.read(hours[".mp4"], start=3598.5, end=3599.5)

    assert len(clip.frames) == 10
    assert counted["video"] <= 110


def test_frames_that_are_not_asked_for_are_not_kept(hours):
    clip = avlab.read(hours[".mp4"], start=1000, end=1600, fps=0.1, sound=False)

    assert clip.frame_times.tolist() == [10.0 * number for number in range(60)]


def grown_by(code: str) -> float:
    """By how many megabytes a process grows while it runs `code`, after it has read something small."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the peak of this process alone; getrusage includes its parent's")
    whole = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
import avlab
peak = lambda: int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
{code.split("---")[0]}
before = peak()
{code.split("---")[1]}
print(peak() - before)
"""
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_one_second_out_of_an_hour_holds_about_one_second(hours):
    path = str(hours[".mp4"])
    code = f"avlab.read({path!r}, end=1) --- avlab.read({path!r}, start=3000, end=3001)"

    assert grown_by(code.replace(" --- ", "\n---\n")) < 30


@pytest.fixture(scope="module")
def long_film(tmp_path_factory) -> Path:
    """Two minutes in frames of 320 by 240: 264 MB when decoded, of which ten seconds are 22 MB."""
    folder = tmp_path_factory.mktemp("long")
    short = avlab.write(film(seconds=10.0, fps=10.0, height=240, width=320), folder / "ten.mp4")
    return repeated(short, folder / "long.mp4", 12, 10.0)


def test_a_long_film_is_streamed_in_the_memory_of_a_piece_or_two(long_film):
    path = str(long_film)
    code = f"""
avlab.read({path!r}, end=1)
---
frames = 0
for piece in avlab.stream({path!r}, seconds=10):
    frames += len(piece.frames)
assert frames == 1200, frames
"""

    assert grown_by(code) < 90


def test_a_clip_takes_no_more_while_it_is_read_than_afterwards(long_film):
    code = f"""
avlab.read({str(long_film)!r}, end=1)
---
clip = avlab.read({str(long_film)!r}, sound=False)
assert clip.frames.numel() == 1200 * 320 * 240 * 3
"""

    assert grown_by(code) < 264 * 1.2 + 20


def test_what_does_not_fit_is_refused_before_it_is_decoded(hours, counted, monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 200 * MB)

    with pytest.raises(TooLargeMedia) as caught:
        avlab.read(hours[".mp4"])

    assert counted["video"] + counted["audio"] < 10
    for way_out in ("start=", "end=", "fps=", "size=", "pictures=False", "avlab.stream"):
        assert way_out in caught.value.remedy


@pytest.mark.parametrize(
    "arguments", [{"start": 10, "end": 60}, {"fps": 1, "end": 200}, {"size": 4, "end": 200}]
)
def test_the_remedies_help(hours, monkeypatch, arguments):
    monkeypatch.setattr(memory, "free_bytes", lambda: 40 * MB)

    assert len(avlab.read(hours[".mp4"], **arguments).frames) > 50


def test_a_header_that_says_too_little_does_not_fill_the_memory(tmp_path, monkeypatch):
    # The length in this header is that of a second; there are ten of them in the file.
    path = avlab.write(Clip(audio=tone(10.0), sample_rate=16000), tmp_path / "liar.mp3")
    data = bytearray(path.read_bytes())
    at = data.index(b"Info") + 8
    data[at : at + 4] = (28).to_bytes(4, "big")
    path.write_bytes(data)
    monkeypatch.setattr(memory, "free_bytes", lambda: MB // 4)

    with pytest.raises(TooLargeMedia):
        avlab.read(path)


def test_a_film_whose_header_says_nothing_does_not_fill_the_memory(tmp_path, files, monkeypatch):
    data = bytearray(files[".mkv"].read_bytes())
    at = data.index(b"\x44\x89\x88")  # the segment's duration
    data[at : at + 2] = b"\xec\x89"  # the same eleven bytes as an element of filling
    (tmp_path / "endless.mkv").write_bytes(data)
    monkeypatch.setattr(memory, "free_bytes", lambda: 300_000)

    with pytest.raises(TooLargeMedia):
        avlab.read(tmp_path / "endless.mkv", sound=False)


def test_a_pile_gives_back_what_was_put_on_it():
    pile = Pile(Path("x"), limit=10 * MB, rows=3)
    rows = [np.full((number % 3, 4, 2), number, np.int16) for number in range(50)]
    for some in rows:
        pile.append(some)

    assert np.array_equal(pile.taken((4, 2), np.int16), np.concatenate(rows))


def test_a_pile_refuses_what_is_over_its_limit():
    pile = Pile(Path("film.mp4"), limit=1000)
    pile.append(np.zeros((10, 100), np.uint8))

    with pytest.raises(TooLargeMedia, match=r"film\.mp4"):
        pile.append(np.zeros((1, 100), np.uint8))


def test_an_empty_pile_has_the_shape_that_was_asked_for():
    assert Pile(Path("x"), 10).taken((4, 5, 3), np.uint8).shape == (0, 4, 5, 3)


def test_the_message_has_both_sizes():
    with pytest.raises(TooLargeMedia, match=r"takes 12 GB of memory or more; 3\.5 GB may be used"):
        refuse_more_than(int(3.5 * 2**30), 12 * 2**30, Path("film.mp4"))


def test_what_is_free_is_less_than_what_there_is():
    psutil = pytest.importorskip("psutil")

    assert 0 < free_bytes() <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("limit", "used", "counts", "cached"),
    [
        ("memory.max", "memory.current", "memory.stat", "file"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_cache"),
    ],
)
def test_the_limit_of_a_container_counts(tmp_path, monkeypatch, limit, used, counts, cached):
    (tmp_path / "memory").mkdir()
    (tmp_path / limit).write_text(f"{400 * MB}\n")
    (tmp_path / used).write_text(f"{300 * MB}\n")
    (tmp_path / counts).write_text(f"anon 7\n{cached} {250 * MB}\n")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)

    assert free_bytes() == 350 * MB


def test_a_container_without_a_limit_sets_none(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("max\n")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)

    assert free_bytes() > 0


def test_a_still_picture_is_far_below_any_limit(tmp_path):
    path = avlab.write(Clip(pictures(1), torch.zeros(1, dtype=torch.float64)), tmp_path / "still.mp4")

    assert len(avlab.read(path).frames) == 1
