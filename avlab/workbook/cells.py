"""The cells of an exercise in a notebook, made from the source of its reference, so that it exists once.

A maker of notebooks calls `solution_cell` and `check_cell` for each exercise, each with its
`nbgrader_metadata`, and `imports_cell` once a chapter. A learner's copy holds `blank` of the solution, and
begins with `progress_cell`.
"""

import ast
import builtins
import inspect
import io
import re
import sys
import textwrap
import tokenize
from collections.abc import Callable, Iterable
from typing import Literal

from avlab.workbook.exercise import Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_SOLUTION = re.compile(
    rf"^(?P<indent>[ \t]*){BEGIN}[^\n]*\n.*?^[ \t]*{END}[^\n]*$\n?", re.DOTALL | re.MULTILINE
)


def solution_cell(exercise: Exercise) -> str:
    """The worked solution: signature and docstring, then the body between nbgrader's markers.

    Decorators are left out. The names that it uses come from `imports_cell`. A value's cell first
    says `name = ...`, so that the name exists in a blank copy too.
    """
    if exercise.asks_for_function:
        head, body = _function_parts(exercise.reference)
        head = re.sub(r"\bdef\s+\w+", f"def {exercise.name}", head, count=1)
        return f"{head}\n{_marked(body, '    ')}"
    return f"{exercise.name} = ...\n{_marked(_value_source(exercise), '')}"


def stub_cell(exercise: Exercise) -> str:
    """What the learner starts from: the same cell without the solution."""
    return blank(solution_cell(exercise))


def blank(source: str) -> str:
    """The source of a cell without its solution. A function then raises NotImplementedError."""

    def stub(found: re.Match) -> str:
        return f"{found['indent']}raise NotImplementedError\n" if found["indent"] else ""

    return _SOLUTION.sub(stub, source).rstrip("\n")


def unmarked(source: str) -> str:
    """The source of a cell with its solution, without the two marker lines and a value's empty first line."""
    lines = [line for line in source.split("\n") if line.strip() not in (BEGIN, END)]
    return "\n".join(lines[1:] if re.fullmatch(r"\w+ = \.\.\.", lines[0]) and len(lines) > 1 else lines)


def check_cell(exercise: Exercise) -> str:
    """The cell that checks the answer. It imports `check` anew, so that nothing else of that name runs."""
    return f'from avlab.workbook import check\n\ncheck("{exercise.id}", {exercise.name})'


def progress_cell(chapter: int) -> str:
    """The cell that shows which exercises of the chapter pass."""
    return f"from avlab import workbook\n\nworkbook.progress({chapter})"


def nbgrader_metadata(exercise: Exercise, kind: Literal["solution", "check"]) -> dict:
    """What nbgrader wants under `metadata.nbgrader` of that cell. `grade_id` can also be the cell's id."""
    graded = kind == "check"
    common = {"grade": graded, "locked": graded, "schema_version": 3, "solution": not graded, "task": False}
    # nbgrader refuses ids with a dot in some of its views.
    grade_id = f"{exercise.id.replace('.', '-')}-{kind}"
    return {**common, "grade_id": grade_id, **({"points": exercise.points} if graded else {})}


def imports_cell(exercises: Iterable[Exercise]) -> str:
    """The import lines for the names that these exercises' solutions use and do not define, one a module."""
    plain, members = set(), {}
    for line in {line for exercise in exercises for line in needed_imports(exercise).values()}:
        module, _, member = line.removeprefix("from ").partition(" import ")
        if member:
            members.setdefault(module, set()).add(member)
        else:
            plain.add(line)
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in members.items()]
    ours, theirs = ([line for line in sorted(lines) if ("avlab" in line) == own] for own in (True, False))
    return "\n\n".join("\n".join(block) for block in ([*sorted(plain), *theirs], ours) if block)


def needed_imports(exercise: Exercise) -> dict[str, str]:
    """For each name that the solution uses and does not define, the line that imports it."""
    if not callable(exercise.reference):
        return {}
    function = inspect.unwrap(exercise.reference)
    module = sys.modules[function.__module__]
    bound = _import_lines(module)
    names = _free_names(_definition(function)[0])
    return {name: bound.get(name, f"from {module.__name__} import {name}") for name in sorted(names)}


def _definition(function: Callable) -> tuple[ast.FunctionDef, list[str]]:
    """The function's definition as a tree without decorators, and the lines that the tree's numbers count."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = ast.parse(source).body[0]
    if not isinstance(node, ast.FunctionDef):
        raise ValueError(f"{function.__qualname__} must be written with def, to be shown as a solution")
    node.decorator_list = []
    return node, source.splitlines()


def _function_parts(function: Callable) -> tuple[str, str]:
    """The signature with the docstring, and the body, dedented."""
    node, lines = _definition(function)
    first = node.lineno - 1
    tokens = tokenize.generate_tokens(io.StringIO("\n".join(lines[first:])).readline)
    end = first + next(token.end[0] for token in tokens if token.type == tokenize.NEWLINE)
    if node.body[0].lineno <= end:
        raise ValueError(f"{function.__qualname__}: write its body on lines of its own")
    if ast.get_docstring(node) is not None:
        end = node.body[0].end_lineno
    return "\n".join(lines[first:end]), textwrap.dedent("\n".join(lines[end:])).strip("\n")


def _value_source(exercise: Exercise) -> str:
    if not callable(exercise.reference):
        return f"{exercise.name} = {exercise.reference!r}"
    _, body = _function_parts(exercise.reference)
    last = ast.parse(body).body[-1]
    if not isinstance(last, ast.Return):
        raise ValueError(f"exercise {exercise.id}: its reference must end in `return`")
    lines = body.splitlines()
    lines[last.lineno - 1] = re.sub(r"^return\b", f"{exercise.name} =", lines[last.lineno - 1])
    return "\n".join(lines)


def _marked(body: str, indent: str) -> str:
    return textwrap.indent(f"{BEGIN}\n{body}\n{END}", indent)


def _free_names(node: ast.FunctionDef) -> set[str]:
    """The names that the definition reads and neither binds itself nor finds among the builtins."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    read = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    bound = {name.id for name in names if not isinstance(name.ctx, ast.Load)}
    bound |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    bound |= {part.name for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    return read - bound - set(dir(builtins))


def _import_lines(module) -> dict[str, str]:
    """For each name that a module imports at its top, the line that imports that name alone."""
    lines = {}
    for node in ast.parse(inspect.getsource(module)).body:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else []:
            renamed = f" as {alias.asname}" if alias.asname else ""
            source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
            lines[alias.asname or alias.name.split(".")[0]] = f"{source}import {alias.name}{renamed}"
    return lines
