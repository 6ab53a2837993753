"""What every stored notebook keeps to. nbval runs them; this looks at what is stored."""

import re

import nbformat
import pytest

from avlab.workbook import exercise
from tests.course.html_tags import tags
from tools.notebooks import limits
from tools.notebooks.chapters import ROOT, chapters, repository
from tools.notebooks.compose import compose
from tools.notebooks.ignored import TAGS, ignored, reasons
from tools.notebooks.origin import code_hash

CHAPTERS = chapters()
REMAKE = "make notebooks"
# What matplotlib's calls return, and whatever has no words of its own but an address.
BARE = re.compile(r"<matplotlib\.|<Figure size|^\[?<[\w.]+ at 0x|object at 0x")


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda chapter: chapter.name)
def chapter(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(chapter):
    assert chapter.notebook.exists(), f"{chapter.name} has no notebook: {REMAKE}"
    return nbformat.read(chapter.notebook, as_version=4)


@pytest.fixture(scope="module")
def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def shown(code):
    """Pairs of a cell's id and the MIME bundle of one of its outputs."""
    return [(cell.id, output.data) for cell in code for output in cell.outputs if "data" in output]


def test_there_are_chapters():
    assert CHAPTERS


def test_no_notebook_is_left_over_from_a_text_that_is_gone():
    stored = {
        path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    }
    assert stored <= {chapter.notebook for chapter in CHAPTERS}


def test_the_notebook_says_what_its_text_says(chapter, notebook):
    expected = compose(chapter.text.read_text(encoding="utf-8"), repository(), exercise).notebook
    kept = {key: value for key, value in notebook.metadata.items() if key != "avlab"}
    assert kept == expected.metadata, REMAKE
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in expected.cells], REMAKE
    for stored, made in zip(notebook.cells, expected.cells, strict=True):
        if stored.cell_type == "code":
            stored = {**stored, "outputs": [], "execution_count": None}
        assert stored == made, REMAKE


def test_the_outputs_are_those_of_this_code(notebook):
    assert notebook.metadata.avlab.made_from.code == code_hash(notebook), REMAKE


def test_every_cell_ran_once_from_the_first_to_the_last(code):
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1)), REMAKE


def test_nothing_failed_and_nothing_warned(code):
    outputs = [(cell.id, output) for cell in code for output in cell.outputs]
    assert not [cell for cell, output in outputs if output.output_type == "error"]
    assert not [(cell, output.text) for cell, output in outputs if output.get("name") == "stderr"]


def test_every_picture_and_player_has_words(shown):
    for cell, data in shown:
        bare = [mime for mime in data if mime.startswith(("image/", "audio/", "video/"))]
        assert not bare, f"{cell} shows {bare} without words: use avlab.show"
        for tag, attributes in tags(data.get("text/html", "")):
            words = {"img": "alt", "audio": "aria-label", "video": "aria-label"}.get(tag)
            assert words is None or (attributes.get(words) or "").strip(), f"{cell}: <{tag}> without {words}"


def test_every_output_has_words_that_a_terminal_can_show(shown):
    for cell, data in shown:
        assert data.get("text/plain", "").strip(), f"{cell} shows something without text/plain"
        assert not BARE.search(data["text/plain"]), (
            f"{cell} ends in a value nobody can read: {data['text/plain']}"
        )


def test_ignored_outputs_are_those_of_the_list_and_each_has_its_reason():
    listed = {name: set(cells) for name, cells in reasons().items()}
    found = {
        chapter.name: set(ids) for chapter in CHAPTERS if (ids := ignored(nbformat.read(chapter.notebook, 4)))
    }
    assert found == listed, "notebooks/ignored_outputs.toml and the tags in the chapters differ"
    for cells in reasons().values():
        assert all(re.fullmatch(r"[A-Z].{20,}\.", reason) for reason in cells.values())


def test_nothing_is_ignored_by_a_comment(code):
    marks = re.compile(
        rf"#\s*({'|'.join(sorted(TAGS)).replace('-', '_')}|pytest_validate_ignore_output)", re.I
    )
    assert not [cell.id for cell in code if marks.search(cell.source)]


def test_the_stored_run_took_no_more_than_a_chapter_may(chapter, notebook):
    measured = notebook.metadata.avlab
    assert 0 < measured.seconds <= limits.seconds_allowed(chapter.number)
    assert 0 < measured.peak_memory_mb <= limits.PEAK_MEMORY_MB
    assert measured.machine


def test_a_notebook_is_small(chapter):
    assert chapter.notebook.stat().st_size < limits.NOTEBOOK_BYTES


def test_the_folder_is_small():
    files = [path for path in (ROOT / "notebooks").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < limits.FOLDER_BYTES
