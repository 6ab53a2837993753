import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat import validate
from nbformat.v4 import new_code_cell

from avlab.errors import AvlabError
from avlab.workbook import files, update
from tests.workbook.chapters import NAME, STUB, cell, chapter, load, revise, revise_stub, save, state, work


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


def test_it_begins_with_the_progress_of_its_chapter(copy):
    first = load(copy).cells[0]
    assert (first.id, first.source) == ("progress", "from avlab import workbook\n\nworkbook.progress(99)")


def test_a_chapter_without_exercises_has_no_progress(course):
    save(chapter([]), Path("notebooks") / NAME)
    update()
    assert load(Path("workbook") / NAME).cells[0].id == "title"


def test_a_copy_from_before_gets_its_progress_and_keeps_the_answers(copy):
    given = Path("workbook/.avlab/given") / NAME
    answer = work(copy)
    for path in (copy, given):
        notebook = load(path)
        save({**notebook, "cells": notebook.cells[1:]}, path)
    assert update() == [f"{copy}: brought up to date. What you changed in it is as you left it."]
    assert load(copy).cells[0].id == "progress" and cell(load(copy), STUB).source == answer


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
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_the_copy_reads_as_nbformat_writes(copy):
    text = copy.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
