import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from nbformat import validate
from nbformat.v4 import new_code_cell

from avlab.errors import AvlabError
from avlab.workbook import files, update
from tests.workbook.chapters import cell, chapter, load, save

NAME = Path("part") / "99_toy.ipynb"
STUB, CHECK = "99-loudness-solution", "99-loudness-check"


@pytest.fixture
def course(toy, tmp_path, monkeypatch):
    """A course of one chapter, and a place for the learner's copy."""
    monkeypatch.chdir(tmp_path)
    save(chapter(toy.EXERCISES), Path("notebooks") / NAME)
    return tmp_path


@pytest.fixture
def copy(course):
    update()
    return course / "workbook" / NAME


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
    notebook = chapter(toy.EXERCISES)
    new = cell(notebook, STUB)
    new["source"] = new["source"].replace("How loud a sound is", "How very loud a sound is")
    save(notebook, Path("notebooks") / NAME)


def test_solutions_outputs_and_widgets_are_taken_out(copy):
    notebook = load(copy)
    validate(notebook)
    assert "NotImplementedError" in cell(notebook, STUB).source and "SOLUTION" not in copy.read_text()
    assert not any(part.get("outputs") or part.get("execution_count") for part in notebook.cells)
    assert notebook.metadata.keys() == {"kernelspec"}
    assert all("nbgrader" not in part.metadata for part in notebook.cells)
    assert cell(notebook, STUB).metadata.exercise == "99.loudness"


def test_only_checks_are_tagged_so_that_run_all_goes_on(copy, toy):
    tagged = [part.id for part in load(copy).cells if "raises-exception" in part.metadata.get("tags", [])]
    assert tagged == [f"{exercise.id.replace('.', '-')}-check" for exercise in toy.EXERCISES]


def test_a_second_call_does_nothing(copy):
    before = {path: path.stat().st_mtime_ns for path in Path("workbook").rglob("*")}
    assert update() == []
    assert {path: path.stat().st_mtime_ns for path in Path("workbook").rglob("*")} == before


def test_it_says_what_it_did(course, toy):
    assert update() == [f"{Path('workbook') / NAME}: new."]
    revise(toy, text="Said better.")
    assert update() == [f"{Path('workbook') / NAME}: brought up to date."]


def test_other_folders_may_be_given(course):
    update(course / "notebooks", course / "elsewhere")
    assert (course / "elsewhere" / NAME).exists()


def test_a_course_without_chapters_is_refused(tmp_path):
    with pytest.raises(AvlabError, match="there is no chapter in it"):
        update(tmp_path, tmp_path / "workbook")
    assert not (tmp_path / "workbook").exists()


def test_what_the_course_did_not_change_is_left_alone(copy):
    answer = work(copy)
    before = copy.read_bytes()
    assert update() == []
    assert copy.read_bytes() == before and answer.encode().split()[0] in before


def test_new_text_comes_in_around_the_learners_answer(copy, toy):
    answer = work(copy)
    own = load(copy)
    own.cells.insert(3, new_code_cell("my_notes = 3", id="mine"))
    save(own, copy)
    revise(toy, text="Said better.", extra=(new_code_cell("print('more')", id="more"),))
    (said,) = update()
    notebook = load(copy)
    validate(notebook)
    assert "What you changed in it is as you left it." in said
    assert cell(notebook, STUB).source == answer and cell(notebook, STUB).execution_count == 3
    assert cell(notebook, "mine").source == "my_notes = 3"
    assert "Said better." in cell(notebook, "title").source and cell(notebook, "more")
    assert list(copy.parent.iterdir()) == [copy]


def test_where_both_changed_the_same_cell_the_new_chapter_comes_beside(copy, toy):
    work(copy)
    before = copy.read_bytes()
    revise_stub(toy)
    (said,) = update()
    beside = copy.with_name("99_toy.new.ipynb")
    assert copy.read_bytes() == before
    assert "How very loud" in cell(load(beside), STUB).source
    assert "left as you have it" in said and beside.name in said
    assert update() == []


def test_work_in_the_chapter_beside_is_kept_too(copy, toy):
    work(copy)
    revise_stub(toy)
    update()
    beside = copy.with_name("99_toy.new.ipynb")
    work(beside, "def root_mean_square(sound):\n    return 4")
    worked = beside.read_bytes()
    work(copy, "# changed", id="end")
    revise(toy, text="And again.")
    work(Path("notebooks") / NAME, "print('another end')", id="end")
    (said,) = update()
    assert beside.read_bytes() == worked
    assert "99_toy.new2.ipynb" in said and "another end" in copy.with_name("99_toy.new2.ipynb").read_text()


def test_a_chapter_beside_that_nobody_worked_in_is_replaced(copy, toy):
    work(copy)
    revise_stub(toy)
    update()
    revise(toy)
    update()
    revise_stub(toy)
    work(copy, "# more", id=STUB)
    update()
    assert sorted(path.name for path in copy.parent.iterdir()) == ["99_toy.ipynb", "99_toy.new.ipynb"]


