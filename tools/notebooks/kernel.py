"""The surroundings that a chapter's kernel gets, when it is made and when it is tested."""

import os
from pathlib import Path

# What of avlab the chapter has loaded, printed as JSON.
MODULES = """\
import json, sys
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] == "avlab")))
"""


def surroundings(folder: Path) -> dict:
    """What a kernel is started with: an empty working directory, and none of its user's IPython settings.

    A chapter that leaned on where it lies, or on a start-up file, would fail on the next machine.
    """
    work = folder / "work"
    work.mkdir(exist_ok=True)
    # Without the last, the debugger writes a warning into the first cell.
    ours = {"IPYTHONDIR": str(folder / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return {"cwd": str(work), "env": {**os.environ, **ours}}
