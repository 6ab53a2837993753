import psutil
import pytest
import torch

import avlab
from avlab.media import decoding


@pytest.mark.parametrize("suffix", [".mp4", ".mpg", ".ogg"])
@pytest.mark.parametrize("calls", [1, 20])
def test_stopping_a_read_closes_the_file_and_leaves_things_whole(files, monkeypatch, suffix, calls):
    whole = avlab.read(files[suffix])
    real, seen = decoding.decode, []

    def interrupted(packet):
        seen.append(packet.size)
        if len(seen) == calls:
            raise KeyboardInterrupt
        return real(packet)

    with monkeypatch.context() as patch:
        patch.setattr(decoding, "decode", interrupted)
        with pytest.raises(KeyboardInterrupt):
            avlab.read(files[suffix])

    assert len(seen) == calls
    assert str(files[suffix]) not in [entry.path for entry in psutil.Process().open_files()]
    again = avlab.read(files[suffix])
    assert torch.equal(again.audio, whole.audio)


def test_stopping_a_stream_closes_the_file(files, monkeypatch):
    pieces = avlab.stream(files[".mp4"], seconds=0.5)
    next(pieces)

    def interrupted(packet):
        raise KeyboardInterrupt

    monkeypatch.setattr(decoding, "decode", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(pieces)

    assert str(files[".mp4"]) not in [entry.path for entry in psutil.Process().open_files()]
