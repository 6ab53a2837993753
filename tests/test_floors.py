"""The floors of the house are a contract: a room imports only from floors below its own."""

import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import avlab

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def lint(folder):
    """Import-linter's verdict on the avlab that lies in a folder, by the contract that lies there."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_no_room_imports_upward():
    done = lint(ROOT)
    assert "1 kept, 0 broken" in done.stdout, done.stdout + done.stderr


def test_every_room_has_its_floor():
    layers = " | ".join(SETTINGS["contracts"][0]["layers"]).split(" | ")
    rooms = {f"avlab.{module.name}" for module in pkgutil.iter_modules(avlab.__path__)}
    assert rooms == set(layers)


@pytest.fixture
def house(tmp_path):
    """A house with the same contract, in which every room is empty."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "avlab").mkdir()
    (tmp_path / "avlab" / "__init__.py").touch()
    for layer in SETTINGS["contracts"][0]["layers"]:
        for room in layer.split(" | "):
            (tmp_path / "avlab" / f"{room.removeprefix('avlab.')}.py").touch()
    return tmp_path


def test_an_import_upward_breaks_the_contract(house):
    assert "1 kept, 0 broken" in lint(house).stdout
    (house / "avlab" / "errors.py").write_text("from avlab import cli\n")
    assert "0 kept, 1 broken" in lint(house).stdout


def test_rooms_on_one_floor_do_not_know_each_other(house):
    (house / "avlab" / "clip.py").write_text("import avlab.device\n")
    assert "0 kept, 1 broken" in lint(house).stdout
