import signal

import pytest
import torch
from typer.testing import CliRunner

from avlab import whisper
from avlab.train import Settings, read_log, spoken, train, whisper_mini
from avlab.train.__main__ import app
from avlab.whisper import Dims, Whisper

TINY = Dims(80, 75, 16, 2, 1, whisper_mini.DIMS.n_vocab, 48, 16, 2, 1, 5, 11, 4, 0.3)


@pytest.fixture(scope="module")
def lessons():
    return spoken.batch(0, size=4)


def test_the_longest_sentence_fits_and_the_stem_fits_the_labels():
    longest = "place white with X seven please"
    t = spoken.tokenizer()
    assert len(t.encode(longest)) + 1 <= whisper_mini.OPTIONS.sample_len
    assert 2 + whisper_mini.OPTIONS.sample_len <= whisper_mini.DIMS.n_text_ctx
    assert whisper_mini.DIMS.n_mel_frames == 300


def test_the_seed_decides_the_first_weights_and_nothing_else_is_touched():
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    one, again, other = (whisper_mini.untrained(TINY, seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(2), expected)
    pairs = zip(one.parameters(), again.parameters(), other.parameters(), strict=True)
    drawn = [(torch.equal(a, b), torch.equal(a, c)) for a, b, c in pairs if a.ndim > 1]
    assert set(drawn) == {(True, False)}


def test_at_first_it_knows_nothing(lessons):
    parts = whisper_mini.loss(whisper_mini.untrained(), lessons)
    chance = torch.tensor([whisper_mini.DIMS.n_vocab, len(spoken.LABELS)]).log()
    assert torch.stack([parts["tokens"], parts["frames"]]).tolist() == pytest.approx(
        chance.tolist(), rel=0.25
    )


def test_what_stands_after_the_end_teaches_nothing(lessons):
    learner = whisper_mini.untrained(TINY)
    longer = torch.nn.functional.pad(lessons.tokens, (0, 3), value=7)
    targets = torch.nn.functional.pad(lessons.targets, (0, 3), value=spoken.IGNORE)
    padded = lessons._replace(tokens=longer, targets=targets)
    one, other = whisper_mini.loss(learner, lessons), whisper_mini.loss(learner, padded)
    assert torch.allclose(one["tokens"], other["tokens"], atol=1e-5)


def test_it_learns_four_sentences_by_heart():
    examples = spoken.examination(4)
    same = spoken.collated(examples)
    learner = whisper_mini.untrained(TINY)
    rows = train(learner, whisper_mini.loss, lambda number: same, Settings(120, 2e-2, 20), progress=False)
    assert rows[-1]["frames"] < 1 < 3 < rows[0]["frames"]
    assert whisper_mini.word_error_rate(learner.whisper.eval(), examples) < 0.2


def test_what_is_saved_is_a_whisper_that_loads(tmp_path):
    learner = whisper_mini.untrained(TINY)
    whisper.save(learner.whisper, tmp_path / "mini.safetensors", torch.float16)
    loaded = whisper.load(tmp_path / "mini.safetensors")
    assert isinstance(loaded, Whisper) and loaded.dims == TINY
    assert not any("head" in name for name in loaded.state_dict())


def test_the_error_rate_is_over_all_words(monkeypatch):
    examples = spoken.examination(2)
    heard = [examples[0].text, " ".join(examples[1].text.split()[1:])]
    monkeypatch.setattr(whisper_mini, "transcribed", lambda whisper, examples: heard)
    assert whisper_mini.word_error_rate(Whisper(TINY), examples) == pytest.approx(1 / 12)


def test_a_recipe_that_was_stopped_goes_on_with_its_own_number_of_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(whisper_mini, "BATCH", 2)
    monkeypatch.setattr(whisper_mini, "DIMS", TINY)
    straight = whisper_mini.learn(tmp_path / "one", steps=4, progress=False)

    def stop(number, *others, batch=spoken.batch):
        if number == 2 and len(read_log(tmp_path / "two")) == 2:
            signal.raise_signal(signal.SIGINT)
        return batch(number, *others)

    monkeypatch.setattr(spoken, "batch", stop)
    with pytest.raises(KeyboardInterrupt):
        whisper_mini.learn(tmp_path / "two", steps=4, progress=False)
    assert len(read_log(tmp_path / "two")) == 3
    monkeypatch.delattr(whisper_mini, "affordable")
    done = whisper_mini.learn(tmp_path / "two", minutes=99, progress=False)
    assert all(torch.equal(a, b) for a, b in zip(straight.parameters(), done.parameters(), strict=True))


def test_the_command_neither_overwrites_a_training_nor_invents_one(tmp_path):
    def asked(*arguments):
        return CliRunner().invoke(app, ["whisper-mini", "--out", str(tmp_path), *arguments])

    refused = asked("--resume")
    assert refused.exit_code == 2 and "no training" in refused.output
    (tmp_path / "state.pt").touch()
    refused = asked()
    assert refused.exit_code == 2 and "--resume" in refused.output
    assert (tmp_path / "state.pt").read_bytes() == b""
