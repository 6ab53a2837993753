import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.notebooks.execute import CellFailed, execute


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def test_a_cell_beyond_the_limit_is_stopped():
    with pytest.raises(CellFailed, match="time is over"):
        execute(notebook("import time\ntime.sleep(60)"), limit=4)


def test_a_kernel_that_dies_is_told_as_such():
    with pytest.raises(CellFailed, match="kernel died") as failure:
        execute(notebook("1", "import os\nos._exit(1)"), limit=60)
    assert failure.value.index == 1


def test_the_working_directory_is_empty_and_memory_counts_child_processes():
    child = "import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', 'x = bytearray(300_000_000); import time; time.sleep(1)'])"
    ran = notebook("import os\nos.listdir()", child)
    measured = execute(ran, limit=60)
    assert ran.cells[0].outputs[0].data["text/plain"] == "[]"
    assert measured.peak_memory_mb > 300
    assert measured.modules == []


def test_printed_lines_are_one_output_however_they_arrived():
    ran = notebook("import sys\nfor i in range(3):\n    print(i)\n    sys.stdout.flush()")
    execute(ran, limit=60)
    assert [output.text for output in ran.cells[0].outputs] == ["0\n1\n2\n"]
