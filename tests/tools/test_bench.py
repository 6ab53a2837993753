import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tools.bench import __main__ as bench
from tools.bench import page, reading, signals, vad
from tools.bench.contest import Contest, Disagreement, check, measure, within
from tools.bench.page import Measured

CPU = torch.device("cpu")


def contest(theirs, tolerance=0.5, ours=None):
    peers = {"abacus": lambda: theirs}
    return Contest("counting", lambda: np.zeros(3) if ours is None else ours, peers, within(tolerance))


def test_agreement_is_told_by_name():
    assert check(contest(np.full(3, 0.25))) == {"abacus": "differs by 0.2"}
    assert check(contest(np.zeros(3))) == {"abacus": "the same"}


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (None, np.ones(3), "differ by 1, more than 0.5"),
        (None, np.zeros(4), r"\(3,\) and \(4,\)"),
        (None, np.full(3, np.nan), "differ by nan"),
        (torch.zeros(1, dtype=torch.uint8), np.uint8([255]), "differ by 2.6e\\+02"),
        (torch.zeros(1, dtype=torch.complex64), np.complex64([3 + 4j]), "differ by 5"),
    ],
)
def test_results_that_differ_are_refused(ours, theirs, said):
    with pytest.raises(Disagreement, match=f"counting, abacus: .*{said}"):
        check(contest(theirs, ours=ours))


def test_all_take_turns_and_the_median_counts(monkeypatch):
    turns, seconds = [], iter([1, 20, 5, 30, 2, 10])
    monkeypatch.setattr("tools.bench.contest._seconds", lambda work, on: work() or next(seconds) / 1000)
    two = Contest("", lambda: turns.append("ours"), {"theirs": lambda: turns.append("theirs")}, within(0), 3)
    assert measure(two, CPU) == {"ours": 2, "theirs": 20}
    assert turns == ["ours", "theirs"] * 3


def rows(measured):
    lines = page.section("Title", "About.", measured).splitlines()[6:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


AGREE = {"counting": {"abacus": "the same", "torchaudio": "the same"}}


def test_a_row_for_each_other_with_its_ratio():
    times = {"counting": {"ours": 2.0, "abacus": 30.0}}
    assert rows(Measured(times, None, AGREE)) == [
        ["counting", "2.00", "abacus", "30.0", "15.00", "the same", "not measured"]
    ]


def test_an_accelerator_has_a_column_and_peers_of_its_own():
    measured = Measured(
        {"counting": {"ours": 2.0, "abacus": 3.0}, "reading": {"ours": 1, "film": 2}}, None, AGREE
    )
    measured.agreement["reading"] = {"film": "the same"}
    measured.times(torch.device("cuda"))["counting"] = {"ours": 0.1, "torchaudio": 0.2}
    assert [row[2:] for row in rows(measured)] == [
        ["abacus", "3.00", "1.50", "the same", "0.10, —, —"],
        ["torchaudio", "—", "—", "the same", "0.10, 0.20, 2.00"],
        ["film", "2.00", "2.00", "the same", "—"],
    ]


def test_where_another_is_faster_is_said():
    measured = Measured({"counting": {"ours": 2.0, "abacus": 1.0, "slate": 2.5}})
    assert measured.slower() == ["counting: abacus 1.00, ours 2.00"]


def test_a_partial_run_keeps_the_other_sections():
    made = [page.section(title, f"About {title}.", Measured()) for title in ("A", "B")]
    whole = page.updated("", dict(zip("AB", made, strict=True)), ["A", "B"])
    assert page.updated(whole, {}, ["A", "B"]) == whole
    again = page.updated(whole, {"A": page.section("A", "Anew.", Measured())}, ["A", "B"])
    assert again == whole.replace("About A.", "Anew.")


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """One subject that counts, in place of the real ones; `contests` can be set."""
    subject = SimpleNamespace(NOTE="A toy.", contests=lambda folder, on: [contest(np.zeros(3))])
    monkeypatch.setattr(bench, "_subject", lambda name: subject)
    monkeypatch.setattr(bench, "PAGE", tmp_path / "bench.md")
    monkeypatch.delenv("DEVICE", raising=False)
    return subject


def test_a_run_stores_what_it_prints(toy, capsys):
    assert bench.main(["signals"]) == 0
    assert bench.PAGE.read_text().split("## ")[1] in capsys.readouterr().out
    assert re.search(r"Measured on \d{4}-\d\d-\d\d on \d+ cores.* A toy\.", bench.PAGE.read_text())
    assert bench.main(["vad"]) == 0
    assert re.findall("## (.+)", bench.PAGE.read_text()) == ["Signals", "Voice activity"]
    assert [path.name for path in bench.PAGE.parent.iterdir()] == ["bench.md"]


def test_a_disagreement_leaves_the_page_and_is_said(toy, capsys):
    bench.PAGE.write_text("old")
    toy.contests = lambda folder, on: [contest(np.ones(3))]
    assert bench.main([]) == 1
    assert bench.PAGE.read_text() == "old"
    assert "counting, abacus: the results differ by 1" in capsys.readouterr().err


def test_an_interrupted_run_leaves_the_page(toy, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    bench.PAGE.write_text("old")
    monkeypatch.setattr(bench, "measure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        bench.main([])
    assert [path.read_text() for path in bench.PAGE.parent.iterdir()] == ["old"]


def test_an_unknown_subject_is_refused(toy, capsys):
    with pytest.raises(SystemExit):
        bench.main(["cooking"])
    assert "no such subject: cooking" in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
@pytest.mark.parametrize("wanted", ["cuda", "cuda:0", "gpu"])
def test_a_device_that_is_not_there_is_refused(toy, monkeypatch, wanted):
    monkeypatch.setenv("DEVICE", wanted)
    with pytest.raises(SystemExit, match=f"DEVICE={wanted}, but torch sees no such device"):
        bench.main([])


@pytest.mark.parametrize("subject", [reading, signals, vad], ids=lambda module: module.__name__)
def test_in_every_contest_all_agree(subject, tmp_path, device, monkeypatch):
    """On sizes that take no time."""
    for name, value in {"SECONDS": 4, "BATCH": 2, "HOUR": 8}.items():
        monkeypatch.setattr(subject, name, value, raising=False)
    for each in subject.contests(tmp_path, device):
        assert check(each).keys() == each.peers.keys()


def test_silero_leaves_torch_its_threads(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "silero_vad"]:
        monkeypatch.delitem(sys.modules, name)  # its first import is what takes them
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    vad.silero()
    found = torch.get_num_threads()
    torch.set_num_threads(before)
    assert found == 2
