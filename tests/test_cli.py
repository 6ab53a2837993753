import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

import avlab
from avlab import AssetError, assets, cli
from avlab.workbook import exercises, update
from avlab.workbook.record import record


def avlab_command(*arguments, **options):
    command = [str(Path(sys.executable).with_name("avlab")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def test_it_says_its_version():
    assert avlab_command("--version").stdout == f"avlab {avlab.__version__}\n"


def test_without_a_command_it_shows_its_help():
    answer = avlab_command()
    for command in ("doctor", "workbook", "progress", "transcribe", "train", "assets"):
        assert command in answer.stdout + answer.stderr


def test_our_errors_are_one_message_without_a_traceback(monkeypatch, capsys):
    def fails(name):
        raise AssetError(name, "is [not] here.", "Look elsewhere.")

    monkeypatch.setattr(assets, "asset", fails)
    monkeypatch.setattr(sys, "argv", ["avlab", "assets", "where", "jfk"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    assert capsys.readouterr() == ("", "jfk: is [not] here. Look elsewhere.\n")


def test_an_interrupted_command_stops_quietly():
    interrupt = "import os, signal; from avlab import cli, doctor; doctor.examine = lambda: os.kill(os.getpid(), signal.SIGINT)"
    answer = subprocess.run(
        [sys.executable, "-c", f"{interrupt}; cli.main()", "doctor"], capture_output=True, text=True
    )
    assert answer.returncode == 130
    assert "Traceback" not in answer.stderr


def test_a_mistyped_command_is_answered_with_the_way_to_the_help():
    answer = avlab_command("docter")
    assert answer.returncode == 2
    assert "--help" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_recording_is_written_down(tmp_path, monkeypatch):
    """What is heard comes from the model, here one with random weights; what is written has the form asked for."""
    import torch

    from avlab import whisper, world

    torch.manual_seed(0)
    tiny = whisper.Whisper(
        whisper.Dims(
            80, 50, 32, 2, 1, n_vocab=51865, n_text_ctx=64, n_text_state=32, n_text_head=2, n_text_layer=1
        )
    )
    whisper.save(tiny, tmp_path / "tiny.safetensors")
    avlab.write(world.say("bin blue at f two now").clip, tmp_path / "said.wav")
    written = tmp_path / "said.json"
    arguments = [
        "transcribe",
        tmp_path / "said.wav",
        "--model",
        tmp_path / "tiny.safetensors",
        "--language",
        "en",
    ]
    answer = CliRunner().invoke(
        cli.app, [*map(str, arguments), "--format", "json", "--output", str(written)], catch_exceptions=False
    )
    assert answer.exit_code == 0
    assert whisper.Transcript.from_json(written.read_text(encoding="utf-8")).language == "en"


def test_a_recipe_says_its_options():
    answer = avlab_command("train", "whisper-mini", "--help")
    assert answer.returncode == 0 and "--minutes" in answer.stdout


def test_a_model_that_is_not_there_is_one_message(tmp_path):
    answer = avlab_command("transcribe", tmp_path / "said.wav", "--model", tmp_path / "none.pt")
    assert answer.returncode == 1 and "none.pt" in answer.stderr and "Traceback" not in answer.stderr


@pytest.fixture
def source(tmp_path):
    """A course of one notebook."""
    path = tmp_path / "notebooks" / "1_signals" / "01_first.ipynb"
    path.parent.mkdir(parents=True)
    cell = nbformat.v4.new_markdown_cell("A world in motion.", id="promise")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return tmp_path / "notebooks"


def test_workbook_makes_a_copy_and_then_leaves_it(tmp_path, source):
    folder = tmp_path / "here"
    folder.mkdir()
    assert "new" in avlab_command("workbook", "--source", source, cwd=folder).stdout
    copy = folder / "workbook" / "1_signals" / "01_first.ipynb"
    before = copy.read_bytes()
    assert avlab_command("workbook", "--source", source, cwd=folder).stdout == "workbook: up to date.\n"
    # From inside the copy, no copy within the copy.
    assert avlab_command("workbook", "--source", source, cwd=copy.parent).stdout == "..: up to date.\n"
    assert copy.read_bytes() == before
    assert list(tmp_path.rglob("workbook")) == [folder / "workbook"]


def test_workbook_takes_the_chapters_beside_the_library(tmp_path, source, monkeypatch):
    monkeypatch.setattr(avlab, "__file__", str(tmp_path / "avlab" / "__init__.py"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert CliRunner().invoke(cli.app, ["workbook", "mine"]).exit_code == 0
    assert (elsewhere / "mine" / "1_signals" / "01_first.ipynb").is_file()


def test_workbook_without_chapters_says_what_to_give(tmp_path):
    answer = avlab_command("workbook", "--source", tmp_path, cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert (
        answer.stderr
        == f"{tmp_path}: there is no chapter in it. Give the folder that holds the course's notebooks.\n"
    )


def test_a_folder_that_cannot_be_written_is_said_without_a_traceback(tmp_path, source):
    (tmp_path / "file").touch()
    answer = avlab_command("workbook", tmp_path / "file", "--source", source, cwd=tmp_path)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert str(tmp_path / "file") in answer.stderr


def test_progress_shows_the_exercises_of_the_copy(tmp_path, source, monkeypatch):
    first, *others = [exercise for exercise in exercises() if exercise.chapter == "01"]
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert "avlab workbook makes one" in runner.invoke(cli.app, ["progress"]).stdout
    update(source, tmp_path / "workbook")
    record(first.id, passed=True)
    answer = runner.invoke(cli.app, ["progress", "1"]).stdout
    assert f"1 of {1 + len(others)} exercises pass: {first.points} of" in answer
    assert "avlab workbook makes one" not in answer


def test_progress_of_a_chapter_without_exercises_is_refused():
    answer = CliRunner().invoke(cli.app, ["progress", "99"])
    assert answer.exit_code == 2
    assert "chapter 99 has no exercise yet" in answer.stderr


def test_assets_are_listed_with_their_licence():
    answer = CliRunner().invoke(cli.app, ["assets", "list"])
    assert answer.exit_code == 0
    for name in assets.names():
        assert name in answer.stdout
        assert assets.info(name).licence in answer.stdout


def test_where_prints_paths_one_a_line(monkeypatch):
    monkeypatch.setattr(assets, "asset", lambda name: Path("folder") / name)
    runner = CliRunner()
    assert runner.invoke(cli.app, ["assets", "where", "jfk", "nasa"]).stdout.split() == [
        "folder/jfk",
        "folder/nasa",
    ]
    assert len(runner.invoke(cli.app, ["assets", "where"]).stdout.split()) == len(assets.names())
