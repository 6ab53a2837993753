"""Training: one loop for every model of the course, and the recipes of its small ones. Chapter 12."""

from avlab.train.average import Average
from avlab.train.loop import Row, read_log, train
from avlab.train.schedule import scale
from avlab.train.settings import Settings

__all__ = ["Average", "Row", "Settings", "read_log", "scale", "train"]
