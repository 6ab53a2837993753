import librosa
import numpy as np
import pytest
import torch
from whisper.timing import dtw_cpu

from avlab.align import accumulate, dtw, dtw_batch


def tables(count: int, whole: bool = False):
    """Random costs of many shapes; whole numbers are often alike."""
    draw = torch.Generator().manual_seed(0)
    for _ in range(count):
        shape = torch.randint(1, 40, (2,), generator=draw).tolist()
        yield torch.randint(3, shape, generator=draw).float() if whole else torch.randn(shape, generator=draw)


def test_three_hundred_paths_are_librosas_and_the_originals():
    for cost in tables(300):
        total, path = librosa.sequence.dtw(C=cost.double().numpy())
        assert np.array_equal(dtw(cost.double()), path[::-1])
        assert np.allclose(accumulate(cost.double()), total)
        assert np.array_equal(dtw(cost), dtw_cpu.py_func(cost.double().numpy()).T)


def test_of_equally_cheap_paths_it_is_librosas():
    for cost in tables(100, whole=True):
        assert np.array_equal(dtw(cost), librosa.sequence.dtw(C=cost.double().numpy())[1][::-1])


def test_where_costs_are_alike_the_original_may_miss_the_cheapest_path():
    missed = 0
    for cost in tables(100, whole=True):
        theirs = dtw_cpu.py_func(cost.double().numpy())
        assert np.array_equal(dtw(cost, rule="openai"), theirs.T)
        found, cheapest = cost[tuple(theirs.copy())].sum(), accumulate(cost)[-1, -1]
        assert cheapest <= found
        missed += (cheapest < found).item()
    assert missed > 10


@pytest.mark.parametrize("rule", ["cheapest", "subsequence", "openai"])
def test_the_fast_way_is_the_definition_to_the_last_bit(rule):
    for cost in [*tables(20), *tables(20, whole=True)]:
        assert torch.equal(accumulate(cost, rule), accumulate(cost, rule, "plain"))
        assert torch.equal(dtw(cost, rule), dtw(cost, rule, "plain"))


def test_a_path_goes_on_by_one_at_a_time_and_costs_what_is_said():
    for cost in tables(50):
        path = dtw(cost)
        assert path[0].tolist() == [0, 0]
        assert path[-1].tolist() == [side - 1 for side in cost.shape]
        assert {tuple(step) for step in path.diff(dim=0).tolist()} <= {(0, 1), (1, 0), (1, 1)}
        assert cost[tuple(path.T)].sum() == pytest.approx(accumulate(cost)[-1, -1].item(), abs=1e-4)


def test_a_subsequence_is_librosas_where_nothing_costs_less_than_nothing():
    for cost in tables(200):
        if cost.shape[0] <= cost.shape[1]:
            _, path = librosa.sequence.dtw(C=cost.abs().double().numpy(), subseq=True)
            assert np.array_equal(dtw(cost.abs().double(), rule="subsequence"), path[::-1])


def test_a_planted_path_is_found_in_the_midst_of_silence():
    rows = torch.tensor([-1] * 6 + [0] * 3 + [1] + [2] * 5 + [-1] * 4)
    cost = torch.full((3, len(rows)), 0.1)
    cost[rows[rows >= 0], (rows >= 0).nonzero()[:, 0]] = -1
    assert dtw(cost, rule="subsequence").tolist() == [[r, t] for t, r in enumerate(rows.tolist()) if r >= 0]
    assert dtw(cost)[0].tolist() == [0, 0]  # pinned to the beginning


@pytest.mark.parametrize("rule", ["cheapest", "subsequence", "openai"])
def test_in_a_batch_each_table_is_as_if_alone(rule):
    costs = torch.randn(37, 9, 14, generator=torch.Generator().manual_seed(1))
    sizes = [(1 + i % 9, 1 + i % 14) for i in range(37)]
    paths = dtw_batch(costs, sizes, rule)
    for cost, (rows, columns), path in zip(costs, sizes, paths, strict=True):
        assert torch.equal(path, dtw(cost[:rows, :columns], rule))
    assert torch.equal(accumulate(costs)[20], accumulate(costs[20]))
    assert len(dtw_batch(costs)) == 37
    assert dtw_batch(costs[:0]) == []


def test_a_forbidden_cell_is_gone_round():
    cost = torch.zeros(3, 3)
    cost[1, 1] = torch.inf
    assert [1, 1] not in dtw(cost).tolist()


@pytest.mark.parametrize(
    ("cost", "sentence"),
    [
        (torch.zeros(0, 5), "no path leads through"),
        (torch.zeros(5, 0), "no path leads through"),
        (torch.full((2, 2), torch.nan), "look for NaN"),
        (torch.tensor([[0.0, 1], [torch.nan, 1]]), "look for NaN"),
        (torch.full((2, 2), torch.inf), "no path has a finite cost"),
    ],
)
def test_tables_without_a_path_are_refused(cost, sentence):
    with pytest.raises(ValueError, match=sentence):
        dtw(cost)
    with pytest.raises(ValueError, match="no path leads through"):
        dtw_batch(torch.zeros(2, 3, 3), [(3, 3), (4, 3)])
