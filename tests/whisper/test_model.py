"""The Whisper model: equal to openai-whisper's and transformers', whole and step by step."""

from copy import deepcopy
from dataclasses import replace

import pytest
import torch
import whisper
from whisper.model import ModelDimensions, disable_sdpa

from avlab.whisper import PUBLISHED, Dims, Whisper
from avlab.whisper.hub import from_hub, to_hub
from tests.whisper.peers import SMALL, off, openais, ours, spoken, transformers

pytestmark = pytest.mark.usefixtures("no_gradients")


@pytest.fixture
def no_gradients():
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def small():
    return ours(SMALL)


@pytest.mark.parametrize(
    ("dims", "batch"),
    [(SMALL, 3), (PUBLISHED["tiny"], 1), (PUBLISHED["base"], 1)],
    ids=["small", "tiny", "base"],
)
def test_logits_equal_the_peers(dims, batch):
    theirs, model = openais(dims), ours(dims)
    mel, tokens = spoken(dims, batch)
    features, heard = model.encoder(mel), theirs.encoder(mel)
    found, expected = model.decoder(tokens, features), theirs.decoder(tokens, heard)
    assert expected.std() >= 1
    assert off(features, heard) < 1e-5
    assert off(found, expected) < 1e-5
    third = transformers(model)(input_features=mel, decoder_input_ids=tokens).logits
    assert off(found, third) < 1e-5
    # The model is not deaf: other sound, other logits.
    assert off(model.decoder(tokens, features.roll(1, dims=-1)), expected) > 1e-2


@pytest.mark.parametrize("name", whisper.available_models())
def test_every_published_size_has_the_peers_names_and_shapes(name, monkeypatch):
    # openai keeps the alignment heads in a sparse tensor, and there is none without memory.
    monkeypatch.setattr(torch.Tensor, "to_sparse", lambda tensor: tensor)
    dims = PUBLISHED[name]
    sizes = {field: size for field, size in vars(dims).items() if field.startswith("n_")}
    with torch.device("meta"):
        theirs, model = whisper.model.Whisper(ModelDimensions(**sizes)), Whisper(dims)
    shapes = [{key: tensor.shape for key, tensor in m.state_dict().items()} for m in (theirs, model)]
    assert shapes[0] == shapes[1]
    assert (model.is_multilingual, model.num_languages) == (theirs.is_multilingual, theirs.num_languages)
    assert model.is_multilingual != name.endswith(".en")


# Millions of parameters, as the model card of openai/whisper counts them.
@pytest.mark.parametrize(
    ("name", "millions"),
    [("tiny", 39), ("base", 74), ("small", 244), ("medium", 769), ("large-v1", 1550), ("turbo", 809)],
)
def test_published_sizes(name, millions):
    with torch.device("meta"):
        count = sum(weight.numel() for weight in Whisper(PUBLISHED[name]).parameters())
    assert count / 1e6 == pytest.approx(millions, rel=0.05)


def test_names_go_over_and_back(small):
    state = small.state_dict()
    back = from_hub(to_hub(state))
    assert back.keys() == state.keys() and all(back[name] is state[name] for name in state)


@pytest.mark.parametrize("pieces", [(1,) * 16, (4, 1, 1, 10), (16,)])
def test_step_by_step_with_a_cache_equals_all_at_once(small, pieces):
    mel, tokens = spoken(SMALL, 2, tokens=16)
    features = small.encoder(mel)
    cache = small.decoder.new_cache(features)
    found = [small.decoder(piece, cache=cache) for piece in tokens.split(pieces, dim=1)]
    assert off(torch.cat(found, dim=1), small.decoder(tokens, features)) < 1e-5
    assert cache.length == 16


def test_beams_share_a_recording_and_can_be_exchanged(small):
    mel, tokens = spoken(SMALL, 6, tokens=9)
    features, three = small.encoder(mel[:2]), torch.arange(2).repeat_interleave(3)
    prompts, rows = tokens[:2, :4], torch.tensor([2, 0, 0, 3, 5, 4])
    cache = small.decoder.new_cache(features)
    small.decoder(prompts, cache=cache)
    cache.reorder(three)
    small.decoder(tokens[:, 4:7], cache=cache)
    cache.reorder(rows)
    found = small.decoder(tokens[:, 7:], cache=cache)
    whole = torch.cat([prompts[three], tokens[rows, 4:7], tokens[:, 7:]], dim=1)
    expected = small.decoder(whole, features[three])[:, -2:]
    assert off(found, expected) < 1e-5
    assert off(small.decoder(whole, features)[:, -2:], expected) < 1e-5


def test_a_finished_recording_can_be_dropped(small):
    mel, tokens = spoken(SMALL, 3, tokens=6)
    features, kept = small.encoder(mel), torch.tensor([2, 0])
    cache = small.decoder.new_cache(features, capacity=6)
    small.decoder(tokens[:, :5], cache=cache)
    cache.reorder(kept, recordings=kept)
    found = small.decoder(tokens[kept, 5:], cache=cache)
    assert off(found, small.decoder(tokens[kept], features[kept])[:, 5:]) < 1e-5


