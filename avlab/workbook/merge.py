"""Three versions of a notebook made into one: what was given, what the learner made of it, what is new."""


def merge(given: dict, mine: dict, new: dict) -> dict | None:
    """The new notebook with every change of the learner's in it; None where that is not plain.

    A cell is known by its id. One that only the course changed is new; one that only the learner changed, or
    added, is the learner's, outputs included; one that the learner deleted stays away unless it is new.
    Not plain: both changed the same cell, the learner moved cells about, or cells have no ids of their own.
    """
    old, own, fresh = (_by_id(notebook) for notebook in (given, mine, new))
    if old is None or own is None or fresh is None or _moved(old, own) or _both_changed(old, own, fresh):
        return None
    cells = []
    added = _added(old, own, fresh)
    cells += added.pop(None, [])
    for name, cell in fresh.items():
        cells += _chosen(old.get(name), own.get(name), cell) + added.pop(name, [])
    return {**new, "metadata": {**new["metadata"], **mine.get("metadata", {})}, "cells": cells}


def same_cells(left: dict, right: dict) -> bool:
    """Whether two notebooks say the same, whatever has been run in them."""
    return [_said(cell) for cell in left["cells"]] == [_said(cell) for cell in right["cells"]]


def _said(cell: dict) -> tuple[str, str]:
    return cell.get("cell_type", ""), "".join(cell.get("source", "")).rstrip()


def _by_id(notebook: dict) -> dict[str, dict] | None:
    cells = {cell.get("id"): cell for cell in notebook["cells"]}
    return None if None in cells or len(cells) < len(notebook["cells"]) else cells


def _moved(old: dict, own: dict) -> bool:
    return [name for name in old if name in own] != [name for name in own if name in old]


def _both_changed(old: dict, own: dict, fresh: dict) -> bool:
    said = ((old.get(name), own[name], fresh[name]) for name in own if name in fresh)
    return any(
        _said(mine) != _said(new) and (was is None or _said(was) not in (_said(mine), _said(new)))
        for was, mine, new in said
    )


def _chosen(was: dict | None, mine: dict | None, new: dict) -> list[dict]:
    """Of a cell of the new notebook: the new one, the learner's, or none."""
    unchanged = was is not None and _said(was) == _said(new)
    if mine is None:
        return [] if unchanged else [new]
    return [mine] if unchanged or _said(mine) == _said(new) else [new]


def _added(old: dict, own: dict, fresh: dict) -> dict[str | None, list[dict]]:
    """The learner's own cells, under the id of the cell that each comes after; None is the beginning."""
    after, added = None, {}
    for name, cell in own.items():
        if name in fresh:
            after = name
        elif name not in old or _said(old[name]) != _said(cell):
            added.setdefault(after, []).append(cell)
    return added
