"""Alignment: which moment of one sequence belongs to which of another. Chapters 13 and 21."""

from avlab.align.dtw import accumulate, dtw, dtw_batch

__all__ = ["accumulate", "dtw", "dtw_batch"]
