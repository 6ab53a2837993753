"""The exercises of chapter 1, A world in motion: two clocks, sound from a file, pairing, and one sequence."""

import math

import torch
from jaxtyping import Float, Float32, Float64, Int16, Int64
from torch import Tensor

from avlab.clocks import SAME_MOMENT, frame_on_screen, match_in_time, samples_between
from avlab.workbook.exercise import Exercise, Misconception

PICTURE, SOUND = -1, -2


def _picture_values():
    frames, height, width, colours = 30, 224, 224, 3
    return frames * height * width * colours


def to_mono(pcm: Int16[Tensor, "samples channels"]) -> Float32[Tensor, " samples"]:
    """Sound as a file stores it, 16-bit numbers for each channel, as one channel from -1 to 1.

    Full scale of a 16-bit number is 32768. The channels are averaged. Chapter 1.
    """
    return pcm.to(torch.float32).mean(dim=1) / 32768


def splice(
    ids: Int64[Tensor, " prompt"],
    table: Float[Tensor, "words width"],
    pictures: Float[Tensor, "picture_tokens width"],
    sounds: Float[Tensor, "sound_tokens width"],
) -> Float[Tensor, "tokens width"]:
    """One sequence for a language model: the prompt's words as vectors, pictures and sounds in their places.

    `ids` are rows of the embedding `table`, but for one -1 (here go all the picture tokens) and one
    -2 (here go all the sound tokens); either may come first. Chapter 1.
    """
    parts = []
    for word in ids.tolist():
        if word == -1:
            parts.append(pictures)
        elif word == -2:
            parts.append(sounds)
        else:
            parts.append(table[word : word + 1])
    return torch.cat(parts)


# --- cases: random ones, and the awkward ones that a first version forgets -----------------------


def _rising(random, count: int, late: float = 0.0) -> Float64[Tensor, " count"]:
    steps = torch.from_numpy(random.uniform(0.01, 0.2, count))
    return steps.cumsum(0) - steps[0] + late


def _screens(random):
    yield _seconds(0.0, 0.04, 0.08, 0.5), _seconds(0.02, 0.4, 0.08, 0.6)  # a frame that stays long
    steady = torch.arange(90, dtype=torch.float64) / 30
    yield steady, _seconds(0.0, 0.032, 0.034, 1.99, 2.5)
    yield steady, steady[::7].clone()  # exactly when a frame appears
    yield _rising(random, 20, late=0.5), _seconds(0.0, 0.2, 0.5, 9.0)  # begins late
    for _ in range(9):
        times = _rising(random, int(random.integers(2, 60)))
        yield times, torch.from_numpy(random.uniform(0, times[-1].item() + 0.5, 12))


def _pieces(random):
    yield 0.0, 1.0, 16000
    yield 0.7, 0.7, 16000  # no time at all
    yield 1001 / 30000, 2002 / 30000, 16000  # one frame at 29.97 a second
    yield 2002 / 30000, 3003 / 30000, 44100
    for _ in range(20):
        start, length = random.uniform(0, 600), random.uniform(0.01, 2)
        yield float(start), float(start + length), int(random.choice([8000, 16000, 22050, 44100, 48000]))


def _recordings(random):
    yield torch.tensor([[32767, 32767], [-32768, -32768], [20000, 20000]], dtype=torch.int16)  # full scale
    yield torch.tensor([[1000], [-1000]], dtype=torch.int16)  # already one channel
    yield torch.zeros(0, 2, dtype=torch.int16)  # nothing
    for channels in (2, 2, 6, 2, 1):
        size = (int(random.integers(5, 400)), channels)
        yield torch.from_numpy(random.integers(-32768, 32768, size).astype("int16"))


