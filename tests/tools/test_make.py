import json
import re

import nbformat
import psutil
import pytest

from tests.tools.toy import EXERCISE, NO_EXERCISE, TEXT, chapter
from tools.notebooks.make import ChapterFailed, make, read, write
from tools.notebooks.origin import code_hash, module_hash, reasons


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A chapter made once, the text of its notebook, and what was said of it."""
    toy = chapter(tmp_path_factory.mktemp("made"))
    said = make(toy)
    return toy, toy.notebook.read_text(encoding="utf-8"), said


@pytest.fixture
def toy(made, tmp_path):
    """A fresh copy of that chapter."""
    copy = chapter(tmp_path)
    copy.notebook.parent.mkdir(parents=True)
    copy.notebook.write_text(made[1], encoding="utf-8")
    return copy


def refuse(index, count):
    raise AssertionError(f"cell {index} was executed")


def without_measures(notebook):
    return re.sub(r'"(seconds|peak_memory_mb)": [\d.]+', "", notebook)


def test_it_stores_outputs_counts_and_what_it_took(made):
    notebook = nbformat.reads(made[1], as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert code[1].outputs[0].text == "2\n"
    assert code[3].outputs[0].data["text/plain"] == "'a value'"
    assert 0 < notebook.metadata.avlab.seconds < 60
    assert 20 < notebook.metadata.avlab.peak_memory_mb < 4096
    assert list(notebook.metadata.avlab.made_from.modules) == ["avlab"]


def test_it_tells_of_progress_and_why(made):
    assert made[2].reasons == ["new"] and made[2].written


def test_an_unchanged_chapter_is_not_executed_and_not_written(toy):
    before = toy.notebook.stat().st_mtime_ns
    assert not make(toy, progress=refuse).written
    assert toy.notebook.stat().st_mtime_ns == before


def test_changed_prose_is_rewritten_and_keeps_its_outputs(toy, made):
    toy.text.write_text(NO_EXERCISE.replace("# A toy", "# A better toy"), encoding="utf-8")
    assert make(toy, progress=refuse).written
    changed = toy.notebook.read_text(encoding="utf-8")
    assert "A better toy" in changed
    assert [cell.get("outputs") for cell in json.loads(changed)["cells"]] == [
        cell.get("outputs") for cell in json.loads(made[1])["cells"]
    ]


def test_two_forced_runs_differ_in_nothing_but_what_was_measured(toy, made):
    assert make(toy, force=True).reasons == ["forced"]
    assert without_measures(toy.notebook.read_text(encoding="utf-8")) == without_measures(made[1])


def test_code_tags_and_modules_are_reasons_to_execute_and_prose_is_not(made):
    stored = nbformat.reads(made[1], as_version=4)
    assert reasons(stored, stored) == []
    changed = nbformat.reads(made[1], as_version=4)
    changed.cells[2].source += "\n1"
    assert reasons(changed, stored) == ["its code"]
    changed = nbformat.reads(made[1], as_version=4)
    changed.cells[2].metadata.tags = ["raises-exception"]
    assert reasons(changed, stored) == ["its code"]
    older = nbformat.reads(made[1], as_version=4)
    older.metadata.avlab.made_from.modules["avlab"] = "another"
    assert reasons(stored, older) == ["avlab"]
    assert reasons(stored, None) == ["new"]


def test_a_failing_cell_is_shown_with_its_line_and_the_old_notebook_stays(toy, made):
    toy.text.write_text(
        NO_EXERCISE.replace("print(math.floor(2.5))", "print('so far')\nmath.flor(2.5)"), encoding="utf-8"
    )
    with pytest.raises(ChapterFailed) as failure:
        make(toy)
    line = 1 + toy.text.read_text().splitlines().index("import math")
    said = re.sub(r"\x1b\[[\d;]*m", "", str(failure.value))
    assert said.startswith(f"book/1_toys/01_toy.md:{line}\n")
    assert "math.flor(2.5)\n" in said
    assert re.search(r"^so far$.*^AttributeError", said, re.MULTILINE | re.DOTALL)
    assert toy.notebook.read_text(encoding="utf-8") == made[1]


def test_a_malformed_text_is_named(toy):
    toy.text.write_text(TEXT.replace("01.twice\n---\n", "01.twice\n---\n1\n"), encoding="utf-8")
    with pytest.raises(ChapterFailed, match=r"01_toy\.md: line \d+"):
        make(toy, find={"01.twice": EXERCISE}.__getitem__)


def test_ctrl_c_leaves_the_old_notebook_and_no_kernel(toy, made):
    def interrupt(index, count):
        raise KeyboardInterrupt

    toy.text.write_text(NO_EXERCISE.replace("2.5", "3.5"), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        make(toy, progress=interrupt)
    assert toy.notebook.read_text(encoding="utf-8") == made[1]
    assert [path.name for path in toy.notebook.parent.iterdir()] == ["01_toy.ipynb"]
    assert not [child for child in psutil.Process().children() if "ipykernel" in " ".join(child.cmdline())]


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    old = nbformat.v4.new_notebook()
    assert write(path, old) and not write(path, old)
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write(path, nbformat.v4.new_notebook(metadata={"changed": True}))
    assert read(path) == old
    assert list(tmp_path.iterdir()) == [path]


def test_hashes_of_modules_see_code_and_not_docstrings(tmp_path, monkeypatch):
    package = tmp_path / "avlab"
    package.mkdir()
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: type("Spec", (), {"origin": package / "__init__.py"})
    )
    room = package / "room.py"

    def hashed(text):
        room.write_text(text)
        return module_hash("avlab.room")

    plain = hashed("def one():\n    return 1\n")
    assert plain == hashed('"""A room."""\n\n\ndef one():\n    """One."""\n    # because\n    return 1\n')
    assert plain != hashed("def one():\n    return 2\n")
    assert module_hash("avlab.gone") == ""


def test_the_hash_of_code_ignores_prose(made):
    notebook = nbformat.reads(made[1], as_version=4)
    before = code_hash(notebook)
    notebook.cells[0].source = "# Another title"
    assert code_hash(notebook) == before
