"""The command `avlab`: doctor, workbook, progress, transcribe, train, assets. Chapters 1 and 13.

Each command imports what it needs when it runs, so that the doctor works where torch does not.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

import avlab
from avlab.errors import AvlabError

MARKS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}

app = typer.Typer(
    help="The tools beside the course Hearing and Seeing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
files = typer.Typer(help="The recordings and models that the course uses.", no_args_is_help=True)
app.add_typer(files, name="assets")
out = Console(highlight=False)


def main() -> None:
    """The entry point: our own errors, and the disk's, become one message and exit code 1."""
    try:
        app()
    except (AvlabError, OSError) as error:
        Console(stderr=True, highlight=False).print(str(error), markup=False, soft_wrap=True)
        raise SystemExit(1) from None


def _version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"avlab {avlab.__version__}")
        raise typer.Exit
    return wanted


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


@app.command()
def doctor() -> None:
    """Say what this machine has, what is missing, and the line that mends it.

    Exit code 0 when the course can run here, 1 when something it needs is missing.
    """
    from avlab.doctor import examine

    with out.status("Looking at this machine"):
        findings = list(examine())
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        table.add_row(MARKS[finding.mark], finding.what, Text(finding.says))
    out.print(table)
    for mark, title in {"missing": "To mend it:", "note": "If you want it:"}.items():
        lines = [finding.mend for finding in findings if finding.mark == mark]
        if lines:
            out.print(f"\n{title}")
            out.print(*lines, sep="\n", markup=False, soft_wrap=True)
    if any(finding.mark == "missing" for finding in findings):
        raise typer.Exit(1)
    out.print("\nThe course can run here.")


@app.command()
def workbook(
    target: Annotated[
        Path | None,
        typer.Argument(help="The folder of your copy; left out: the one you stand in, else ./workbook."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(help="The folder of the course's notebooks; left out: those beside this avlab."),
    ] = None,
) -> None:
    """Make your own copy of the chapters, with the solutions taken out, or bring it up to date.

    Nothing that you changed is overwritten.
    """
    from avlab.workbook import update

    # Beside the package in a checkout; an installed wheel carries no chapters.
    beside = Path(avlab.__file__).parents[1] / "notebooks"
    source = source or (beside if beside.is_dir() else Path("notebooks"))
    target = target or _copy_here() or Path("workbook")
    for sentence in update(source, target) or [f"{target}: up to date."]:
        typer.echo(sentence)


@app.command()
def progress(
    chapter: Annotated[int | None, typer.Argument(help="Its number; left out: every chapter.")] = None,
) -> None:
    """Show which exercises pass in your copy of the chapters."""
    from avlab.workbook import progress

    found = progress(chapter)
    if chapter is not None and not found.rows:
        raise typer.BadParameter(f"chapter {chapter} has no exercise yet")
    out.print(found)
    if not _copy_here():
        out.print("There is no copy of the chapters here: avlab workbook makes one.")


class Form(StrEnum):
    """How a transcript is written."""

    srt = "srt"
    vtt = "vtt"
    txt = "txt"
    json = "json"


@app.command()
def transcribe(
    file: Annotated[Path, typer.Argument(help="A recording with sound.")],
    model: Annotated[str, typer.Option(help="A published model's name, or a checkpoint's path.")] = "base",
    form: Annotated[Form, typer.Option("--format", help="Subtitles, text, or everything.")] = Form.srt,
    output: Annotated[Path | None, typer.Option(help="The file to write; left out: printed.")] = None,
    language: Annotated[str | None, typer.Option(help="Left out: detected.")] = None,
    words: Annotated[bool, typer.Option("--words", help="Time every word.")] = False,
) -> None:
    """Write down what is said in a recording, with times."""
    from rich.progress import Progress, TextColumn

    from avlab.whisper import Options, load, transcribe

    with Progress(TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Loading the model")

        def progress(seconds: float) -> None:
            bar.update(task, description=f"Heard {seconds // 60:.0f} min {seconds % 60:02.0f} s")

        timing = "published" if words else None
        heard = transcribe(
            load(model), file, Options(language=language), only="speech", words=timing, progress=progress
        )
    written = {
        Form.srt: heard.to_srt,
        Form.vtt: heard.to_vtt,
        Form.txt: heard.to_text,
        Form.json: heard.to_json,
    }[form]()
    if output:
        output.write_text(written, encoding="utf-8")
    else:
        typer.echo(written, nl=False)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False
)
def train(context: typer.Context) -> None:
    """Train one of the small models of the course, as in: avlab train whisper-mini."""
    from avlab.train.__main__ import app as recipes

    recipes(context.args, prog_name="avlab train")


def _copy_here() -> Path | None:
    """The learner's copy in which the working directory lies, or that lies in it."""
    from avlab.workbook.record import memory

    found = memory(Path.cwd())
    return found and Path(os.path.relpath(found.parent))


@files.command("list")
def list_assets() -> None:
    """List every file: its name, whether it is on this machine, size, licence, and what it is."""
    from avlab import assets

    table = Table(box=None, pad_edge=False)
    for heading in ("name", "here", "size", "licence", "what it is"):
        table.add_column(heading, justify="right" if heading == "size" else "left", no_wrap=heading == "name")
    for entry in map(assets.info, assets.names()):
        here = "yes" if assets.here(entry) else "no"
        table.add_row(entry.name, here, f"{entry.bytes / 1000:.0f} kB", entry.licence, Text(entry.about))
    out.print(table)


@files.command()
def where(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names from the list; all of them if none is given.")
    ] = None,
) -> None:
    """Print the path of each file, downloading what is not here yet."""
    from avlab import assets

    for name in names or assets.names():
        typer.echo(assets.asset(name))