def _meetings(random):
    flashes = _seconds(0.5, 1.25, 2.0)
    yield _seconds(0.48, 1.6, 2.03), flashes, 0.1  # the second sound comes from off screen
    yield _seconds(0.25), flashes, 0.25  # exactly as far as allowed
    yield _seconds(1.0), _seconds(0.95, 1.01), 0.1  # two in reach, the second is nearer
    yield _seconds(1.25, 1.3), flashes, 0.1  # two sounds, one flash
    yield _seconds(2.0, 1.0), _seconds(2.01, 1.02), 0.1  # neither list in order
    yield _seconds(0.45, 1.15), flashes[:0], 0.1  # nothing flashed
    for _ in range(12):
        count = int(random.integers(3, 9))
        times = torch.from_numpy(random.uniform(0, 0.25, count)).cumsum(0)
        heard = times + torch.from_numpy(random.uniform(-0.1, 0.1, count))
        strays = torch.from_numpy(random.uniform(0, 3, int(random.integers(1, 4))))
        yield torch.cat([heard, strays]).sort().values, times, 0.08


def _prompts(random):
    def case(before: int, between: int, after: int, pictures: int, sounds: int, sound_first: bool):
        # Row k of the table is all k, pictures are hundreds and sounds two hundreds: one sees what is where.
        table, shown, heard = _rows(0, 30), _rows(100, pictures), _rows(200, sounds)
        ids = torch.from_numpy(random.integers(0, len(table), before + between + after))
        marks = torch.tensor([SOUND, PICTURE] if sound_first else [PICTURE, SOUND])
        first, second = marks[:1], marks[1:]
        row = torch.cat(
            [ids[:before], first, ids[before : before + between], second, ids[before + between :]]
        )
        return row, table, shown, heard

    yield case(1, 1, 1, 2, 2, sound_first=False)
    yield case(2, 1, 3, 4, 2, sound_first=True)
    yield case(0, 0, 4, 5, 3, sound_first=False)  # the prompt begins with the pictures
    yield case(3, 0, 0, 2, 2, sound_first=False)  # and ends with the sounds
    for place in range(6):
        yield case(*random.integers(1, 6, 5).tolist(), sound_first=bool(place % 2))


def _seconds(*moments: float) -> Float64[Tensor, " moments"]:
    return torch.tensor(moments, dtype=torch.float64)


def _rows(first: int, count: int) -> Float32[Tensor, "count 4"]:
    return torch.arange(first, first + count, dtype=torch.float32)[:, None].repeat(1, 4)


# --- misconceptions: plausible wrong answers, each with the sentence that names it ----------------


def _nearest_frame(frame_times, moments):
    return (frame_times[None, :] - moments[:, None]).abs().argmin(dim=1)


def _next_frame(frame_times, moments):
    return torch.searchsorted(frame_times, moments, right=True).clamp(max=len(frame_times) - 1)


def _count(frame_times, moments):
    return torch.searchsorted(frame_times, moments, right=True)


def _thirty_a_second(frame_times, moments):
    return (moments * 30).long()


def _left_edge(frame_times, moments):
    return (torch.searchsorted(frame_times, moments) - 1).clamp(min=0)


def _unclamped(frame_times, moments):
    return torch.searchsorted(frame_times, moments + SAME_MOMENT, right=True) - 1


def _steady_rate(frame_times, moments):
    fps = 1 / frame_times.diff().median()
    return (moments * fps + SAME_MOMENT).floor().long().clamp(0, len(frame_times) - 1)


def _mean_rate(frame_times, moments):
    rate = (len(frame_times) - 1) / (frame_times[-1] - frame_times[0])
    return ((moments - frame_times[0]) * rate).long().clamp(0, len(frame_times) - 1)


def _rounded_length(start, end, sample_rate):
    first = round(start * sample_rate)
    return slice(first, first + round((end - start) * sample_rate))


def _truncated(start, end, sample_rate):
    return slice(int(start * sample_rate), int(end * sample_rate))


def _outwards(start, end, sample_rate):
    return slice(math.floor(start * sample_rate), math.ceil(end * sample_rate))


def _not_rounded(start, end, sample_rate):
    return slice(start * sample_rate, end * sample_rate)


def _whole_seconds(start, end, sample_rate):
    return slice(int(start) * sample_rate, int(end) * sample_rate)


def _closed_end(start, end, sample_rate):
    return slice(round(start * sample_rate), round(end * sample_rate) + 1)


