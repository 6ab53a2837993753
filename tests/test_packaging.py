"""environment.yml, pyproject.toml and constraints.txt are one list in three forms."""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from avlab import doctor
from tools import install

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())
CONDA_PYTHON = ENVIRONMENT["dependencies"][0].removeprefix("python=")


def read_pins():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    pins = [Requirement(line) for line in lines]
    assert len({canonicalize_name(pin.name) for pin in pins}) == len(pins), "a name is pinned twice"
    return {canonicalize_name(pin.name): pin.specifier for pin in pins}


PINS = read_pins()


def declared():
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(line) for group in [PROJECT["dependencies"], *extras] for line in group]


def needed_here(name, extras=frozenset()):
    """The requirements of an installed distribution that hold on this machine."""
    for line in metadata.requires(name) or ():
        requirement = Requirement(line)
        environments = [{"extra": extra} for extra in extras or {""}]
        if not requirement.marker or any(map(requirement.marker.evaluate, environments)):
            yield requirement


def brought_by(name, extras):
    # torch's CUDA build pins its own nvidia packages to the digit; its CPU build has none.
    return [r for r in needed_here(name, extras) if name != "torch" or "platform_system" not in str(r.marker)]


def reachable():
    """Normal names of every distribution that `avlab[dev]` brings here."""
    waiting = [
        (canonicalize_name(r.name), frozenset(r.extras)) for r in declared() if r.name != PROJECT["name"]
    ]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        waiting += [(canonicalize_name(r.name), frozenset(r.extras)) for r in brought_by(name, extras)]
    return {name for name, _ in seen}


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_every_dependency_is_pinned_within_its_range(requirement):
    if requirement.name == PROJECT["name"]:
        assert requirement.extras <= PROJECT["optional-dependencies"].keys()
        return
    (pin,) = PINS[canonicalize_name(requirement.name)]
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version)


@pytest.mark.skipif(
    not (sys.platform == "linux" and f"{sys.version_info.major}.{sys.version_info.minor}" == CONDA_PYTHON),
    reason="the pins were made on Linux with the Python of environment.yml; others bring a package more or less",
)
def test_everything_that_is_installed_is_pinned_and_nothing_else():
    assert reachable() == set(PINS), "left: installed; right: pinned"


def test_what_is_installed_is_what_is_pinned():
    here = {name: metadata.version(name) for name in reachable() & set(PINS)}
    differing = {name: v for name, v in here.items() if not PINS[name].contains(Version(v).public)}
    assert differing == {}


def test_pins_fit_one_another():
    clashes = [
        f"{name} needs {needed}"
        for name in reachable() & set(PINS)
        for needed in needed_here(name)
        if (pin := PINS.get(canonicalize_name(needed.name)))
        and not needed.specifier.contains(next(iter(pin)).version, prereleases=True)
    ]
    assert clashes == []


def test_pins_carry_no_local_build():
    local = [name for name, pin in PINS.items() if "+" in str(pin)]
    assert local == [], "a pin such as 2.13.0+cpu is found on one index only"


def test_conda_and_binder_install_the_same_list():
    *conda, pip = ENVIRONMENT["dependencies"]
    assert [Requirement(name.replace("=", "==")).name for name in conda] == ["python", "pip"]
    assert pip == {"pip": ["-c constraints.txt", "-e .[lab]"]}


def test_python_versions_agree():
    needs = SpecifierSet(PROJECT["requires-python"])
    assert needs.contains(CONDA_PYTHON)
    assert str(needs) == ">={}.{}".format(*doctor.OLDEST_PYTHON) == ">={}.{}".format(*install.OLDEST)


def test_a_wheel_names_the_licences_of_code_and_of_data():
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    assert all((ROOT / name).read_text().strip() for name in PROJECT["license-files"])
    assert {"LICENSE", "LICENSE-text", "NOTICE"} == set(PROJECT["license-files"])


def test_the_notice_names_every_dependency_and_its_licence():
    rows = re.findall(r"^  ([a-z-]+) {2,}(.+)$", (ROOT / "NOTICE").read_text(), re.MULTILINE)
    licences = dict(rows)
    assert set(licences) == {r.name for r in declared() if r.name != PROJECT["name"]}
    for name, licence in licences.items():
        fields = metadata.metadata(name)
        said = fields["License-Expression"] or fields["License"] or ""
        # Some put the whole text there, or another spelling of the name.
        assert not re.fullmatch(r"[\w.() -]+", said) or " " in said or licence.split(" (")[0] in said, name
