"""The training loop, one for every model of the course. Chapter 12."""

import json
import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

from avlab.errors import CheckpointError
from avlab.files import replacing
from avlab.train import checkpoint
from avlab.train.average import Average
from avlab.train.interrupt import waiting_interrupt
from avlab.train.schedule import scale
from avlab.train.settings import Settings

Row = dict[str, Any]
Loss = Callable[[nn.Module, Any], dict[str, Tensor]]
STATE, LOG = "state.pt", "log.jsonl"


def train(
    model: nn.Module,
    loss: Loss,
    batches: Callable[[int], Any],
    settings: Settings,
    *,
    average: Average | None = None,
    folder: Path | None = None,
    save_every: int = 100,
    after: Callable[[Row], None] | None = None,
    progress: bool = True,
) -> list[Row]:
    """Train a model where it lies (its device), and return the log: a row for each step.

    `batches(number)` gives batch `number`, always the same one. `loss(model, batch)` gives the parts of the
    loss by their names; their sum becomes smaller. `average` follows the weights. `after(row)` is called
    after each step and may add to the row what JSON can hold, such as an error rate.

    With a `folder` the state is saved there every `save_every` steps, at the end, and at Ctrl-C, which is
    then raised; the same call goes on from there. On a processor the weights are then bit for bit those of a
    training that never stopped, for a step depends on the state and its number alone. On CUDA, matrix
    products are in bfloat16. Raises CheckpointError for a state that is damaged or of another training,
    FloatingPointError where the gradient is not finite (what is saved is from before). Chapter 12.
    """
    optimiser = _adamw(model, settings)
    rows = _resume(folder, model, optimiser, average, settings) if folder else []
    with ExitStack() as stack:
        log = stack.enter_context((folder / LOG).open("a", encoding="utf-8")) if folder else None
        device = next(model.parameters()).device
        stack.enter_context(torch.random.fork_rng([device] if device.type == "cuda" else []))
        bar = stack.enter_context(_bar(settings.steps, len(rows), shown=progress))
        interrupted = stack.enter_context(waiting_interrupt())
        for step in range(len(rows), settings.steps):
            row = _step(step, model, loss, batches, optimiser, settings)
            if average:
                average.update(model)
            if after:
                after(row)
            rows.append(row)
            if log:
                print(json.dumps(row), file=log, flush=True)
            stop = interrupted.is_set()
            if folder and (stop or (step + 1) % save_every == 0 or step + 1 == settings.steps):
                checkpoint.save(folder / STATE, _state(step + 1, model, optimiser, average, settings))
            bar.update(bar.task_ids[0], advance=1, description=f"loss {row['loss']:.3f}")
            if stop:
                raise KeyboardInterrupt
    return rows


def read_log(folder: Path) -> list[Row]:
    """The rows that a training has written into its folder so far, without a last one cut off. Chapter 12."""
    path = folder / LOG
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _step(
    step: int,
    model: nn.Module,
    loss: Loss,
    batches: Callable[[int], Any],
    optimiser: torch.optim.Optimizer,
    settings: Settings,
) -> Row:
    began = time.perf_counter()
    # What dropout draws is decided here, so that no random state need be saved. Spread over 32 bits: torch's
    # generator on the processor looks at no more of a seed.
    torch.manual_seed(int(np.random.SeedSequence((settings.seed, step)).generate_state(1)[0]))
    model.train()
    rate = settings.rate * scale(step, settings.steps, settings.warm_up, settings.decay)
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    parts: dict[str, float] = {}
    for turn in range(settings.accumulate):
        batch = batches(step * settings.accumulate + turn)
        for name, part in _backward(model, loss, batch, settings.accumulate).items():
            parts[name] = parts.get(name, 0.0) + part
    length = float(nn.utils.clip_grad_norm_(model.parameters(), settings.clip))
    total = sum(parts.values())
    if not math.isfinite(length) or not math.isfinite(total):
        raise FloatingPointError(
            f"at step {step} the loss is {total} and the gradient's length {length}: "
            "give a lower rate or a longer warm-up, and look at that batch"
        )
    optimiser.step()
    seconds = time.perf_counter() - began
    return {"step": step, "loss": total, **parts, "rate": rate, "gradient": length, "seconds": seconds}


def _backward(model: nn.Module, loss: Loss, batch: Any, of: int) -> dict[str, float]:
    """Add one batch's gradient to the others'; the parts of its loss, divided by how many they are."""
    kind = next(model.parameters()).device.type
    # bfloat16 has float32's range, so that the loss need not be scaled. Elsewhere it is slow or missing.
    with torch.autocast(kind, torch.bfloat16, enabled=kind == "cuda" and torch.cuda.is_bf16_supported()):
        parts = {name: part / of for name, part in loss(model, batch).items()}
    sum(parts.values()).backward()
    return {name: float(part.detach()) for name, part in parts.items()}


def _adamw(model: nn.Module, settings: Settings) -> torch.optim.AdamW:
    # A bias or a norm's gain has no reason to be small.
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in trained if w.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [w for w in trained if w.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.rate, betas=settings.betas)


def _state(
    done: int,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    average: Average | None,
    settings: Settings,
) -> dict[str, Any]:
    followed = average.state_dict() if average else None
    state = {"done": done, "settings": asdict(settings), "average": followed}
    return {**state, "model": model.state_dict(), "optimiser": optimiser.state_dict()}


def _resume(
    folder: Path,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    average: Average | None,
    settings: Settings,
) -> list[Row]:
    """Bring everything to where the saved training was; its log up to there."""
    folder.mkdir(parents=True, exist_ok=True)
    state = checkpoint.read(folder / STATE, asdict(settings))
    rows = read_log(folder)[: state["done"] if state else 0]
    if state:
        if len(rows) < state["done"] or (state["average"] is None) != (average is None):
            problem = "it belongs to another log, or to a training with (or without) an average."
            raise CheckpointError(folder, problem, checkpoint.REMEDY)
        try:
            model.load_state_dict(state["model"])
            optimiser.load_state_dict(state["optimiser"])
            if average:
                average.load_state_dict(state["average"])
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(folder, "the training is of another model.", checkpoint.REMEDY) from error
    # What was logged after the last save happens once more.
    with replacing(folder / LOG) as part:
        part.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return rows


def _bar(steps: int, done: int, shown: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, disable=not shown)
    bar.add_task("training", total=steps, completed=done)
    return bar
