"""Long recordings in no time: the packets of a short one, written again and again, each time later."""

from fractions import Fraction
from pathlib import Path

import av


def repeated(source: Path, target: Path, times: int, period: float) -> Path:
    """`source` `times` over, one every `period` seconds, without encoding anything anew."""
    with av.open(str(source)) as container:
        packets = [packet for packet in container.demux() if packet.size and packet.pts >= 0]
        with av.open(str(target), "w") as output:
            outputs = {stream.index: output.add_stream_from_template(stream) for stream in container.streams}
            bases = {stream.index: Fraction(stream.time_base) for stream in container.streams}
            stamps = [(packet.stream_index, packet.pts, packet.dts, bytes(packet)) for packet in packets]
            keys = [packet.is_keyframe for packet in packets]
            for number in range(times):
                for (index, pts, dts, data), key in zip(stamps, keys, strict=True):
                    later = round(number * period / bases[index])
                    packet = av.Packet(data)
                    packet.stream, packet.time_base, packet.is_keyframe = outputs[index], bases[index], key
                    packet.pts, packet.dts = pts + later, dts + later
                    output.mux(packet)
    return target
