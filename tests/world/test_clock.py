import pytest
import torch

from avlab.errors import WorldError
from avlab.world.clock import check_rate, silence, ticks


def test_ticks_are_those_that_begin_within_the_time():
    assert ticks(1.0, 4).tolist() == [0, 0.25, 0.5, 0.75]
    assert len(ticks(1.01, 4)) == 5
    assert len(ticks(0.1 + 0.2, 10)) == 3  # 0.30000000000000004 s


def test_ticks_of_television():
    times = ticks(10, 30_000 / 1001)
    assert len(times) == 300 and times.dtype == torch.float64
    assert times[299].item() == pytest.approx(299 * 1001 / 30_000, abs=1e-12)


@pytest.mark.parametrize("fps", [0, -25, float("inf"), float("nan"), 1e9])
def test_no_clock_has_such_a_rate(fps):
    with pytest.raises(WorldError, match="frames a second"):
        ticks(1.0, fps)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), 1e9])
def test_no_clip_is_so_long(seconds):
    for make in (ticks, silence):
        with pytest.raises(WorldError, match="cannot last"):
            make(seconds, 16_000 if make is silence else 25)


def test_silence_has_its_samples():
    assert silence(0.5, 16_000).tolist() == [0.0] * 8_000


@pytest.mark.parametrize("rate", [0, -16_000, 7_999, 96_001])
def test_no_sound_has_such_a_rate(rate):
    with pytest.raises(WorldError, match="from 8000 to 96000"):
        check_rate(rate)
