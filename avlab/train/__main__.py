"""`python -m avlab.train whisper-mini`: make a small model of the course anew. Chapter 12."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from avlab.errors import AvlabError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console(highlight=False)


@app.callback()
def _recipes() -> None:
    """Train one of the small models of the course."""


@app.command()
def whisper_mini(
    minutes: Annotated[float, typer.Option(help="About so many minutes of processor time.")] = 3.0,
    steps: Annotated[int | None, typer.Option(help="Exactly so many steps, instead of minutes.")] = None,
    folder: Annotated[
        Path, typer.Option("--out", help="Where the training's state, its log and the model go.")
    ] = Path("whisper-mini"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training that is there.")] = False,
    seed: Annotated[int, typer.Option(help="Of the first weights and of the sentences.")] = 0,
    clips: Annotated[int, typer.Option(help="How many sentences each examination has.")] = 200,
) -> None:
    """Train a small Whisper on the world's voices; then measure it on sentences it never heard.

    Ctrl-C saves; with --resume the training goes on as if it had not been stopped.
    """
    from avlab import whisper
    from avlab.train.loop import STATE
    from avlab.train.spoken import TRAINING_VOICES, examination
    from avlab.train.whisper_mini import learn, word_error_rate

    if (folder / STATE).exists() and not resume:
        raise typer.BadParameter(f"{folder} holds a training: give --resume to go on, or another --out")
    if resume and not (folder / STATE).exists():
        raise typer.BadParameter(f"{folder} holds no training to go on with")
    try:
        model = learn(folder, minutes, steps, seed)
    except KeyboardInterrupt:
        out.print(f"Stopped and saved. To go on: --resume --out {folder}")
        raise typer.Exit(130) from None
    path = folder / "whisper-mini.safetensors"
    whisper.save(model, path)
    out.print(f"The model: {path}")
    examinations = {
        "voices of the training": examination(clips, TRAINING_VOICES),
        "voices held out": examination(clips),
        "voices held out, pink noise at 5 dB": examination(clips, kind="pink", snr=5),
    }
    out.print(f"Word error rate on {clips} held-out sentences, greedy decoding:")
    for name, examples in examinations.items():
        out.print(f"  {100 * word_error_rate(model, examples):5.1f} %  {name}")


if __name__ == "__main__":
    try:
        app()
    except AvlabError as error:
        Console(stderr=True, highlight=False).print(str(error), markup=False, soft_wrap=True)
        raise SystemExit(1) from None
