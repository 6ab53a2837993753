import pytest

from avlab.workbook.merge import merge, same_cells


def notebook(**cells: str) -> dict:
    return {"metadata": {}, "cells": [a_cell(id, source) for id, source in cells.items()]}


def a_cell(id: str, source: str, **more) -> dict:
    return {"id": id, "cell_type": "code", "source": source, **more}


def sources(merged: dict) -> list[str]:
    return [cell["source"] for cell in merged["cells"]]


GIVEN = notebook(a="text", b="stub", c="check")


@pytest.mark.parametrize(
    "mine, new, merged",
    [
        # only the course changed something
        (GIVEN, notebook(a="better", b="stub", c="check"), ["better", "stub", "check"]),
        (GIVEN, notebook(a="text", x="more", b="stub", c="check"), ["text", "more", "stub", "check"]),
        (GIVEN, notebook(a="text", c="check"), ["text", "check"]),
        (GIVEN, notebook(b="stub", a="text", c="check"), ["stub", "text", "check"]),
        # only the learner did
        (notebook(a="text", b="work", c="check"), GIVEN, ["text", "work", "check"]),
        (notebook(a="text", b="stub", try_="my own", c="check"), GIVEN, ["text", "stub", "my own", "check"]),
        (notebook(first="mine", a="text", b="stub", c="check"), GIVEN, ["mine", "text", "stub", "check"]),
        (notebook(b="stub", c="check"), GIVEN, ["stub", "check"]),
        # both, in different places
        (notebook(a="text", b="work", c="check"), notebook(a="better", b="stub", c="check"), ["better", "work", "check"]),
        (notebook(a="text", b="work", try_="my own", c="check"), notebook(a="t", x="y", b="stub"), ["t", "y", "work", "my own"]),
        # the course took away a cell that the learner worked in, or changed one that the learner deleted
        (notebook(a="text", b="work", c="check"), notebook(a="text", c="check"), ["text", "work", "check"]),
        (notebook(a="text", c="check"), notebook(a="text", b="new stub", c="check"), ["text", "new stub", "check"]),
        # both wrote the same
        (notebook(a="better", b="work", c="check"), notebook(a="better", b="stub", c="check"), ["better", "work", "check"]),
    ],
)  # fmt: skip
def test_changes_in_different_places_come_together(mine, new, merged):
    assert sources(merge(GIVEN, mine, new)) == merged


@pytest.mark.parametrize(
    "mine, new",
    [
        (notebook(a="text", b="work", c="check"), notebook(a="text", b="new stub", c="check")),
        (notebook(b="stub", a="text", c="check"), notebook(a="better", b="stub", c="check")),
        ({"metadata": {}, "cells": [*GIVEN["cells"], a_cell("a", "twice")]}, GIVEN),
        ({"metadata": {}, "cells": [{"cell_type": "code", "source": "no id"}]}, GIVEN),
        (notebook(a="text", b="stub", c="check", d="mine"), notebook(a="text", b="stub", c="check", d="new")),
    ],
)
def test_what_is_not_plain_is_not_merged(mine, new):
    assert merge(GIVEN, mine, new) is None


def test_outputs_of_a_cell_that_stays_stay():
    mine = notebook(a="text", b="stub", c="check")
    mine["cells"][1]["outputs"] = ["seen"]
    merged = merge(GIVEN, mine, notebook(a="better", b="stub", c="check"))
    assert merged["cells"][1]["outputs"] == ["seen"]


def test_the_learners_kernel_stays():
    mine = {**GIVEN, "metadata": {"kernelspec": "mine"}}
    new = {**notebook(a="better", b="stub", c="check"), "metadata": {"kernelspec": "python3", "more": 1}}
    assert merge(GIVEN, mine, new)["metadata"] == {"kernelspec": "mine", "more": 1}


def test_sources_are_compared_however_they_are_stored():
    lines = notebook(a="one\ntwo", b="three")
    stored = notebook(a="x", b="three\n")
    stored["cells"][0]["source"] = ["one\n", "two"]
    stored["cells"][0]["outputs"] = ["run"]
    assert same_cells(lines, stored)
    assert not same_cells(lines, notebook(a="one\ntwo"))
