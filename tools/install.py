"""Installs the course into .venv: `python3 tools/install.py lab` (or dev). Needs Python's own library alone.

It runs on whatever `python3` is, so even Python 3.6 must be able to read it, to be told that it is too old.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXTRAS = ("lab", "dev")


def complaint(version, has_pip):
    """What keeps a Python from being used, and the remedy; empty when nothing does."""
    if tuple(version[:2]) < OLDEST:
        problem = f"The course needs Python 3.11 or newer, and this one is {version[0]}.{version[1]}."
        return problem + "\nName a newer one: make lab PYTHON=python3.12"
    if not has_pip:
        problem = "This Python came without the module ensurepip, so it cannot make an environment."
        return problem + "\nOn Debian and Ubuntu the package python3-venv brings it. Or name another PYTHON."
    return ""


def install(root, extra, this_version=False, run=subprocess.check_call):
    """Bring root/.venv up to date; `this_version` insists on the version of Python that runs now.

    Nothing is done when a finished install has left its stamp for the same lists of packages. The stamp
    is written last, so that half an install is never taken for a whole one.
    """
    venv = os.path.join(root, ".venv")
    unusable = not _is_usable(venv) or (this_version and not _is_this_version(venv))
    wanted = fingerprint(root)
    # dev holds all of lab.
    if not unusable and wanted in (_read(_stamp(venv, extra)), _read(_stamp(venv, "dev"))):
        return
    for stale in filter(os.path.exists, [_stamp(venv, name) for name in EXTRAS]):
        os.remove(stale)
    print("Installing into .venv. The first time this takes a few minutes.", flush=True)
    if unusable:
        # From inside .venv, an environment cannot make itself anew.
        run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", venv])
    pip = [os.path.join(venv, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    pins = ["--constraint", os.path.join(root, "constraints.txt")]
    run([*pip, *pins, "--editable", f"{root}[{extra}]"])
    with open(_stamp(venv, extra), "w") as file:
        file.write(wanted)


def fingerprint(root):
    """A text that changes with the lists of packages, and with nothing else in pyproject.toml."""
    import tomllib  # since 3.11

    project = tomllib.loads(_read(os.path.join(root, "pyproject.toml")))["project"]
    lists = json.dumps(project) + _read(os.path.join(root, "constraints.txt"))
    return hashlib.sha256(lists.encode()).hexdigest()


def _is_usable(venv):
    """Whether it was made whole, and for the place where it lies, since its scripts name their path."""
    made_for = _read(os.path.join(venv, "pyvenv.cfg"))
    parts = [os.path.join(venv, "bin", name) for name in ("python", "pip")]
    return venv in made_for and all(os.path.exists(part) for part in parts)


def _is_this_version(venv):
    return "version = {}.{}.".format(*sys.version_info[:2]) in _read(os.path.join(venv, "pyvenv.cfg"))


def _stamp(venv, extra):
    return os.path.join(venv, ".installed-" + extra)


def _read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    problem = complaint(sys.version_info, importlib.util.find_spec("ensurepip") is not None)
    if problem:
        return problem
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("extra", choices=EXTRAS)
    parser.add_argument("--this-version", action="store_true", help="rebuild .venv if another Python made it")
    options = parser.parse_args()
    try:
        install(ROOT, options.extra, options.this_version)
    except subprocess.CalledProcessError:
        return "The install did not finish: see above. The same command tries again."
    except KeyboardInterrupt:
        return "\nThe install was stopped. The same command goes on."
    return 0


if __name__ == "__main__":
    sys.exit(main())
