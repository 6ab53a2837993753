import ast
import dataclasses
import textwrap

import pytest

from avlab.workbook import exercise
from avlab.workbook.cells import (
    blank,
    check_cell,
    imports_cell,
    nbgrader_metadata,
    needed_imports,
    solution_cell,
    stub_cell,
    unmarked,
)
from avlab.workbook.selftest import worked


def decorate(function):
    return function


@decorate
def decorated(
    sound: list,
    # A comment of its own.
    gain=2,
) -> list:
    """Louder."""

    # First the reason.
    def louder(sample):
        return sample * gain

    return [louder(sample) for sample in sound]


def one_line(x): return x  # fmt: skip


def no_end():
    print("no value")


def test_a_solution_is_the_references_own_source_between_markers(positions):
    source = solution_cell(positions)
    assert source.startswith(
        'def positions(samples: int, length: int, hop: int) -> Tensor:\n    """Where each'
    )
    assert source.count("    ### BEGIN SOLUTION\n    if hop <= 0:") == 1
    assert "    # The last one must end inside the sound.\n" in source
    assert source.endswith("\n    ### END SOLUTION")


def test_decorators_go_and_the_learners_name_comes(positions):
    source = solution_cell(dataclasses.replace(positions, reference=decorated, name="louder"))
    assert source == textwrap.dedent(
        '''\
        def louder(
            sound: list,
            # A comment of its own.
            gain=2,
        ) -> list:
            """Louder."""
            ### BEGIN SOLUTION
            # First the reason.
            def louder(sample):
                return sample * gain

            return [louder(sample) for sample in sound]
            ### END SOLUTION'''
    )


def test_a_value_is_computed_step_by_step(toy):
    assert solution_cell(exercise("99.milliseconds")).split("\n") == [
        "answer_99_milliseconds = ...",
        "### BEGIN SOLUTION",
        "seconds = 2.5",
        "answer_99_milliseconds = seconds * MILLISECONDS",
        "### END SOLUTION",
    ]


def test_a_plain_value_is_written_down(toy):
    plain = dataclasses.replace(exercise("99.milliseconds"), reference=2500.0)
    assert "\nanswer_99_milliseconds = 2500.0\n" in solution_cell(plain)
    assert needed_imports(plain) == {}


def test_a_stub_keeps_signature_and_docstring_and_nothing_else(positions, toy):
    stub = stub_cell(positions)
    tree = ast.parse(stub).body[0]
    assert len(tree.body) == 2 and "raise NotImplementedError" in stub and "SOLUTION" not in stub
    assert stub_cell(exercise("99.milliseconds")) == "answer_99_milliseconds = ..."


def test_blank_leaves_other_cells_alone():
    for source in ("x = 1\n", "", "# BEGIN\nraise ValueError"):
        assert blank(source) == source.rstrip("\n")


def test_blank_takes_out_every_solution_of_a_cell():
    twice = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n"
    assert blank(twice + twice.replace("f", "g", 1)).count("raise NotImplementedError") == 2


def test_unmarked_is_the_solution_for_reading(positions, toy):
    assert "SOLUTION" not in unmarked(solution_cell(positions))
    assert unmarked(solution_cell(exercise("99.milliseconds"))).startswith("seconds = 2.5\n")
    assert unmarked("x = ...") == "x = ..."


def test_the_names_that_a_solution_needs_come_from_where_its_module_has_them(toy, positions):
    assert needed_imports(positions) == {"Tensor": "from torch import Tensor", "torch": "import torch"}
    home = "from avlab.workbook.exercises.chapter_99 import MILLISECONDS"
    assert needed_imports(exercise("99.milliseconds")) == {"MILLISECONDS": home}


def test_imports_of_a_chapter_are_merged(toy):
    frame_on_screen = exercise("01.frame_on_screen")
    cell = imports_cell([frame_on_screen, exercise("99.positions"), exercise("99.cut")])
    assert cell.split("\n") == [
        "import math",
        "import torch",
        "from jaxtyping import Float64, Int64",
        "from torch import Tensor",
        "",
        "from avlab.clocks import SAME_MOMENT",
    ]


def test_solutions_run_after_the_imports(toy):
    assert worked(exercise("99.positions"))(16, 4, 2).tolist() == [0, 2, 4, 6, 8, 10, 12]
    assert worked(exercise("99.milliseconds")) == 2500


def test_the_check_cell_imports_what_it_calls(positions):
    assert check_cell(positions) == 'from avlab.workbook import check\n\ncheck("99.positions", positions)'


def test_nbgrader_grades_the_check_and_keeps_the_solution_open(positions):
    solution, graded = (nbgrader_metadata(positions, kind) for kind in ("solution", "check"))
    assert (solution["solution"], solution["grade"], solution["locked"]) == (True, False, False)
    assert (graded["solution"], graded["grade"], graded["locked"], graded["points"]) == (False, True, True, 2)
    assert solution["grade_id"] != graded["grade_id"]
    assert not set(" ./") & set(solution["grade_id"] + graded["grade_id"])


@pytest.mark.parametrize(
    "reference, problem", [(one_line, "lines of its own"), (no_end, "must end in `return`")]
)
def test_what_cannot_be_shown_as_a_solution_is_refused(toy, reference, problem):
    value = dataclasses.replace(exercise("99.milliseconds"), reference=reference)
    with pytest.raises(ValueError, match=problem):
        solution_cell(value)
