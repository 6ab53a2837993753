"""Notebooks as the maker of chapters makes them, small, for the tests."""

import json
from pathlib import Path

from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from avlab.workbook.cells import check_cell, imports_cell, nbgrader_metadata, solution_cell

TOY = Path(__file__).parent / "toy"
NAME = Path("part") / "99_toy.ipynb"
STUB = "99-loudness-solution"
FIND_TOY = f"""\
import sys
import avlab.workbook
sys.modules["avlab.workbook.exercises"].__path__.append({str(TOY)!r})"""


def chapter(exercises, text: str = "What this is about.", extra: tuple = ()) -> dict:
    """A whole chapter with outputs: text, imports, each exercise, an end."""
    cells = [
        new_markdown_cell(f"# A chapter\n\n{text}", id="title"),
        code(FIND_TOY, "find"),
        code(imports_cell(exercises), "imports"),
    ]
    for exercise in exercises:
        for kind, source in (("solution", solution_cell(exercise)), ("check", check_cell(exercise))):
            metadata = nbgrader_metadata(exercise, kind)
            cells.append(code(source, metadata["grade_id"], nbgrader=metadata, exercise=exercise.id))
    cells += [*extra, code("print('the end')", "end")]
    metadata = {"avlab": {"seconds": 3}, "widgets": {"some": "state"}, "kernelspec": KERNEL}
    return new_notebook(cells=cells, metadata=metadata)


KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def code(source: str, id: str, **metadata) -> dict:
    output = new_output("stream", name="stdout", text="as stored\n")
    return new_code_cell(source, id=id, metadata=metadata, outputs=[output], execution_count=7)


def save(notebook: dict, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


def load(path: Path):
    return from_dict(json.loads(path.read_text(encoding="utf-8")))


def cell(notebook: dict, id: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell["id"] == id)


def work(path: Path, source: str = "def root_mean_square(sound):\n    return 3", id: str = STUB) -> str:
    """The learner writes an answer and runs it."""
    notebook = load(path)
    cell(notebook, id).update(source=source, execution_count=3)
    save(notebook, path)
    return source


def revise(toy, **changes) -> None:
    """The course publishes its chapter anew."""
    save(chapter(toy.EXERCISES, **changes), Path("notebooks") / NAME)


def revise_stub(toy) -> None:
    """The course changes the cell that the learner writes in."""
    notebook = chapter(toy.EXERCISES)
    new = cell(notebook, STUB)
    new["source"] = new["source"].replace("How loud a sound is", "How very loud a sound is")
    save(notebook, Path("notebooks") / NAME)


def state(folder: Path) -> dict[str, str]:
    """Every file of a copy, but for what a killed update left half written."""
    names = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))
    return {str(path.relative_to(folder)): path.read_text() for path in names}