def _milliseconds(start, end, sample_rate):
    return slice(round(start * 1000), round(end * 1000))


def _sum_of_channels(pcm):
    return pcm.to(torch.float32).sum(dim=1) / 32768


def _largest_positive(pcm):
    return pcm.to(torch.float32).mean(dim=1) / 32767


def _left_channel(pcm):
    return pcm[:, 0].to(torch.float32) / 32768


def _mean_over_time(pcm):
    return pcm.to(torch.float32).mean(dim=0) / 32768


def _added_in_16_bits(pcm):
    return pcm.sum(dim=1, dtype=torch.int16).to(torch.float32) / pcm.shape[1] / 32768


def _not_scaled(pcm):
    return pcm.to(torch.float32).mean(dim=1)


def _own_peak(pcm):
    mono = pcm.to(torch.float32).mean(dim=1)
    return mono / mono.abs().max() if len(mono) else mono


def _loudest_number(pcm):
    return pcm.to(torch.float32).mean(dim=1) / pcm.abs().max()


def _whole_division(pcm):
    return (pcm // 32768).to(torch.float32).mean(dim=1)


def _whole_average(pcm):
    return (pcm.sum(dim=1) // pcm.shape[1]).to(torch.float32) / 32768


def _by_counting(moments, times, within):
    order = torch.arange(len(moments))
    return torch.where(order < len(times), order, -1)


def _counted_past_the_end(moments, times, within):
    return torch.arange(len(moments))


def _always_nearest(moments, times, within):
    if not len(times):
        return torch.full((len(moments),), -1)
    return (moments[:, None] - times[None, :]).abs().argmin(dim=1)


def _only_before(moments, times, within):
    if not len(times):
        return torch.full((len(moments),), -1)
    lag = moments[:, None] - times[None, :]
    lag = torch.where(lag < 0, torch.inf, lag)
    return torch.where(lag.amin(dim=1) <= within, lag.argmin(dim=1), -1)


def _first_within(moments, times, within):
    if not len(times):
        return torch.full((len(moments),), -1)
    near = (moments[:, None] - times[None, :]).abs() <= within
    return torch.where(near.any(dim=1), near.int().argmax(dim=1), -1)


def _edge_left_out(moments, times, within):
    if not len(times):
        return torch.full((len(moments),), -1)
    gap, nearest = (moments[:, None] - times).abs().min(dim=1)
    return torch.where(gap < within, nearest, -1)


def _each_once(moments, times, within):
    free, found = list(range(len(times))), []
    for moment in moments:
        place = min(free, key=lambda index: abs(moment - times[index]), default=-1)
        if place >= 0 and abs(moment - times[place]) > within:
            place = -1
        if place >= 0:
            free.remove(place)
        found.append(place)
    return torch.tensor(found, dtype=torch.int64)


def _nothing_flashed(moments, times, within):
    gaps = (moments[:, None] - times[None, :]).abs()
    return torch.where(gaps.amin(dim=1) <= within, gaps.argmin(dim=1), -1)


def _other_way_round(moments, times, within):
    if not len(moments):
        return torch.full((len(times),), -1)
    gaps = (times[:, None] - moments[None, :]).abs()
    return torch.where(gaps.amin(dim=1) <= within, gaps.argmin(dim=1), -1)


def _words_only(ids, table):
    return table[ids[ids >= 0]]


def _at_the_end(ids, table, pictures, sounds):
    return torch.cat([_words_only(ids, table), pictures, sounds])


def _at_the_start(ids, table, pictures, sounds):
    return torch.cat([pictures, sounds, _words_only(ids, table)])


def _swapped(ids, table, pictures, sounds):
    return splice(ids, table, sounds, pictures)


def _places_kept(ids, table, pictures, sounds):
    # Negative indices count from the end, so table[-1] is a word and no error is raised.
    parts = []
    for word in ids.tolist():
        parts.append(table[word][None])
        if word in (PICTURE, SOUND):
            parts.append(pictures if word == PICTURE else sounds)
    return torch.cat(parts)


def _plain_lookup(ids, table, pictures, sounds):
    return table[ids]


def _pictures_first(ids, table, pictures, sounds):
    first, second = (ids < 0).nonzero().flatten().tolist()
    parts = [table[ids[:first]], pictures, table[ids[first + 1 : second]], sounds, table[ids[second + 1 :]]]
    return torch.cat(parts)


def _place_moved(ids, table, pictures, sounds):
    sequence = table[ids]
    for mark, tokens in ((PICTURE, pictures), (SOUND, sounds)):
        place = ids.tolist().index(mark)
        sequence = torch.cat([sequence[:place], tokens, sequence[place + 1 :]])
    return sequence


def _end_left_out(ids, table, pictures, sounds):
    last = (ids < 0).nonzero().flatten()[-1]
    return splice(ids[: last + 1], table, pictures, sounds)


def _in_one_order(ids, table, pictures, sounds):
    picture, sound = (ids.tolist().index(mark) for mark in (PICTURE, SOUND))
    words = table[ids]
    return torch.cat([words[:picture], pictures, words[picture + 1 : sound], sounds, words[sound + 1 :]])


def _looked_up_and_at_the_end(ids, table, pictures, sounds):
    return torch.cat([table[ids], pictures, sounds])


def _first_token(ids, table, pictures, sounds):
    return splice(ids, table, pictures[:1], sounds[:1])


def _pooled(ids, table, pictures, sounds):
    return splice(ids, table, pictures.mean(dim=0, keepdim=True), sounds.mean(dim=0, keepdim=True))


EXERCISES = [
    Exercise(
        id="01.picture_values",
        title="How many numbers a second of picture is",
        difficulty=1,
        minutes=3,
        hint="A second holds several frames, a frame holds rows of pixels, and a pixel holds three numbers.",
        name="picture_values",
        reference=_picture_values,
        mistakes=[
            Misconception(
                30 * 224 * 224, "That counts pixels. Each pixel is three numbers: red, green and blue."
            ),
            Misconception(224 * 224 * 3, "That is one frame. A second of this video holds thirty of them."),
            Misconception(
                30 * 2 * 224 * 3,
                "You add the sides. A frame of 224 by 224 has 224 times 224 pixels, not 2 times 224.",
            ),
            Misconception(
                30 * 224 * 3,
                "That counts one row of each frame. A frame of 224 by 224 has 224 rows of 224 pixels.",
            ),
            Misconception(
                30 * 224 * 224 * 3 * 8,
                "That counts bits. Each of these numbers is one byte of eight bits, and here you count numbers.",
            ),
        ],
    ),
    Exercise(
        id="01.frame_on_screen",
        title="Which frame is on screen?",
        difficulty=2,
        minutes=8,
        hint="`torch.searchsorted(frame_times, moments, right=True)` counts the frames that have appeared by then. "
        "What must you do with a count to make it an index, and what if nothing has appeared yet?",
        reference=frame_on_screen,
        cases=_screens,
        passed="Thirteen films: steady ones, one that begins late, and ten whose frames come when they like.",
        mistakes=[
            Misconception(
                _nearest_frame,
                "You take the frame whose time is nearest, which may not have appeared yet. "
                "A frame stays on screen until the next one comes.",
            ),
            Misconception(
                _next_frame,
                "You are one frame ahead. If n frames have appeared, the one on screen is the last of them, and its index is n - 1.",
            ),
            Misconception(
                _count,
                "You count the frames that have appeared. The index of the last of them is one less.",
            ),
            Misconception(
                _thirty_a_second,
                "You assume thirty frames a second. Nobody said so: look each moment up in `frame_times`.",
            ),
            Misconception(
                _left_edge,
                "At the very moment when a frame appears you still show the one before it. "
                "Count times that equal the moment too: `<=`, or `right=True` in `searchsorted`.",
            ),
            Misconception(
                _unclamped,
                "Before the first frame appears you answer -1, and -1 as an index means the last frame. "
                "A player shows frame 0 while it waits.",
            ),
            Misconception(
                _mean_rate,
                "You divide the time by an average frame rate. These frames come when they like: "
                "look each moment up in `frame_times`.",
            ),
            Misconception(
                _steady_rate,
                "You multiply by a frame rate, as if frames came at a steady beat from second 0. "
                "Real frames carry their own times: start late, skip, or slow down. Look the moment up in `frame_times`.",
            ),
        ],
    ),
    Exercise(
        id="01.samples_between",
        title="Which samples sound between two moments?",
        difficulty=2,
        minutes=6,
        hint="Turn each of the two moments into a sample number in the same way, by rounding. "
        "Then pieces that meet in time also meet in samples.",
        reference=samples_between,
        cases=_pieces,
        passed="Twenty-four pieces of sound at five rates, among them one of no length and "
        "one frame of a film at 29.97 frames a second.",
        mistakes=[
            Misconception(
                _rounded_length,
                "You round the length of the piece. Then two pieces that meet in time can overlap by a sample, or "
                "leave one out. Round both moments instead.",
            ),
            Misconception(
                _truncated,
                "You cut the fraction off, so that sample 533.87 becomes 533, though 534 is nearer. Use `round`.",
            ),
            Misconception(
                _outwards,
                "You go down at the start and up at the end, so the sample between two pieces lands in both. "
                "Round both moments in the same way.",
            ),
            Misconception(
                _not_rounded,
                "A slice needs whole numbers. Round the products.",
            ),
            Misconception(
                _whole_seconds,
                "You cut the fraction off the seconds. Multiply by the sample rate first, then round.",
            ),
            Misconception(
                _closed_end,
                "Your piece has one sample too many: a slice already leaves its end out, and that sample belongs "
                "to the next piece.",
            ),
            Misconception(
                _milliseconds,
                "These are milliseconds, not samples. A moment in seconds times the sample rate is a sample number.",
            ),
        ],
    ),
    Exercise(
        id="01.to_mono",
        title="From the file's numbers to a waveform",
        difficulty=2,
        minutes=6,
        hint="Turn the numbers into float32 first, so that nothing overflows. Then average over the channels, "
        "and divide by full scale.",
        reference=to_mono,
        cases=_recordings,
        passed="Eight recordings of one to six channels, among them full scale and an empty one.",
        mistakes=[
            Misconception(
                _sum_of_channels,
                "You add the channels. Two loud channels then leave the range from -1 to 1. Average them.",
            ),
            Misconception(
                _largest_positive,
                "You divide by 32767. A 16-bit number goes down to -32768, so full scale is 32768; "
                "with 32767 the lowest number falls below -1.",
            ),
            Misconception(
                _own_peak,
                "You divide by the loudest number of this recording, so that quiet and loud ones come out the same. "
                "Full scale is 32768 for every recording.",
            ),
            Misconception(
                _loudest_number,
                "You divide by the loudest number of this recording. Divide every recording by full scale, 32768.",
            ),
            Misconception(
                _whole_division,
                "You divide whole numbers with `//`, and nothing but -1 and 0 is left. Convert to float32 first.",
            ),
            Misconception(
                _whole_average,
                "You average the channels with `//`, which drops the half. Convert to float32 first.",
            ),
            Misconception(
                _left_channel,
                "You keep the first channel alone. Whatever was only in the other channels is lost.",
            ),
            Misconception(
                _mean_over_time,
                "You average over time, which leaves one number for each channel. "
                "The channels are dimension 1, the samples dimension 0.",
            ),
            Misconception(
                _added_in_16_bits,
                "You add the channels while they are still 16-bit numbers, and the sum wraps round past 32767. "
                "Convert to float32 first.",
            ),
            Misconception(
                _not_scaled,
                "Your numbers are still those of the file, up to 32768. Divide by full scale to reach -1 to 1.",
            ),
        ],
    ),
    Exercise(
        id="01.match_in_time",
        title="Which flash belongs to which beep?",
        difficulty=3,
        minutes=10,
        hint="`(moments[:, None] - times[None, :]).abs()` is a table of all gaps: a row for each moment, a column "
        "for each time. You want the place of the smallest gap in each row, and -1 where even that is too large.",
        reference=match_in_time,
        cases=_meetings,
        passed="Eighteen sets of beeps and flashes, with sounds from off screen, out of order, and no flash at all.",
        mistakes=[
            Misconception(
                _by_counting,
                "You pair them by counting: the first beep with the first flash, and so on. One sound from off "
                "screen, or one silent flash, shifts every pair after it. Pair them by the clock.",
            ),
            Misconception(
                _counted_past_the_end,
                "You pair by counting, and go on where there is no flash left. Pair them by the clock: "
                "the nearest flash, or -1 where even that is too far.",
            ),
            Misconception(
                _always_nearest,
                "You always find a partner. A beep from off screen has no flash near it: "
                "where the smallest gap is more than `within`, answer -1.",
            ),
            Misconception(
                _only_before,
                "You only accept flashes that came before the beep. The two clocks round differently, "
                "so a beep may be written a few milliseconds before its flash. Compare the absolute gap.",
            ),
            Misconception(
                _first_within,
                "You take the first flash within reach, not the nearest one.",
            ),
            Misconception(
                _edge_left_out,
                "A flash exactly `within` seconds away still counts: compare with `<=`.",
            ),
            Misconception(
                _each_once,
                "You strike a flash out once it has a beep. Two beeps may have the same nearest flash.",
            ),
            Misconception(
                _nothing_flashed,
                "When nothing flashed there is no smallest gap, and looking for it is an error. "
                "Every answer is then -1.",
            ),
            Misconception(
                _other_way_round,
                "You look for a beep for each flash. The question is the other way round: "
                "one answer for each of `moments`.",
            ),
        ],
    ),
    Exercise(
        id="01.splice",
        title="Pictures, sounds and words in one sequence",
        difficulty=3,
        minutes=10,
        hint="Walk along `ids`. A word becomes one row of `table`; -1 becomes all rows of `pictures`; "
        "-2 all rows of `sounds`. Join the parts with `torch.cat`, which wants two dimensions from each: "
        "`table[k]` has one, `table[k : k + 1]` has two.",
        reference=splice,
        cases=_prompts,
        passed="Ten prompts, with the sounds before the pictures, and with the places at either end.",
        mistakes=[
            Misconception(
                _at_the_end,
                "You put pictures and sounds behind the whole prompt. They belong where -1 and -2 stand, "
                "so that the words around them say what they are.",
            ),
            Misconception(
                _at_the_start,
                "You put pictures and sounds before the whole prompt. They belong where -1 and -2 stand, "
                "so that the words around them say what they are.",
            ),
            Misconception(
                _swapped,
                "Pictures stand where the sounds should be, and sounds where the pictures should be: "
                "-1 is the place of the pictures, -2 that of the sounds.",
            ),
            Misconception(
                _pictures_first,
                "Your pictures always go to the first mark and your sounds to the second. "
                "Which comes first is up to the prompt: look whether the mark is -1 or -2.",
            ),
            Misconception(
                _place_moved,
                "Once the pictures are in, everything behind them has moved, and the place of the sounds "
                "that you looked up before is no longer theirs.",
            ),
            Misconception(
                _end_left_out,
                "The words after the second mark are missing.",
            ),
            Misconception(
                _places_kept,
                "The marks -1 and -2 were looked up in the table as well. Negative numbers count from the end, "
                "so the last words of the vocabulary slipped in, without an error. The tokens replace the marks.",
            ),
            Misconception(
                _plain_lookup,
                "You looked -1 and -2 up in the table. Negative numbers count from the end, so you got two words "
                "of the vocabulary, and no error. No picture and no sound is in your sequence.",
            ),
            Misconception(
                _looked_up_and_at_the_end,
                "The marks were looked up in the table: -1 takes its last row, without an error. "
                "And the tokens stand behind the prompt, not in the places of the marks.",
            ),
            Misconception(
                _in_one_order,
                "You expect -1 before -2. Either may come first.",
            ),
            Misconception(
                _first_token,
                "You put one token in each place, the first. All picture tokens and all sound tokens go in, in order.",
            ),
            Misconception(
                _pooled,
                "You put one averaged token in each place. All picture tokens and all sound tokens go in, in order.",
            ),
        ],
    ),
]
