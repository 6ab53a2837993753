"""The show room: players, pictures, timelines and sliders, each with words that stand in for it."""

from avlab.show.picture import picture
from avlab.show.player import itself, player
from avlab.show.shown import Shown, row
from avlab.show.sound import sound
from avlab.show.spectrogram import spectrogram
from avlab.show.strip import strip
from avlab.show.style import PALETTE, figure
from avlab.show.sweep import sweep
from avlab.show.table import table
from avlab.show.timeline import timeline
from avlab.show.waveform import waveform

__all__ = [
    "PALETTE",
    "Shown",
    "figure",
    "itself",
    "picture",
    "player",
    "row",
    "sound",
    "spectrogram",
    "strip",
    "sweep",
    "table",
    "timeline",
    "waveform",
]
