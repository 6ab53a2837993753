"""`python -m tools.notebooks`: make the notebooks whose text or code changed."""

import argparse
import sys

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from tools.notebooks.chapters import Chapter, chapters
from tools.notebooks.make import ChapterFailed, Made, make


def main() -> int:
    options = _options()
    console = Console(highlight=False, soft_wrap=True)
    chosen = [chapter for chapter in chapters() if _is_chosen(chapter, options.chapters)]
    if not chosen:
        console.print("No chapter in book/ has that name.")
        return 1
    failed = [chapter.name for chapter in chosen if not _make_one(chapter, options.force, console)]
    if failed:
        console.print(f"[red]Failed:[/] {', '.join(failed)}. Their old notebooks are as they were.")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.add_argument(
        "chapters", nargs="*", help="names or their beginnings, such as 01; all when left out"
    )
    parser.add_argument("--force", action="store_true", help="execute even what did not change")
    return parser.parse_args()


def _is_chosen(chapter: Chapter, beginnings: list[str]) -> bool:
    return not beginnings or any(chapter.name.startswith(beginning) for beginning in beginnings)


def _make_one(chapter: Chapter, force: bool, console: Console) -> bool:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(chapter.name)
        try:
            made = make(
                chapter,
                force,
                lambda index, count: bar.update(
                    task, description=f"{chapter.name}  cell {index + 1}/{count}"
                ),
            )
        except ChapterFailed as failure:
            console.print(f"[red]{chapter.name} could not be made.[/]")
            console.print(Text.from_ansi(str(failure)))
            return False
    console.print(_sentence(made))
    return True


def _sentence(made: Made) -> str:
    if made.measured:
        cost = f"{made.measured.seconds:.1f} s, {made.measured.peak_memory_mb} MB"
        return f"{made.chapter.name}: executed in {cost} (changed: {', '.join(made.reasons)})"
    return f"{made.chapter.name}: {'text rewritten, outputs kept' if made.written else 'up to date'}"


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        print("\nStopped. Notebooks that were not finished are as they were.", file=sys.stderr)
        status = 130
    sys.exit(status)
