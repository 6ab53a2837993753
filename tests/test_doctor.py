import os
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from avlab import doctor

ROOT = Path(__file__).parents[1]
VOICES = doctor._VOICES


def run_doctor(folder=ROOT, **environment):
    command = [sys.executable, "-c", "from avlab.cli import main; main()", "doctor"]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=os.environ | environment | {"COLUMNS": "90"}
    )


def test_this_machine_can_run_the_course():
    answer = run_doctor()
    assert answer.returncode == 0, answer.stdout
    assert "The course can run here." in answer.stdout
    for what in ("Python", "torch", "GPU", "codecs", "voices", "packages", "browser", "disk", "memory"):
        assert what in answer.stdout


def test_it_imports_nothing_that_it_judges():
    code = "import sys, avlab.cli, avlab.doctor; print(*{'torch', 'numpy', 'av', 'pooch', 'espeakng_loader'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


@pytest.mark.parametrize(
    ("library", "reason"),
    [
        (
            "raise ImportError('libcudart.so.13: no such file [here]')",
            "libcudart.so.13: no such file [here]",
        ),
        ("import os; os.abort()", "it stopped with code"),
    ],
)
def test_it_runs_where_torch_does_not_import(tmp_path, library, reason):
    (tmp_path / "torch.py").write_text(library)
    answer = run_doctor(PYTHONPATH=str(tmp_path))
    assert answer.returncode == 1
    assert f"does not import: {'ImportError: ' if 'raise' in library else ''}{reason}" in answer.stdout
    assert "Traceback" not in answer.stdout + answer.stderr
    assert "voices" in answer.stdout, "the other findings are still there"
    mend = f"{sys.executable} -m pip install --force-reinstall -c {ROOT / 'constraints.txt'} torch"
    assert mend in answer.stdout.splitlines()
    assert "The course can run here." not in answer.stdout


def test_a_file_named_torch_in_the_folder_where_you_stand_deceives_nobody(tmp_path):
    (tmp_path / "torch.py").write_text("raise ImportError")
    probe = subprocess.run(
        [sys.executable, "-c", "from avlab import doctor; print(next(doctor._torch()).mark)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert probe.stdout == "ok\n"


def test_a_library_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(doctor, "PATIENCE", 0.5)
    assert doctor._ask("while True: pass") == (None, "no answer in 0.5 seconds")


def test_a_build_without_a_codec_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "_CODECS", doctor._CODECS.replace('"h264"', '"h264", "no_such_codec"'))
    finding = doctor._codecs()
    assert finding.mark == "missing"
    assert finding.says.endswith("was built without no_such_codec (reading), no_such_codec (writing)")
    assert finding.mend.endswith(" av")


def test_voices_that_are_not_found_are_named(monkeypatch, tmp_path):
    def looks_in(folder):
        probe = VOICES.replace("espeakng_loader.get_data_path()", repr(str(folder)))
        monkeypatch.setattr(doctor, "_VOICES", probe)
        return doctor._voices()

    finding = looks_in(tmp_path)
    assert finding.mark == "missing"
    assert finding.says == f"eSpeak NG cannot read its data in {tmp_path}"
    assert finding.mend.endswith(" espeakng-loader")
    finding = looks_in(tmp_path / ("long" * 40))
    assert finding.says.endswith("characters or more")
    assert finding.mend.startswith("git clone https://")


def test_a_voice_library_that_does_not_load_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "_VOICES", "raise OSError('libespeak-ng.so: wrong ELF class')")
    assert doctor._voices()[:3] == (
        "voices",
        "missing",
        "eSpeak NG does not load: OSError: libespeak-ng.so: wrong ELF class",
    )


def test_packages_that_are_absent_or_out_of_range_are_missing(monkeypatch):
    versions = {name: metadata.version(name) for name in doctor._requirements()} | {
        "rich": "13.0",
        "pooch": None,
    }
    monkeypatch.setattr(doctor, "_installed", versions.get)
    finding = doctor._packages()
    assert finding.mark == "missing"
    assert finding.says == "do not fit: pooch is not installed, rich 13.0"
    assert shlex.split(finding.mend)[-2:] == ["pooch", "rich"]


def test_packages_that_differ_from_the_pins_are_noted(tmp_path, monkeypatch):
    pins = tmp_path / "constraints.txt"
    pins.write_text("# a comment==1\nrich==99.0\nPyYAML==" + metadata.version("pyyaml") + "\n")
    monkeypatch.setattr(doctor, "PINS", pins)
    finding = doctor._packages()
    assert finding.mark == "note"
    assert finding.says == f"not as they were tried together: rich {metadata.version('rich')} (pinned: 99.0)"
    assert shlex.split(finding.mend)[1:] == ["-m", "pip", "install", "-c", str(pins), "rich"]


def test_an_installed_wheel_is_held_to_the_ranges(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "PINS", tmp_path / "none.txt")
    assert doctor._packages().mark == "ok"
    monkeypatch.setattr(doctor, "_installed", lambda name: None if name == "av" else metadata.version(name))
    name, *bounds = shlex.split(doctor._packages().mend)[-1].partition("<")
    assert (name, *bounds) == ("av", "<", "19,>=18")


def test_an_avlab_that_is_not_installed_is_said(monkeypatch):
    monkeypatch.setattr(doctor, "_requirements", dict)
    finding = doctor._packages()
    assert (finding.mark, finding.says) == ("missing", "avlab itself is not installed")
    assert shlex.split(finding.mend)[-2:] == ["-e", f"{ROOT}[lab]"]


def test_an_old_python_is_missing(monkeypatch):
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    assert doctor._python().mark == "missing"


def test_a_machine_without_a_browser_is_noted(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = doctor._browser()
    assert finding.mark == "note"
    assert finding.mend


def test_little_room_is_noted(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100e9, 99e9, 1e9))
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 500_000}.get)
    assert doctor._disk()[:3] == ("disk", "note", "1 GB free: an environment takes about 3")
    assert doctor._memory()[1] == "note"
