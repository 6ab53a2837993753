"""README and CONTRIBUTING say nothing that is not there; no file says what belongs to one machine."""

import re
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner

import avlab
from avlab import assets, cli, doctor
from tools import readme_picture

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md"]
ADDRESS = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
# Places that `make` makes.
MADE = {"workbook", ".venv", "_build"}


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


def code(page):
    """What stands in code blocks and between single backticks."""
    blocks = re.findall(r"```\w*\n(.*?)```", text(page), re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text(page), flags=re.DOTALL))


@pytest.mark.parametrize("page", PAGES)
def test_every_verb_of_make_exists(page):
    verbs = set(re.findall(r"\bmake ([a-z]+)", "\n".join(code(page))))
    rules = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    assert verbs
    assert verbs <= rules


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page):
    spans = [
        span
        for span in code(page)
        if re.fullmatch(r"[\w.<>-]+/[\w./<>-]*|[\w-]+\.(md|py|toml|txt|yml)", span)
    ]
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text(page)) if not link.startswith("https://")]
    named = [path.split("#")[0] for path in spans + links if Path(path).parts[0] not in MADE]
    missing = [path for path in named if not list(ROOT.glob(re.sub(r"<\w+>", "*", path)))]
    assert named
    assert missing == []


def test_every_command_of_avlab_exists():
    commands = set(re.findall(r"\bavlab ([a-z]+)", "\n".join(code("README.md"))))
    assert commands
    for command in commands:
        assert CliRunner().invoke(cli.app, [command, "--help"]).exit_code == 0, command


def test_the_first_look_at_the_library_runs():
    (example,) = re.findall(r"```python\n(.*?)```", text("README.md"), re.DOTALL)
    namespace = {}
    exec(example, namespace)
    assert namespace["clip"].frames is not None


def test_the_picture_is_that_of_its_maker_with_its_words():
    ((alt, path),) = re.findall(r"!\[([^\]]*)\]\((book/[^)]+)\)", text("README.md"))
    assert alt == readme_picture.ALT
    assert ROOT / path == readme_picture.PICTURE
    kept, made = (
        np.asarray(image.convert("RGB")).astype(int)
        for image in (Image.open(ROOT / path), readme_picture.make())
    )
    assert kept.shape == made.shape
    assert np.abs(kept - made).mean() < 2


def test_every_written_chapter_is_listed_and_no_other():
    listed = re.findall(r"^\| \[[^\]]+\]\(notebooks/(.+)\.ipynb\)", text("README.md"), re.MULTILINE)
    written = sorted(path.relative_to(ROOT / "book") for path in (ROOT / "book").glob("[1-9]_*/*.md"))
    assert listed == [str(path.with_suffix("")) for path in written]


def test_the_address_is_the_one_setting_everywhere():
    owner = ADDRESS.removeprefix("https://github.com/")
    named = {
        "README.md": set(re.findall(r"github\.com/([\w-]+/[\w-]+)", text("README.md"))),
        "Colab": set(re.findall(r"colab\.research\.google\.com/github/([\w-]+/[\w-]+)", text("README.md"))),
        "Binder": set(re.findall(r"mybinder\.org/v2/gh/([\w-]+/[\w-]+)", text("README.md"))),
        "LICENSE-text": set(re.findall(r"github\.com/([\w-]+/[\w-]+)", text("LICENSE-text"))),
        "CITATION.cff": set(re.findall(r"github\.com/([\w-]+/[\w-]+)", text("CITATION.cff"))),
        "doctor": {doctor.ADDRESS.removeprefix("https://github.com/")},
    }
    assert named == {place: {owner} for place in named}


def test_the_buttons_open_a_notebook_that_exists():
    paths = re.findall(r"(?:blob/main/|lab/tree/)(notebooks/[\w/.]+)\)", text("README.md"))
    assert len(paths) == 2
    assert all((ROOT / path).is_file() for path in paths)


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "version", "license"} <= citation.keys()
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert str(citation["version"]) == avlab.__version__ == project["version"]
    assert citation["license"] == "MIT"
    assert citation["authors"] == project["authors"]


def test_data_cards_and_registry_are_the_same_list():
    cards = set(re.findall(r"^## `([^`]+)`", text("data/README.md"), re.MULTILINE))
    files = {
        path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").rglob("*") if path.is_file()
    }
    registered = {assets.info(name).data for name in assets.names()} - {None}
    assert cards == registered == files - {"README.md"}


def tracked_texts():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b"\0"
        if b"\0" not in content:
            # Sounds and pictures within a notebook are long runs of base64, where any word may occur.
            yield name, re.sub(r"[A-Za-z0-9+/=]{80,}", "", content.decode("utf-8"))


def test_no_file_names_a_place_of_one_machine_or_leaves_work_undone():
    # Put together here, so that this file does not contain them.
    places = [f"/{place}/" for place in ("work", "tmp", "root", "opt", "home/[a-z]+")]
    marks = [
        rf"\b{first}{second}\b" for first, second in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK"))
    ]
    pattern = re.compile("|".join([rf"(?<![\w.<])(?:{'|'.join(places)})", *marks]))
    found = [f"{name}: {hit[0]}" for name, content in tracked_texts() for hit in pattern.finditer(content)]
    assert found == []
