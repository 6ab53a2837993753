"""Run All on a copy in which nothing is written yet reaches the end: for every chapter of the course."""

import shutil
from pathlib import Path

import pytest
from nbclient import NotebookClient

from avlab.workbook import update
from tests.workbook.chapters import load

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CHAPTERS = sorted(path.relative_to(NOTEBOOKS) for path in NOTEBOOKS.glob("*/*.ipynb"))
SECONDS = 225  # three times what a chapter may take


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAPTERS, ids=str)
def test_nothing_but_the_checks_fails_and_they_say_that_nothing_is_written(name, tmp_path):
    source = tmp_path / "notebooks" / name
    source.parent.mkdir(parents=True)
    shutil.copy(NOTEBOOKS / name, source)
    update(tmp_path / "notebooks", tmp_path / "workbook")
    notebook = load(tmp_path / "workbook" / name)
    place = {"metadata": {"path": str((tmp_path / "workbook" / name).parent)}}
    NotebookClient(notebook, timeout=SECONDS, resources=place).execute()
    outputs = [(cell.source, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    failed = [(source, output.evalue) for source, output in outputs if output.output_type == "error"]
    assert failed
    assert all(
        "check(" in source and said.endswith("Nothing is written here yet.") for source, said in failed
    )
    # The table at the top followed every check.
    table = notebook.cells[0].outputs[0].data["text/plain"]
    assert table.count("| not yet") == len(failed)
