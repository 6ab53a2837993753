"""avlab: the library beside *Hearing and Seeing*, a course on audio and video understanding.

`import avlab` is light: rooms and names load when they are first used, so that `avlab doctor`
runs where torch does not import. In a notebook, values then know how to show themselves.
"""

import sys
from importlib import import_module

__version__ = "0.1.0"

# name -> the module that defines it
_NAMES = {
    "AssetError": "avlab.errors",
    "AvlabError": "avlab.errors",
    "CheckpointError": "avlab.errors",
    "Clip": "avlab.clip",
    "MediaError": "avlab.errors",
    "Span": "avlab.span",
    "asset": "avlab.assets",
    "read": "avlab.media",
    "stream": "avlab.media",
    "write": "avlab.media",
}
_ROOMS = (
    "align",
    "assets",
    "clocks",
    "device",
    "errors",
    "media",
    "nn",
    "show",
    "signal",
    "text",
    "train",
    "whisper",
    "workbook",
    "world",
)

__all__ = [*_NAMES, *_ROOMS]


def __getattr__(name: str):
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name in _ROOMS:
        return import_module(f"avlab.{name}")
    raise AttributeError(f"avlab has no {name!r}. It has: {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def _show_in_notebooks() -> None:
    """Tell a running IPython, by name, how this library's values show themselves. Loads none of them."""
    ipython = sys.modules.get("IPython")
    if ipython and (shell := ipython.get_ipython()):
        html = shell.display_formatter.formatters["text/html"]
        html.for_type_by_name("avlab.clip", "Clip", _itself)


def _itself(value: object) -> str:
    return import_module("avlab.show").itself(value).html


_show_in_notebooks()
