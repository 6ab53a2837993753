"""A chapter small enough to be made in two seconds, in a folder of its own."""

from pathlib import Path

from avlab.workbook.exercise import Exercise, Misconception
from tools.notebooks.chapters import Chapter

TEXT = """\
---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A toy

## Build it

```{code-cell} ipython3
import math

print(math.floor(2.5))
```

### Exercise: Twice

```{code-cell} ipython3
---
exercise: 01.twice
---
```

## Experiments

```{code-cell} ipython3
:tags: [hide-input]
import avlab

"a value"
```
"""


def twice(number: int) -> int:
    """Twice a number."""
    return number * 2


EXERCISE = Exercise(
    id="01.twice",
    title="Twice",
    difficulty=1,
    minutes=5,
    hint="Add it to itself.",
    reference=twice,
    cases=lambda random: [(int(n),) for n in random.integers(0, 9, 3)],
    mistakes=[
        Misconception(lambda number: number, "This is the number."),
        Misconception(lambda number: number**2, "This is its square."),
        Misconception(lambda number: number * 3, "This is three times the number."),
    ],
)

NO_EXERCISE = TEXT.replace("---\nexercise: 01.twice\n---", "twice = 2")


def chapter(root: Path, text: str = NO_EXERCISE) -> Chapter:
    toy = Chapter(root, "1_toys", "01_toy")
    toy.text.parent.mkdir(parents=True, exist_ok=True)
    toy.text.write_text(text, encoding="utf-8")
    (root / "_config.yml").write_text("repository: {url: 'https://example.org/us/course/'}\n")
    return toy
