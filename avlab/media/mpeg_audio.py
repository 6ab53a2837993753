"""How long a packet of MPEG sound is, by its own first four bytes: a shorter one was cut."""

# Kilobits a second by index; ISO/IEC 11172-3, section 2.4.2.3, and 13818-3 for the low sampling rates.
_LAYER_1 = (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_LAYER_2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_LAYER_3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LOW_1 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_LOW_2_3 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44100, 48000, 32000)


def packet_length(head: bytes) -> int:
    """Bytes in the packet that begins so (layers 1, 2 and 3); 0 where it does not say. Chapter 2."""
    if len(head) < 4 or head[0] != 0xFF or head[1] < 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)  # version: 3 is MPEG-1, 2 MPEG-2, 0 MPEG-2.5
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return 0
    full = version == 3
    table = (_LAYER_1, _LAYER_2, _LAYER_3) if full else (_LOW_1, _LOW_2_3, _LOW_2_3)
    bits = 1000 * table[layer - 1][bitrate]
    hertz = _RATES[rate] >> (0 if full else 1 if version == 2 else 2)
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    return (144 if full or layer == 2 else 72) * bits // hertz + padding
