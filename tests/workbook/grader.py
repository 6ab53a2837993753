"""nbgrader as a lecturer calls it, and the table of points that it exports."""

import csv
import os
import subprocess
import sys
from pathlib import Path


def nbgrader(root: Path, *command: str, **environment: str) -> None:
    # nbgrader calls programs that lie beside it.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=root,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def grades(root: Path) -> dict[str, tuple[float, float]]:
    """What each student has, and could have."""
    nbgrader(root, "export")
    with (root / "grades.csv").open() as file:
        rows = csv.DictReader(file)
        return {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in rows}
