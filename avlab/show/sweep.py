"""A slider over computed results, which needs no kernel to move."""

import html
import numbers
from collections.abc import Callable, Iterable

from torch import Tensor

from avlab.clip import Clip
from avlab.show.player import measures, player
from avlab.show.shown import WORDS, Shown, card
from avlab.show.sound import OWN_KEYS
from avlab.show.style import BLUE
from avlab.show.words import described

# Opens the panel of the slider's place, closes the others and stops what plays in them.
_MOVE = (
    "const s=this.closest('[data-sweep]');s.querySelectorAll(':scope>details').forEach((d,i)=>{"
    "const on=i==this.value;d.open=on;d.style.display=on?'block':'none';"
    "if(on){const w=d.querySelector('summary').textContent;"
    "s.querySelector('output').textContent=w;this.setAttribute('aria-valuetext',w)}"
    "else d.querySelectorAll('video,audio').forEach(m=>m.pause())})"
)

# From a notebook that is not trusted JupyterLab strips handlers, and styles that it does not know, such as
# these two names for a value of `display` and what refers to them. So there the slider, which could not move,
# is away, and every result is a line to click; everywhere else the slider is there, and one result.
_NAMES = "--live:block;--away:none"
_SLIDER = "display:none;display:var(--live)"
_AWAY = "display:var(--away)"


def sweep(function: Callable, values: Iterable, *, label: str, description: str, unit: str = "") -> Shown:
    """A slider over `function(value)` for each value, all computed now and kept in the page.

    One page serves everywhere, without a widget: it moves in JupyterLab, on the static site and in what
    nbconvert makes, by mouse, finger or arrow keys, and stops what is playing. In a notebook that is not
    trusted the results are a list to open one by one. A result may be anything of this room, a Clip, a number
    or words; `label` and `unit` name what is swept, `description` says what one should notice. Raises
    ValueError without values or for words that say nothing, TypeError for another kind of result. Chapter 1.
    """
    description = described(description, "description")
    if not label.strip():
        raise ValueError("label is blank: say what the slider changes, as in label='pitch', unit='Hz'")
    names, panels = [], []
    for value in values:
        names.append(f"{_written(value)} {unit}".strip())
        panels.append(_shown(function(value), f"{label} {names[-1]}"))
    if not panels:
        raise ValueError("there are no values to sweep over")
    words = [f"{name}: {panel.text}" for name, panel in zip(names, panels, strict=True)]
    return Shown(_page(names, panels, label, description), "\n".join([f"{description} ({label})", *words]))


def _written(value: object) -> str:
    """A value in a few digits: 0.1, 48000, True, fast."""
    value = value.item() if isinstance(value, Tensor) and value.ndim == 0 else value
    fraction = isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)
    return f"{value:g}" if fraction else str(value)


def _shown(result: object, name: str) -> Shown:
    """A result as something to show; `name` says which one it is."""
    if isinstance(result, Shown):
        return result
    if isinstance(result, Clip):
        return player(result, f"{name}: {measures(result)}")
    if isinstance(result, (str, numbers.Real)) or (isinstance(result, Tensor) and result.ndim == 0):
        words = _written(result)
        return Shown(card(f'<p style="margin:0;font-size:18px">{html.escape(words)}</p>'), words)
    raise TypeError(
        f"for {name} the function returned a {type(result).__name__}, which a sweep cannot show. Return what "
        "picture(figure, alt=...) or another of avlab.show returns, a Clip, a number or words."
    )


def _page(names: list[str], panels: list[Shown], label: str, description: str) -> str:
    slider = _slider(html.escape(label), html.escape(names[0]), len(names))
    pages = "".join(map(_panel, range(len(names)), names, panels))
    words = html.escape(description)
    # No ids: several sweeps on a page, or one shown twice, cannot get into each other's way.
    head = card(f'<p style="margin:0 0 8px;{WORDS}">{words}</p>{slider}')
    return f'<div data-sweep role="group" aria-label="{words}" style="{_NAMES}">{head}{pages}</div>'


def _slider(label: str, first: str, count: int) -> str:
    # Without autocomplete="off" Firefox puts the slider back where it was when the page is loaded again.
    return (
        f'<label style="{_SLIDER}">'
        f'<span style="{WORDS}">{label}: <output aria-live="off">{first}</output></span>'
        f'<input type="range" min="0" max="{count - 1}" step="1" value="0" autocomplete="off" {OWN_KEYS} '
        f'aria-label="{label}" aria-valuetext="{first}" oninput="{_MOVE}" '
        f'style="display:block;width:100%;max-width:480px;margin:6px 0 0;accent-color:{BLUE}"></label>'
    )


def _panel(place: int, name: str, panel: Shown) -> str:
    state = f'style="{_AWAY}"' if place else "open"
    summary = f'<summary style="cursor:pointer;{_AWAY}">{html.escape(name)}</summary>'
    return f"<details {state}>{summary}{panel.html}</details>"
