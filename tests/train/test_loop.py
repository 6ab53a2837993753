import json
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from avlab.errors import CheckpointError
from avlab.train import Average, Settings, read_log, train
from avlab.train.loop import LOG, STATE

TRUE = torch.tensor([[2.0, -3.0, 0.5]])


def batches(number):
    x = torch.randn(8, 3, generator=torch.Generator().manual_seed(number))
    return x, x @ TRUE.T + 1


def loss(model, batch):
    x, y = batch
    return {"error": F.mse_loss(model(x), y)}


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 1))


def fit(model, settings, **other):
    return train(model, loss, batches, settings, progress=False, **other)


def same(one, other):
    one, other = one.state_dict(), other.state_dict()
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


class Stopped(Exception):
    pass


def test_a_regression_finds_the_numbers_behind_it():
    model = nn.Linear(3, 1)
    rows = fit(model, Settings(300, 0.1, weight_decay=0))
    assert torch.allclose(model.weight, TRUE, atol=1e-3) and torch.allclose(
        model.bias, torch.ones(1), atol=1e-3
    )
    assert rows[0]["loss"] > 1 and rows[-1]["loss"] < 1e-5
    assert [row["step"] for row in rows] == list(range(300))


@pytest.mark.parametrize("seed", range(3))
def test_however_often_it_is_killed_the_weights_are_the_same_bit_for_bit(tmp_path, seed):
    settings = Settings(40, 0.01, warm_up=5, accumulate=2)
    straight, smooth = network(), Average(network(), 0.9)
    rows = fit(straight, settings, average=smooth)
    chance = random.Random(seed)
    kills = sorted(chance.sample(range(40), 4))

    def kill(row):
        if kills and row["step"] == kills[0]:
            kills.pop(0)
            raise Stopped  # before this step is saved or logged

    while True:
        model = network()
        average = Average(model, 0.9)
        torch.manual_seed(chance.randrange(1000))  # what others draw must not matter
        try:
            done = fit(model, settings, average=average, folder=tmp_path, save_every=7, after=kill)
            break
        except Stopped:
            pass
    assert not kills
    assert same(model, straight) and same(average.model, smooth.model)
    assert [row["loss"] for row in done] == [row["loss"] for row in rows]
    assert done == read_log(tmp_path)


def test_ctrl_c_saves_finishes_the_step_and_is_raised(tmp_path):
    before = signal.getsignal(signal.SIGINT)

    def press(row):
        if row["step"] == 5:
            signal.raise_signal(signal.SIGINT)

    model = network()
    with pytest.raises(KeyboardInterrupt):
        fit(model, Settings(20), folder=tmp_path, after=press)
    state = torch.load(tmp_path / STATE, weights_only=True)
    assert state["done"] == 6 == len(read_log(tmp_path))
    assert all(torch.equal(state["model"][name], weight) for name, weight in model.state_dict().items())
    assert signal.getsignal(signal.SIGINT) is before
    straight = network()
    fit(straight, Settings(20))
    fit(model := network(), Settings(20), folder=tmp_path)
    assert same(model, straight)


def test_a_second_ctrl_c_is_obeyed_at_once(tmp_path):
    def press_twice(row):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        row["here"] = True

    with pytest.raises(KeyboardInterrupt):
        fit(network(), Settings(20), folder=tmp_path, after=press_twice)
    assert not (tmp_path / STATE).exists() and not read_log(tmp_path)


def test_in_another_thread_it_trains_as_well():
    model, straight = network(), network()
    thread = threading.Thread(target=fit, args=(model, Settings(5)))
    thread.start()
    thread.join()
    fit(straight, Settings(5))
    assert same(model, straight)


PROGRAM = """
import sys; from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_loop import *
fit(network(), Settings(100000), folder=Path(sys.argv[1]), save_every=3)
"""


@pytest.mark.slow  # a process of its own imports torch
def test_a_killed_process_leaves_a_training_that_goes_on(tmp_path, root):
    command = [sys.executable, "-c", PROGRAM, tmp_path, root / "tests" / "train"]
    program = subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    try:
        while len(read_log(tmp_path)) < 10 and program.poll() is None:
            time.sleep(0.02)
    finally:
        program.kill()
        program.wait()
    logged, done = len(read_log(tmp_path)), torch.load(tmp_path / STATE, weights_only=True)["done"]
    assert done % 3 == 0 and 0 <= logged - done <= 3
    with pytest.raises(Stopped):
        fit(network(), Settings(100_000), folder=tmp_path, after=first_step_is(done))
    assert len(read_log(tmp_path)) == done


def first_step_is(done):
    def look(row):
        assert row["step"] == done
        raise Stopped

    return look


def test_a_finished_training_is_not_done_again(tmp_path):
    model = network()
    rows = fit(model, Settings(6), folder=tmp_path)
    again = network()
    assert fit(again, Settings(6), folder=tmp_path, after=first_step_is(None)) == rows
    assert same(again, model)


