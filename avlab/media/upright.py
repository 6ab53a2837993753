"""Turning frames the way up in which they were filmed."""

import av
import numpy as np

Matrix = tuple[int, int, int, int]
# By FFmpeg's angle: degrees against the clock.
_TURNED = {0: (1, 0, 0, 1), -90: (0, 1, -1, 0), 90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), -180: (-1, 0, 0, -1)}


def display_matrix(frame: av.VideoFrame) -> Matrix:
    """How a player is to turn this frame: (a, b, c, d), each -1, 0 or 1.

    The pixel in column p, row q goes to column a p + c q, row b p + d q, counted from whichever corner fits
    (ISO/IEC 14496-12, section 6.2.2). Other angles than quarter turns are taken as the nearest one.
    """
    try:
        stored = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # the frame carries something else that PyAV has no name for
        return _TURNED[90 * round(frame.rotation / 90)]
    if stored is None:
        return _TURNED[0]
    a, b, _, c, d, *_ = np.frombuffer(stored, np.int32).tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):
        return 0, _sign(b), _sign(c), 0
    return _sign(a), 0, 0, _sign(d)


def is_on_its_side(matrix: Matrix) -> bool:
    """Whether the turned frame is as wide as the stored one is high."""
    return matrix[0] == 0


def upright(frame: np.ndarray, matrix: Matrix) -> np.ndarray:
    """A frame (height, width, 3), turned."""
    a, b, c, d = matrix
    if is_on_its_side(matrix):
        frame, a, d = frame.swapaxes(0, 1), c, b
    return frame[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]


def _sign(number: int) -> int:
    return -1 if number < 0 else 1
