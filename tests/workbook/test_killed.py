"""An update that is killed, with no time to tidy up, at each thing that it does to the disk."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from avlab.workbook import update
from tests.workbook.chapters import STUB, cell, chapter, load, revise, revise_stub, save, state, work

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

# For each number it reads, N, it updates in a process of its own that dies at the Nth thing it does to the disk
# (of a text, when half of it is written), and answers with the exit code: 0 where there is no Nth.
KILLER = """
import os, sys
import avlab.workbook.files
import avlab.workbook.learners_copy

left = 0

def counted(function, before=lambda *_: None):
    def call(*arguments, **options):
        global left
        left -= 1
        if not left:
            before(*arguments)
            os._exit(9)
        return function(*arguments, **options)
    return call

class Torn:
    def __init__(self, file):
        self.file, self.flush, self.fileno = file, file.flush, file.fileno
        self.write = counted(file.write, lambda text: (file.write(text[: len(text) // 2]), file.flush()))
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.file.close()

avlab.workbook.files.open = lambda *arguments, **options: Torn(counted(open)(*arguments, **options))
for name in ("mkdir", "fsync", "replace", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
for line in sys.stdin:
    child = os.fork()
    if not child:
        left = int(line)
        avlab.workbook.learners_copy.update()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def killed(course):
    """Update and die at the Nth change of the disk; whether there was an Nth."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", KILLER], **pipes) as killer:

        def at(number: int) -> bool:
            killer.stdin.write(f"{number}\n")
            killer.stdin.flush()
            code = int(killer.stdout.readline())
            assert code in (0, 9)
            return code == 9

        yield at
        killer.stdin.close()


@pytest.mark.parametrize("conflict", [False, True], ids=["merged", "beside"])
def test_every_file_is_old_or_new_and_the_next_update_completes_it(copy, toy, killed, conflict):
    work(copy)
    if conflict:
        revise_stub(toy)
    else:
        revise(toy, text="Said better.")
    save(chapter(toy.EXERCISES[:1]), Path("notebooks") / "part" / "98_second.ipynb")
    shutil.copytree("workbook", "before")
    update()
    before, after = state(Path("before")), state(Path("workbook"))
    deaths = 0
    while True:
        shutil.rmtree("workbook")
        shutil.copytree("before", "workbook")
        if not killed(deaths + 1):
            break
        deaths += 1
        for name, text in state(Path("workbook")).items():
            assert text in (before.get(name), after.get(name)), (deaths, name)
        assert "return 3" in cell(load(copy), STUB).source
        update()
        assert state(Path("workbook")) == after, deaths
    assert deaths >= 16  # four files, each opened, written, synced, replaced


def test_a_first_copy_is_completed_by_the_next_update(course, killed):
    update()
    after = state(Path("workbook"))
    deaths = 0
    while True:
        shutil.rmtree("workbook")
        if not killed(deaths + 1):
            break
        deaths += 1
        if Path("workbook").exists():
            assert state(Path("workbook")).items() <= after.items()
        update()
        assert state(Path("workbook")) == after
    assert deaths >= 8
