"""Dynamic time warping: the cheapest way through a table of costs, forward in both sequences. Chapter 13."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

Way = Literal["plain", "diagonals"]
Rule = Literal["cheapest", "subsequence", "openai"]
Costs = Float[np.ndarray, "batch rows columns"]
Index = np.ndarray | np.integer

# So many tables side by side: two diagonals of each, and what is read of the costs, stay in a core's cache.
_LANES = 16


def dtw(
    cost: Float[Tensor, "rows columns"],
    rule: Rule = "cheapest",
    how: Way = "diagonals",
) -> Int64[Tensor, "length 2"]:
    """The cheapest path through a table of costs: its (row, column) pairs, from corner to corner.

    A step goes on by one row, one column, or both; of equally cheap ones it is both, else the column, as in
    librosa. By the rule "subsequence" the path may begin and end at any column, as when the rows are words
    amid silence: it takes in what costs less than nothing. The rule "openai" is openai-whisper's: of equally
    cheap ones the column; and where both and the row cost the same also the column, even if that costs more.
    A cost of infinity forbids a cell. It is done on the processor: a diagonal is too little for a GPU.

    Raises ValueError for an empty table, NaN, and where every path is forbidden. Source: Sakoe and Chiba
    1978; Müller, Fundamentals of Music Processing, section 7.2 (subsequences). Chapters 13 and 21.
    """
    return dtw_batch(cost[None], None, rule, how)[0]


def dtw_batch(
    costs: Float[Tensor, "batch rows columns"],
    sizes: Sequence[tuple[int, int]] | None = None,
    rule: Rule = "cheapest",
    how: Way = "diagonals",
) -> list[Int64[Tensor, "length 2"]]:
    """`dtw` of many tables at once; of table i the first `sizes[i]` rows and columns count. Chapter 13."""
    batch, rows, columns = costs.shape
    sizes = np.array([(rows, columns)] * batch if sizes is None else sizes).reshape(-1, 2)
    if len(sizes) != batch or (sizes < 1).any() or (sizes > (rows, columns)).any():
        raise ValueError(
            f"no path leads through {sizes.tolist()} rows and columns of {batch}, {rows}, {columns}"
        )
    if not batch:
        return []
    return _backtrack(_totals(costs, rule, how), sizes, rule)


def accumulate(
    costs: Float[Tensor, "*batch rows columns"],
    rule: Rule = "cheapest",
    how: Way = "diagonals",
) -> Float[Tensor, "*batch rows columns"]:
    """What the cheapest path from the beginning to each cell costs, the cell included.

    `how` chooses the way, and both agree to the last bit: "plain" is the definition, cell after cell;
    "diagonals" does the cells with the same row + column at once, in all tables, for they depend on the two
    diagonals before only. The arguments are otherwise those of `dtw`. Chapter 13.
    """
    tables = costs.reshape(-1, *costs.shape[-2:])
    table, rows, columns = np.ogrid[: len(tables), 1 : tables.shape[1] + 1, 1 : tables.shape[2] + 1]
    totals = _totals(tables, rule, how).at(table, rows, columns)
    return torch.from_numpy(totals).view(costs.shape)


@dataclass(frozen=True)
class _Totals:
    """Accumulated costs with a border before row and column 1, where paths come from."""

    stored: np.ndarray
    first: np.ndarray  # where cell (0, 0) of each table is
    row: int  # from there so far to the next row
    column: int

    def at(self, table: Index, row: Index, column: Index) -> np.ndarray:
        return self.stored.reshape(-1)[self.first[table] + row * self.row + column * self.column]


def _totals(costs: Tensor, rule: Rule, how: Way) -> _Totals:
    tables = np.ascontiguousarray(costs.numpy(force=True))
    return (_plain if how == "plain" else _by_diagonals)(tables, rule)


def _plain(costs: Costs, rule: Rule) -> _Totals:
    batch, rows, columns = costs.shape
    total = np.full((batch, rows + 1, columns + 1), np.inf, costs.dtype)
    total[:, 0, : columns + 1 if rule == "subsequence" else 1] = 0
    for b, i, j in np.ndindex(costs.shape):
        both, column, row = total[b, i, j], total[b, i + 1, j], total[b, i, j + 1]
        least = column if rule == "openai" and both == row else min(both, column, row)
        total[b, i + 1, j + 1] = costs[b, i, j] + least
    return _Totals(total, np.arange(batch) * (rows + 1) * (columns + 1), columns + 1, 1)


def _by_diagonals(costs: Costs, rule: Rule) -> _Totals:
    batch, rows, columns = costs.shape
    lanes = min(batch, _LANES)
    # Diagonal, row, and the tables of a group side by side; cell (i, j) lies on diagonal i + j.
    total = np.full((-(-batch // lanes), rows + columns + 1, rows + 1, lanes), np.inf, costs.dtype)
    total[:, : None if rule == "subsequence" else 1, 0] = 0
    for group, start in zip(total, range(0, batch, lanes), strict=True):
        _fill(group[..., : batch - start], costs[start : start + lanes], rule)
    tables = np.arange(batch)
    first = tables // lanes * total[0].size + tables % lanes
    return _Totals(total, first, (rows + 2) * lanes, (rows + 1) * lanes)


def _fill(total: Float[np.ndarray, "diagonals rows_1 lanes"], costs: Costs, rule: Rule) -> None:
    _, rows, columns = costs.shape
    flat = costs.reshape(len(costs), -1).T
    for d in range(2, rows + columns + 1):
        first, last = max(d - columns, 1), min(d - 1, rows)  # rows that this diagonal crosses
        now, column = total[d, first : last + 1], total[d - 1, first : last + 1]
        row, both = total[d - 1, first - 1 : last], total[d - 2, first - 1 : last]
        np.minimum(column, row, out=now)
        np.minimum(now, both, out=now)
        if rule == "openai":
            np.copyto(now, column, where=both == row)
        corner = (first - 1) * columns + d - first - 1
        now += flat[corner :: max(columns - 1, 1)][: last - first + 1]


def _backtrack(totals: _Totals, sizes: np.ndarray, rule: Rule) -> list[Tensor]:
    tables, (row, column) = np.arange(len(sizes)), sizes.T
    if rule == "subsequence":
        column = [1 + totals.at(b, row[b], np.arange(1, column[b] + 1)).argmin() for b in tables]
    if not np.isfinite(totals.at(tables, row, np.array(column))).all():
        raise ValueError("no path has a finite cost; look for NaN and infinity among the costs")
    place = totals.first + row * totals.row + np.array(column) * totals.column
    back = np.array([totals.row + totals.column, totals.column, totals.row])  # both, a column, a row
    flat, rows, places = totals.stored.reshape(-1), [], []
    while row.any():
        rows.append(row)
        places.append(place)
        before = flat[place - back[:, None]]
        step = before.argmin(0)
        if rule == "openai":
            step[(before[1] == before.min(0)) | (before[0] == before[2])] = 1
        going = row > 0
        place = place - back[step] * going
        row = row - (step != 1) * going
    rows = np.array(rows)
    columns = (np.array(places) - totals.first - rows * totals.row) // totals.column
    cells = torch.from_numpy(np.stack([rows, columns], axis=-1) - 1).flip(0)
    return [cells[cells[:, b, 0] >= 0, b] for b in tables]