def test_the_rest_of_another_training_is_refused(tmp_path):
    fit(network(), Settings(6, rate=0.01), folder=tmp_path)
    with pytest.raises(CheckpointError, match=r"rate 0\.01, not 0\.02"):
        fit(network(), Settings(6, rate=0.02), folder=tmp_path)
    with pytest.raises(CheckpointError, match="another model"):
        fit(nn.Linear(3, 1), Settings(6, rate=0.01), folder=tmp_path)
    with pytest.raises(CheckpointError, match="average"):
        fit(model := network(), Settings(6, rate=0.01), folder=tmp_path, average=Average(model))
    assert len(read_log(tmp_path)) == 6


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_state_is_refused(tmp_path, damage):
    fit(network(), Settings(3), folder=tmp_path)
    path = tmp_path / STATE
    path.write_bytes(path.read_bytes()[:2000] if damage is None else damage)
    with pytest.raises(CheckpointError, match="damaged"):
        fit(network(), Settings(3), folder=tmp_path)


def test_a_state_that_is_a_program_is_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    tmp_path.joinpath(STATE).write_bytes(pickle.dumps(Trap(), protocol=2))
    with pytest.raises(CheckpointError):
        fit(network(), Settings(3), folder=tmp_path)
    assert not tmp_path.joinpath("sprung").exists()


def test_a_log_line_cut_off_is_left_out(tmp_path):
    fit(network(), Settings(3), folder=tmp_path)
    with (tmp_path / LOG).open("a") as log:
        log.write('{"step": 3, "lo')
    assert [row["step"] for row in read_log(tmp_path)] == [0, 1, 2]
    fit(network(), Settings(3), folder=tmp_path)
    assert [json.loads(line)["step"] for line in (tmp_path / LOG).read_text().splitlines()] == [0, 1, 2]


def test_several_batches_a_step_are_one_large_batch():
    def large(number):
        pairs = [batches(4 * number + turn) for turn in range(4)]
        return tuple(torch.cat(each) for each in zip(*pairs, strict=True))

    several, one = nn.Linear(3, 1), nn.Linear(3, 1)
    one.load_state_dict(several.state_dict())
    few = fit(several, Settings(10, accumulate=4))
    many = train(one, loss, large, Settings(10), progress=False)
    assert torch.allclose(several.weight, one.weight, atol=1e-6)
    assert [row["loss"] for row in few] == pytest.approx([row["loss"] for row in many], rel=1e-5)


def test_a_long_gradient_is_shortened_and_its_length_logged():
    lengths = []
    model = nn.Linear(3, 1)
    model.weight.register_post_accumulate_grad_hook(lambda weight: lengths.append(weight.grad.norm().item()))
    clipped = []

    def steep(model, batch):
        return {"error": 1000 * loss(model, batch)["error"]}

    def look(row):
        clipped.append(nn.utils.get_total_norm([w.grad for w in model.parameters()]).item())

    rows = train(model, steep, batches, Settings(3, clip=0.5), after=look, progress=False)
    assert clipped == pytest.approx([0.5] * 3, rel=1e-4)
    assert all(row["gradient"] >= length > 100 for row, length in zip(rows, lengths, strict=True))


def test_matrices_are_pulled_to_zero_and_biases_are_not():
    model = nn.Linear(3, 1)
    weight, bias = (p.detach().clone() for p in model.parameters())

    def nothing(model, batch):
        return {"nothing": 0 * (model.weight.sum() + model.bias.sum())}

    settings = Settings(1, 0.1, warm_up=0, weight_decay=0.5)
    train(model, nothing, batches, settings, progress=False)
    assert torch.allclose(model.weight, weight * 0.95) and torch.equal(model.bias, bias)


def test_a_gradient_that_is_no_number_stops_it_before_the_weights_are_lost(tmp_path):
    model = nn.Linear(3, 1)

    def breaks(number):
        x, y = batches(number)
        return x, y * (torch.nan if number == 4 else 1)

    with pytest.raises(FloatingPointError, match="step 4"):
        train(model, loss, breaks, Settings(10), folder=tmp_path, save_every=2, progress=False)
    assert model.weight.isfinite().all()
    assert torch.load(tmp_path / STATE, weights_only=True)["done"] == 4


def test_nobody_elses_random_numbers_are_touched_and_the_seed_decides():
    torch.manual_seed(7)
    expected = torch.rand(3)
    model, other, again = network(), network(), network()
    torch.manual_seed(7)
    fit(model, Settings(5))
    assert torch.equal(torch.rand(3), expected)
    fit(again, Settings(5))
    fit(other, Settings(5, seed=1))
    assert same(model, again) and not same(model, other)


def test_every_step_draws_anew():
    drawn = []

    def draws(model, batch):
        drawn.append(torch.rand(1).item())
        return loss(model, batch)

    train(network(), draws, batches, Settings(6), progress=False)
    assert len(set(drawn)) == 6


def test_what_is_added_to_a_row_is_in_the_log(tmp_path):
    fit(network(), Settings(3), folder=tmp_path, after=lambda row: row.update(half=row["step"] / 2))
    assert [row["half"] for row in read_log(tmp_path)] == [0, 0.5, 1]
    assert set(read_log(tmp_path)[0]) == {"step", "loss", "error", "rate", "gradient", "seconds", "half"}


def test_it_learns_where_the_model_lies(device):
    model = nn.Linear(3, 1).to(device)

    def there(model, batch):
        return loss(model, [each.to(device) for each in batch])

    rows = train(model, there, batches, Settings(200, 0.1), progress=False)
    assert rows[-1]["loss"] < 0.1 * rows[0]["loss"] and model.weight.device.type == device.type
