"""Wrong answers to the exercises of chapter 1.

Written by somebody who had seen the chapter, its exercises and the references' docstrings, and not the
list of mistakes that the exercises name.
"""

import math

import torch

# --- 01.picture_values -----------------------------------------------------------------------------

without_colour = 224 * 224 * 30
of_one_frame = 224 * 224 * 3
in_bits = 224 * 224 * 3 * 30 * 8
twice_for_squared = 224 * 2 * 3 * 30
rounded = 4_500_000


# --- 01.frame_on_screen ----------------------------------------------------------------------------


def nearest_frame(frame_times, moments):
    return (moments[:, None] - frame_times).abs().argmin(dim=1)


def frames_so_far(frame_times, moments):
    """Counts the frames that have appeared, and takes the count for an index."""
    return torch.searchsorted(frame_times, moments, right=True).clamp(max=len(frame_times) - 1)


def not_yet_at_its_own_time(frame_times, moments):
    """At the very moment when a frame appears, the one before it."""
    return (torch.searchsorted(frame_times, moments) - 1).clamp(min=0)


def before_the_first(frame_times, moments):
    """-1 before the first frame."""
    if len(frame_times) == 0:
        raise ValueError("there is no frame")
    return torch.searchsorted(frame_times, moments, right=True) - 1


def by_frame_rate(frame_times, moments):
    """As if the beat were steady."""
    if len(frame_times) < 2:
        return torch.zeros(len(moments), dtype=torch.int64)
    rate = (len(frame_times) - 1) / (frame_times[-1] - frame_times[0])
    return ((moments - frame_times[0]) * rate).long().clamp(0, len(frame_times) - 1)


# --- 01.samples_between ----------------------------------------------------------------------------


def closed_end(start, end, sample_rate):
    return slice(round(start * sample_rate), round(end * sample_rate) + 1)


def rounded_length(start, end, sample_rate):
    first = round(start * sample_rate)
    return slice(first, first + round((end - start) * sample_rate))


def every_sample_touched(start, end, sample_rate):
    """Down at the start and up at the end: neighbours share a sample."""
    return slice(math.floor(start * sample_rate), math.ceil(end * sample_rate))


def left_as_floats(start, end, sample_rate):
    return slice(start * sample_rate, end * sample_rate)


def whole_seconds(start, end, sample_rate):
    """Rounds the seconds, and multiplies then."""
    return slice(int(start) * sample_rate, int(end) * sample_rate)


# --- 01.to_mono ------------------------------------------------------------------------------------


def largest_becomes_one(pcm):
    """32767 is the largest number of 16 bits, and not full scale."""
    return pcm.float().mean(dim=1) / 32767


def average_over_time(pcm):
    return (pcm / 32768).mean(dim=0)


def left_channel(pcm):
    return pcm[:, 0] / 32768


def overflows(pcm):
    """Adds as int16, where two loud channels wrap around."""
    total = torch.zeros(len(pcm), dtype=torch.int16)
    for channel in pcm.T:
        total += channel
    return total / pcm.shape[1] / 32768


def as_loud_as_can_be(pcm):
    """Divides by the recording's own peak."""
    mono = pcm.float().mean(dim=1)
    return mono / mono.abs().max()


# --- 01.match_in_time ------------------------------------------------------------------------------


def edge_left_out(moments, times, within):
    """Exactly `within` seconds away is not more than `within`."""
    if len(times) == 0:
        return torch.full((len(moments),), -1)
    gap, nearest = (moments[:, None] - times).abs().min(dim=1)
    return torch.where(gap < within, nearest, -1)


def stops_without_times(moments, times, within):
    """Right, but for an empty list of times, whose least is an error."""
    gaps = (moments[:, None] - times).abs()
    nearest = gaps.argmin(dim=1)
    nearest[gaps.amin(dim=1) > within] = -1
    return nearest


def first_within_reach(moments, times, within):
    """The first of the list that is near enough, not the nearest."""
    found = []
    for moment in moments:
        place = -1
        for index, time in enumerate(times):
            if abs(moment - time) <= within:
                place = index
                break
        found.append(place)
    return torch.tensor(found, dtype=torch.int64)


def each_time_once(moments, times, within):
    """A flash that has its beep is gone, so that the next beep gets another or none."""
    free = set(range(len(times)))
    found = []
    for moment in moments:
        place = min(sorted(free), key=lambda index: abs(moment - times[index]), default=-1)
        if place >= 0 and abs(moment - times[place]) > within:
            place = -1
        free.discard(place)
        found.append(place)
    return torch.tensor(found, dtype=torch.int64)


def last_before(moments, times, within):
    """As for frames on a screen: the last that has come, and only in a list that rises."""
    place = torch.searchsorted(times, moments, right=True) - 1
    gone = [index < 0 or moments[row] - times[index] > within for row, index in enumerate(place)]
    return torch.where(torch.tensor(gone, dtype=torch.bool), -1, place)


# --- 01.splice -------------------------------------------------------------------------------------


def stale_place(ids, table, pictures, sounds):
    """Looks both places up first; once the first stream is in, the second place has moved."""
    sequence = table[ids]
    picture_place, sound_place = ids.tolist().index(-1), ids.tolist().index(-2)
    sequence = torch.cat([sequence[:picture_place], pictures, sequence[picture_place + 1 :]])
    return torch.cat([sequence[:sound_place], sounds, sequence[sound_place + 1 :]])


def pictures_always_first(ids, table, pictures, sounds):
    first, second = (ids < 0).nonzero().flatten().tolist()
    before, between, after = table[ids[:first]], table[ids[first + 1 : second]], table[ids[second + 1 :]]
    return torch.cat([before, pictures, between, sounds, after])


def one_token_each(ids, table, pictures, sounds):
    """The average of each stream in the place of its mark."""
    sequence = table[ids]
    sequence[ids == -1] = pictures.mean(dim=0)
    sequence[ids == -2] = sounds.mean(dim=0)
    return sequence


def rest_left_out(ids, table, pictures, sounds):
    """Puts words down whenever it meets a mark, and forgets those after the second mark."""
    parts, words = [], []
    for word in ids.tolist():
        if word >= 0:
            words.append(word)
            continue
        parts += [table[words], pictures if word == -1 else sounds]
        words = []
    return torch.cat(parts)


def marks_kept(ids, table, pictures, sounds):
    """Each mark stays, as a row from the table's end, and its tokens come behind it."""
    parts = []
    for word in ids.tolist():
        parts.append(table[[word]])
        if word == -1:
            parts.append(pictures)
        elif word == -2:
            parts.append(sounds)
    return torch.cat(parts)


ANSWERS = {
    "01.picture_values": [without_colour, of_one_frame, in_bits, twice_for_squared, rounded],
    "01.frame_on_screen": [
        nearest_frame,
        frames_so_far,
        not_yet_at_its_own_time,
        before_the_first,
        by_frame_rate,
    ],
    "01.samples_between": [
        closed_end,
        rounded_length,
        every_sample_touched,
        left_as_floats,
        whole_seconds,
    ],
    "01.to_mono": [
        largest_becomes_one,
        average_over_time,
        left_channel,
        overflows,
        as_loud_as_can_be,
    ],
    "01.match_in_time": [
        edge_left_out,
        stops_without_times,
        first_within_reach,
        each_time_once,
        last_before,
    ],
    "01.splice": [stale_place, pictures_always_first, one_token_each, rest_left_out, marks_kept],
}
