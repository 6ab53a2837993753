import pytest
import torch
from torch import nn

from avlab.train import Average, Settings, scale, train


@pytest.mark.parametrize("decay", ["cosine", "linear"])
def test_it_rises_in_a_straight_line_and_falls_to_little(decay):
    rates = [scale(step, 1000, 50, decay) for step in range(1000)]
    assert rates[:50] == pytest.approx([(step + 1) / 50 for step in range(50)], abs=0.01)
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert max(rates) <= 1 and 0.02 < rates[-1] < 0.024


def test_the_cosine_is_half_way_down_in_the_middle_and_the_line_not_yet():
    assert scale(500, 1000) == pytest.approx(0.51)
    assert scale(700, 1000, 0, "linear") == pytest.approx(1)
    assert scale(850, 1000, 0, "linear") == pytest.approx(0.51)


def test_without_warm_up_it_begins_at_the_full_rate():
    assert scale(0, 10) == 1


def test_the_loop_goes_by_it():
    model = nn.Linear(2, 1)

    def loss(model, batch):
        return {"x": model(batch).square().mean()}

    rows = train(model, loss, lambda number: torch.ones(1, 2), Settings(20, 0.5, 5, "linear"), progress=False)
    assert [row["rate"] for row in rows] == [0.5 * scale(step, 20, 5, "linear") for step in range(20)]


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"rate": 0.0}, {"accumulate": 0}, {"clip": -1}, {"decay": "none"}]
)
def test_settings_that_train_nothing_are_refused(wrong):
    name = next(iter(wrong))
    with pytest.raises(ValueError, match=name):
        Settings(**{"steps": 10, **wrong})


def weights(*numbers):
    model = nn.Linear(1, 1)
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data.fill_(number)
    return model


def test_the_average_is_the_one_by_hand():
    average = Average(weights(0.0, 0.0), keep=0.3)
    w = 0.0
    for n, value in enumerate([1.0, 5.0, -2.0, 4.0, 4.0, 7.0], start=1):
        average.update(weights(value, value))
        keep = min(0.3, (1 + n) / (10 + n))
        w = keep * w + (1 - keep) * value
        assert average.model.weight.item() == pytest.approx(w, rel=1e-5)


def test_an_average_of_what_stays_the_same_is_that():
    average, steady = Average(weights(0.0, 9.0), keep=0.9), weights(3.0, -1.0)
    for _ in range(300):
        average.update(steady)
    assert average.model.weight.item() == pytest.approx(3, rel=1e-4)
    assert average.model.bias.item() == pytest.approx(-1, rel=1e-4)


def test_the_model_is_untouched_and_buffers_follow():
    model = nn.BatchNorm1d(2)
    average = Average(model, keep=0.5)
    model(torch.randn(10, 2))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    average.update(model)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert average.model.num_batches_tracked == 1 and not average.model.training
    assert not any(parameter.requires_grad for parameter in average.model.parameters())


def test_its_state_goes_on():
    one, other = Average(weights(0.0, 0.0), 0.9), Average(weights(8.0, 8.0), 0.9)
    one.update(weights(1.0, 1.0))
    other.load_state_dict(one.state_dict())
    for average in (one, other):
        average.update(weights(2.0, 3.0))
    assert torch.equal(one.model.weight, other.model.weight) and one.updates == other.updates
