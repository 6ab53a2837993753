import io

import pytest
from rich.console import Console

from avlab.workbook import Mistake, check, progress, record, update
from avlab.workbook.record import Entry, entry
from tests.workbook.chapters import chapter, save


@pytest.fixture
def copy(toy, tmp_path, monkeypatch):
    """The folder of a chapter in a learner's copy, as a kernel has it."""
    save(chapter(toy.EXERCISES), tmp_path / "notebooks" / "part" / "99_toy.ipynb")
    update(tmp_path / "notebooks", tmp_path / "workbook")
    monkeypatch.chdir(tmp_path / "workbook" / "part")
    return tmp_path / "workbook"


def passes():
    check("99.milliseconds", 2500)


def fails():
    with pytest.raises(Mistake):
        check("99.milliseconds", 2.5)


def test_a_check_in_a_learners_copy_is_remembered(copy):
    fails()
    assert entry("99.milliseconds") == Entry(passed=False, tries=1)
    passes()
    assert entry("99.milliseconds") == Entry(passed=True, tries=2)
    fails()
    assert entry("99.milliseconds") == Entry(passed=False, tries=3)


def test_elsewhere_nothing_is_remembered(toy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    passes()
    assert list(tmp_path.iterdir()) == []
    assert entry("99.milliseconds") is None


def test_a_check_in_a_checkout_does_not_count_for_the_copy_in_it(copy, monkeypatch):
    monkeypatch.chdir(copy.parent)
    passes()
    assert entry("99.milliseconds") is None


def test_grading_leaves_no_trace(copy, monkeypatch):
    monkeypatch.setenv("AVLAB_SEED", "secret")
    passes()
    assert entry("99.milliseconds") is None


def test_a_memory_that_cannot_be_written_does_not_fail_the_check(copy, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("avlab.workbook.files.os.fsync", full)
    passes()
    assert "passed" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"other": 1}'])
def test_a_memory_that_cannot_be_read_counts_as_none(copy, content):
    passes()
    (copy / ".avlab" / "progress" / "99.milliseconds.json").write_text(content)
    assert entry("99.milliseconds") is None
    passes()
    assert entry("99.milliseconds") == Entry(True, 1)


def test_progress_says_how_each_exercise_stands(copy):
    passes()
    with pytest.raises(Mistake):
        check("99.cut", ...)
    rows = {row[0]: row[-1] for row in progress(99).rows}
    assert rows == {
        "99.positions": "not tried",
        "99.loudness": "not tried",
        "99.cut": "not yet",
        "99.milliseconds": "passed",
    }
    assert progress(99).caption == "1 of 4 exercises pass: 1 of 7 points."


def test_progress_of_the_whole_course_holds_every_chapter(copy):
    ids = [row[0] for row in progress().rows]
    assert "01.frame_on_screen" in ids and "99.cut" in ids


def test_progress_is_found_from_beside_the_copy(copy, monkeypatch):
    passes()
    monkeypatch.chdir(copy.parent)
    assert progress(99).caption.startswith("1 of 4")
    monkeypatch.chdir("/")
    assert progress(99).caption.startswith("0 of 4")
    assert progress(99, copy).caption.startswith("1 of 4")


def test_progress_shows_itself_in_a_terminal_and_in_a_notebook(copy):
    passes()
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(progress(99))
    assert "99.milliseconds  Milliseconds" in console.export_text()
    shown = progress(99).shown()
    assert "<table" in shown.html and "1 of 4 exercises pass" in shown.html
    assert "99.milliseconds | Milliseconds | 1 | 2 | passed" in shown.text
    assert shown.text == repr(progress(99))


def test_memories_of_different_copies_are_apart(copy, tmp_path):
    passes()
    assert record.memory(tmp_path / "elsewhere") is None