@pytest.mark.parametrize("content", [b"<<<<<<< mine\n{}", b"\xff\xfe broken", b"", b"[]", b'{"cells": 3}'])
def test_what_is_no_notebook_is_kept_as_it_is(copy, toy, content):
    copy.write_bytes(content)
    revise(toy, text="Said better.")
    update()
    assert copy.read_bytes() == content
    assert "Said better." in copy.with_name("99_toy.new.ipynb").read_text()


def test_a_copy_whose_memory_is_lost_is_not_overwritten(copy, toy):
    work(copy)
    before = copy.read_bytes()
    shutil.rmtree("workbook/.avlab")
    revise(toy, text="Said better.")
    update()
    assert copy.read_bytes() == before
    assert copy.with_name("99_toy.new.ipynb").exists()


def test_a_deleted_chapter_comes_back(copy):
    copy.unlink()
    assert update() == [f"{Path('workbook') / NAME}: new."]


def test_a_chapter_saved_in_the_meantime_is_not_overwritten(copy, toy, monkeypatch):
    revise(toy, text="Said better.")
    fsync = os.fsync

    def saves_meanwhile(number):
        work(copy)
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", saves_meanwhile)
    with pytest.raises(AvlabError, match="saved while it was being updated"):
        update()
    assert "return 3" in cell(load(copy), STUB).source


def test_checkpoints_of_jupyter_are_no_chapters(course):
    shutil.copytree(Path("notebooks") / "part", Path("notebooks") / ".ipynb_checkpoints")
    assert len(update()) == 1


def test_a_file_keeps_the_permissions_that_files_have_here(copy):
    Path("plain").write_text("")
    assert copy.stat().st_mode == Path("plain").stat().st_mode


# --- killed at every write --------------------------------------------------------------------------

# Runs an update and kills its own process, with no time to tidy up, before or in the middle of the
# Nth thing that it does to the disk. Exit code 0 when there is no Nth.
KILLED = """
import builtins, os, sys
count, target = 0, int(sys.argv[1])

def counted(function, before=None):
    def call(*arguments, **options):
        global count
        count += 1
        if count == target:
            if before:
                before(*arguments)
            os._exit(9)
        return function(*arguments, **options)
    return call

class Torn:
    def __init__(self, file):
        self.file = file
        self.write = counted(file.write, lambda text: (file.write(text[: len(text) // 2]), file.flush()))
    def __getattr__(self, name):
        return getattr(self.file, name)
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.file.close()

import avlab.workbook.files
import avlab.workbook.learners_copy
avlab.workbook.files.open = lambda *arguments, **options: Torn(counted(open)(*arguments, **options))
for name in ("mkdir", "fsync", "replace", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
avlab.workbook.learners_copy.update()
"""


def state(folder: Path) -> dict[str, str]:
    names = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))
    return {str(path.relative_to(folder)): path.read_text() for path in names}


def killed(at: int) -> int:
    return subprocess.run([sys.executable, "-c", KILLED, str(at)], check=False).returncode


@pytest.mark.parametrize("conflict", [False, True], ids=["merged", "beside"])
def test_killed_at_any_write_every_file_is_old_or_new_and_the_next_update_completes_it(copy, toy, conflict):
    work(copy)
    revise_stub(toy) if conflict else revise(toy, text="Said better.")
    other = Path("notebooks") / "part" / "98_second.ipynb"
    save(chapter(toy.EXERCISES[:1]), other)
    shutil.copytree("workbook", "before")
    update()
    after = state(Path("workbook"))
    before = state(Path("before"))
    deaths = 0
    while True:
        shutil.rmtree("workbook")
        shutil.copytree("before", "workbook")
        if killed(deaths + 1) == 0:
            break
        deaths += 1
        for name, text in state(Path("workbook")).items():
            assert text in (before.get(name), after.get(name)), (deaths, name)
        assert "return 3" in cell(load(copy), STUB).source
        update()
        assert state(Path("workbook")) == after, deaths
    assert deaths >= 16  # four files, each opened, written, synced, replaced


def test_a_first_copy_killed_at_any_write_is_completed_by_the_next(course):
    update()
    after = state(Path("workbook"))
    deaths = 0
    while True:
        shutil.rmtree("workbook")
        if killed(deaths + 1) == 0:
            break
        deaths += 1
        assert all(text == after[name] for name, text in state(Path("workbook")).items())
        update()
        assert state(Path("workbook")) == after
    assert deaths >= 8


def test_what_a_killed_update_left_is_cleared_away_later(copy):
    old, fresh = (copy.with_name(f".{name}.part") for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_text("half")
    os.utime(old, (time.time() - 7200,) * 2)
    update()
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_full_disk_leaves_nothing_half_written(copy, toy, monkeypatch):
    before = state(Path("workbook"))
    revise(toy, text="Said better.")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        update()
    assert state(Path("workbook")) == before
    assert not list(Path("workbook").rglob("*.part"))


def test_updating_does_not_wait_for_torch():
    program = "import avlab.workbook, sys; avlab.workbook.update; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_the_copy_reads_as_nbformat_writes(copy):
    text = copy.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