def test_cross_attention_weights_are_the_peers(small):
    mel, tokens = spoken(SMALL, 2)
    theirs, seen = deepcopy(openais(SMALL)), []
    for block in theirs.decoder.blocks:
        block.cross_attn.register_forward_hook(lambda *call: seen.append(call[-1][1].softmax(dim=-1)))
    with disable_sdpa():
        expected = theirs(mel, tokens)
    logits, weights = small.decoder(tokens, small.encoder(mel), weights=True)
    assert off(logits, expected) < 1e-5
    assert len(weights) == 4 and all(off(w, s) < 1e-5 for w, s in zip(weights, seen, strict=True))


def test_logits_of_a_few_positions_only(small):
    mel, tokens = spoken(SMALL, 2)
    hidden, weights = small.decoder.hidden(tokens, small.encoder(mel))
    assert weights == []
    torch.testing.assert_close(small.decoder.logits(hidden[:, [2, -1]]), small(mel, tokens)[:, [2, -1]])


def test_half_precision_follows_the_model(small, device):
    model, (mel, tokens) = ours(SMALL).to(device, torch.bfloat16), spoken(SMALL, 2)
    logits = model(mel.to(device), tokens.to(device))
    assert logits.dtype == torch.float32 and model.device == logits.device
    assert off(logits.cpu(), small(mel, tokens)) < 0.05


# --- sound that is shorter than the window, and other stems


def test_a_shorter_spectrogram_gives_fewer_positions(small):
    mel, _ = spoken(SMALL)
    assert small.encoder(mel[..., :41]).shape == (1, 21, 48)
    theirs = deepcopy(openais(SMALL))
    theirs.encoder.positional_embedding = theirs.encoder.positional_embedding[:21]
    assert off(small.encoder(mel[..., :41]), theirs.encoder(mel[..., :41])) < 1e-5


@pytest.mark.parametrize("shape", [(1, 20, 61), (1, 20, 0), (1, 80, 60)])
def test_other_spectrograms_are_refused(small, shape):
    with pytest.raises(
        ValueError, match=f"{shape[1]} mel bins and {shape[2]} frames; this model takes 20 bins"
    ):
        small.encoder(torch.zeros(shape))


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_other_stems_fill_the_positions_exactly(stride):
    dims = replace(SMALL, conv1_kernel=5, conv2_kernel=11, stride=stride, position_scale=0.3)
    model = Whisper(dims)
    assert dims.n_mel_frames == 30 * stride
    assert model.encoder(torch.zeros(1, 20, dims.n_mel_frames)).shape == (1, 30, 48)
    assert model.encoder.conv1.kernel_size == (5,) and model.encoder.conv2.kernel_size == (11,)
    assert model.encoder.positional_embedding.abs().max() == pytest.approx(0.3)


# --- what is refused


def test_more_tokens_than_positions_are_refused(small):
    mel, tokens = spoken(SMALL, 1, tokens=16)
    features = small.encoder(mel)
    cache = small.decoder.new_cache(features)
    small.decoder(tokens, cache=cache)
    with pytest.raises(ValueError, match="17 tokens are more than the 16"):
        small.decoder(tokens[:, :1], cache=cache)


def test_the_sound_comes_in_one_way(small):
    mel, tokens = spoken(SMALL)
    features = small.encoder(mel)
    for both in ({}, {"audio_features": features, "cache": small.decoder.new_cache(features)}):
        with pytest.raises(ValueError, match="one of the two"):
            small.decoder(tokens, **both)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"n_mels": 0}, "n_mels is 0; a size is a whole number above 0"),
        ({"stride": True}, "stride is True"),
        ({"position_scale": -1}, "position_scale is -1"),
        ({"conv2_kernel": 4}, "a kernel of 4 frames has no middle"),
        ({"n_audio_state": 64}, "widths 64 and 48"),
        ({"n_text_head": 5}, "48 does not divide into 5 heads"),
    ],
)
def test_dims_that_make_no_model_are_refused(change, problem):
    with pytest.raises(ValueError, match=problem):
        replace(SMALL, **change)


def test_alignment_heads_are_those_of_the_later_blocks():
    with torch.device("meta"):
        model = Whisper(SMALL)
    assert model.alignment_heads == [(2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (3, 2)]


@torch.enable_grad()
def test_gradients_reach_every_weight():
    mel, tokens = spoken(SMALL, 2)
    model = ours(SMALL)
    torch.nn.functional.cross_entropy(model(mel, tokens).flatten(0, 1), tokens.flatten()).backward()
    assert all((weight.grad != 0).any() for weight in model.parameters())


def test_dims_are_the_published_ones_by_default():
    assert vars(PUBLISHED["tiny"]) == vars(Dims(80, 1500, 384, 6, 4, 51865, 448, 384, 6, 4)) | {
        "conv1_kernel": 3,
        "conv2_kernel": 3,
        "stride": 2,
        "position_scale": 1.0,
    }
