"""Makes what lies in data/, its cards and its entries in the registry: `python -m tools.make_data`.

Everything comes from a seed. A card tells what is in its file from the truth that made it.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import avlab
from avlab import Clip, Span, assets, world

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = assets.REGISTRY
MARK = "# Made by tools/make_data.py from here on.\n"
LARGEST = 150_000  # bytes: a clone should stay small
SENTENCE, VOICE, SIZE = "bin blue at F two now", "en-us", 160
# Two bodies; flashes with sound and without, a sound without a flash, and one from outside the picture.
SCENE = 335
HEAD = """# Data

Small recordings that this project made itself, and how. `avlab.asset(name)` gives the path of each, wherever
you work. `python -m tools.make_data` makes them, these cards and their entries in `avlab/assets.toml`.

A test makes each one anew, holds what is decoded from it against what is decoded from the file here, and the
card against the truth that the world reports. Licence of all: [CC BY 4.0](../LICENSE-text).
"""


@dataclass(frozen=True)
class Recipe:
    """One file: its name, its place below data/, how it is made, and what to say about it."""

    name: str
    path: str
    make: Callable[[], tuple[Clip, list[Span]]]
    call: str
    about: str
    words: str = ""


def two_bodies() -> tuple[Clip, list[Span]]:
    """Two bodies for four seconds, and what happens."""
    scene = world.scene(seed=SCENE)
    return scene.clip, scene.events


def speaker() -> tuple[Clip, list[Span]]:
    """A drawn face that says a sentence, and its words."""
    speech = world.say(SENTENCE, voice=VOICE)
    return world.talking_face(speech, size=SIZE), speech.words


RECIPES = [
    Recipe(
        "two_bodies",
        "clips/two_bodies.mp4",
        two_bodies,
        f"world.scene(seed={SCENE})",
        "two coloured shapes move, flash and sound",
    ),
    Recipe(
        "speaker",
        "clips/speaker.mp4",
        speaker,
        f'world.talking_face(world.say("{SENTENCE}", voice="{VOICE}"), size={SIZE})',
        "a drawn face says a sentence",
        SENTENCE,
    ),
]


def card(recipe: Recipe, clip: Clip, spans: list[Span], size: int) -> str:
    """What is in a file, for people."""
    height, width = clip.frames.shape[1:3]
    what_it_is = [
        f"`{recipe.name}`: {recipe.about}, for {clip.duration:.2f} s.",
        f"{len(clip.frames)} frames of {width}×{height}, {clip.fps:.4g} a second.",
        f"Sound at {clip.sample_rate} Hz. {size / 1000:.0f} kB of H.264 and AAC.",
    ]
    made_by = f"Made by `{recipe.call}`."
    rows = [f"| {span.start:.3f} | {span.end:.3f} | {span.label} | {span.track} |" for span in spans]
    table = ["| from (s) | to (s) | what | who or which |", "| --- | --- | --- | --- |", *rows]
    return "\n\n".join([f"\n## `{recipe.path}`", "\n".join(what_it_is), made_by, "\n".join(table)]) + "\n"


def entry(recipe: Recipe, content: bytes) -> str:
    """The file's entry in the registry."""
    fields = {
        "file": Path(recipe.path).name,
        "data": recipe.path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "licence": "CC-BY-4.0",
        "credit": "The Hearing and Seeing authors; the card is in data/README.md",
        "about": f"{recipe.about[0].upper()}{recipe.about[1:]}.",
    } | ({"words": recipe.words} if recipe.words else {})
    # JSON's strings and numbers are TOML's too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join([f"\n[{recipe.name}]", *lines, ""])


def main() -> None:
    """Make every file, then the cards and the entries, so that those speak of what is there."""
    cards, entries = [HEAD], []
    for recipe in RECIPES:
        clip, spans = recipe.make()
        path = ROOT / "data" / recipe.path
        path.parent.mkdir(parents=True, exist_ok=True)
        content = avlab.write(clip, path).read_bytes()
        if len(content) > LARGEST:
            raise SystemExit(f"{recipe.path} has {len(content)} bytes; {LARGEST} are allowed.")
        cards.append(card(recipe, clip, spans, len(content)))
        entries.append(entry(recipe, content))
        print(f"{recipe.path}: {len(content)} bytes")
    (ROOT / "data" / "README.md").write_text("".join(cards), encoding="utf-8")
    others = REGISTRY.read_text(encoding="utf-8").partition(MARK)[0].rstrip("\n")
    REGISTRY.write_text(f"{others}\n\n{MARK}{''.join(entries)}", encoding="utf-8")


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tools.make_data", description=__doc__).parse_args()
    main()
