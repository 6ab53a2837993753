from dataclasses import replace
from functools import cache

import pytest
import torch
import whisper.decoding
import whisper.model
from hypothesis import given, settings
from hypothesis import strategies as st

from avlab.whisper.decoding import Decoded, decode, detect_language
from avlab.whisper.dims import Dims
from avlab.whisper.fallback import Doubt, decode_with_fallback
from avlab.whisper.filters import Forbid, TimestampRules
from avlab.whisper.model import Whisper
from avlab.whisper.options import Options
from avlab.whisper.search import Beam, Candidate, Hypotheses, best
from avlab.whisper.tokenizer import Tokenizer
from avlab.whisper.vocabulary import closed

CONTEXT, WIDTH, POSITIONS = 32, 32, 1500
SIZES = {
    "n_mels": 80,
    "n_audio_ctx": POSITIONS,
    "n_audio_state": WIDTH,
    "n_audio_head": 2,
    "n_audio_layer": 1,
    "n_text_ctx": CONTEXT,
    "n_text_state": WIDTH,
    "n_text_head": 2,
    "n_text_layer": 2,
}
ENGLISH, MANY, V3 = 51864, 51865, 51866


@cache
def peer(seed: int, n_vocab: int = MANY, end: float = 3.0) -> whisper.model.Whisper:
    """A tiny model with random weights, so large that what it writes varies and, by `end`, often ends."""
    model = whisper.model.Whisper(whisper.model.ModelDimensions(n_vocab=n_vocab, **SIZES)).eval()
    draw = torch.Generator().manual_seed(seed)
    for name, weight in model.named_parameters():
        scale = 0.1 if weight.ndim == 1 else 1.5 / weight[0].numel() ** 0.5
        weight.data = torch.randn(weight.shape, generator=draw) * scale
        weight.data += name.endswith(("ln.weight", "ln_post.weight"))
    model.decoder.positional_embedding.data = torch.randn(CONTEXT, WIDTH, generator=draw)
    model.decoder.token_embedding.weight.data *= 1.3
    model.decoder.token_embedding.weight.data[Tokenizer.published(n_vocab).eot] *= end
    return model


@cache
def ours(seed: int, n_vocab: int = MANY, end: float = 3.0) -> Whisper:
    """The same model, of our classes."""
    theirs = peer(seed, n_vocab, end)
    model = Whisper(Dims(n_vocab=n_vocab, **SIZES)).eval()
    model.load_state_dict(theirs.state_dict())
    return model


def sounds(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, POSITIONS, WIDTH, generator=torch.Generator().manual_seed(seed))


# Options of ours, and what differs in the original's.
OPTION_SETS = [
    (MANY, {}, {}),
    (MANY, {"language": "es", "task": "translate"}, {}),
    (V3, {"language": "yue"}, {}),
    (V3, {}, {}),
    (ENGLISH, {}, {"language": "en"}),
    (ENGLISH, {"beam_size": 3, "without_timestamps": True}, {"language": "en"}),
    (MANY, {"without_timestamps": True}, {}),
    (MANY, {"without_timestamps": True, "suppress_blank": False}, {}),
    (MANY, {"suppress_tokens": (5811,), "suppress_non_speech": False}, {"suppress_tokens": [5811]}),
    (MANY, {"suppress_tokens": (5811, 8085)}, {"suppress_tokens": [5811, 8085, -1]}),
    (MANY, {"sample_len": 5}, {}),
    (MANY, {"sample_len": 31, "without_timestamps": True}, {}),
    (MANY, {"max_initial_timestamp": None}, {}),
    (MANY, {"max_initial_timestamp": 0.3, "beam_size": 2}, {}),
    (MANY, {"prompt": "Hello there"}, {}),
    (MANY, {"prompt": list(range(100, 140)), "beam_size": 2}, {}),
    (MANY, {"prefix": "So we", "without_timestamps": True}, {}),
    (MANY, {"prompt": "Hello", "prefix": [50364, 407], "beam_size": 3}, {}),
    (MANY, {"beam_size": 1}, {}),
    (MANY, {"beam_size": 5}, {}),
    (MANY, {"beam_size": 5, "patience": 2.0, "language": "de"}, {}),
    (MANY, {"beam_size": 4, "patience": 0.5, "without_timestamps": True}, {}),
    (MANY, {"beam_size": 5, "length_penalty": 0.0}, {}),
    (MANY, {"beam_size": 5, "length_penalty": 1.0, "without_timestamps": True}, {}),
    (MANY, {"temperature": 0.2}, {}),
    (MANY, {"temperature": 1.0, "without_timestamps": True}, {}),
    (MANY, {"temperature": 0.6, "best_of": 5}, {}),
    (V3, {"temperature": 1.4, "best_of": 3, "length_penalty": 0.6, "task": "translate"}, {}),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # the original sorts a tensor with numpy
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("n_vocab", "options", "instead"), OPTION_SETS)
def test_token_for_token_the_original(n_vocab, options, instead, seed):
    sound = sounds(1, seed)
    their_options = {
        name: value for name, value in options.items() if name != "suppress_non_speech"
    } | instead
    torch.manual_seed(seed)
    [theirs] = whisper.decoding.decode(
        peer(seed, n_vocab), sound, whisper.decoding.DecodingOptions(fp16=False, **their_options)
    )

    [mine] = decode(ours(seed, n_vocab), sound, Options(seed=seed, **options))

    assert mine.tokens == theirs.tokens
    assert (mine.text, mine.language, mine.temperature) == (theirs.text, theirs.language, theirs.temperature)
    assert mine.avg_logprob == pytest.approx(theirs.avg_logprob, abs=1e-5)
    assert mine.no_speech_prob == pytest.approx(theirs.no_speech_prob, rel=1e-4)
    assert mine.compression_ratio == theirs.compression_ratio


def test_the_options_and_seeds_above_make_different_transcripts():
    texts = {
        tuple(decode(ours(seed, n_vocab), sounds(1, seed), Options(seed=seed, **options))[0].tokens)
        for n_vocab, options, _ in OPTION_SETS[::3]
        for seed in (0, 1)
    }

    assert len(texts) >= 14
    assert len({len(text) for text in texts}) >= 4


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beam_size": 4},
        {"beam_size": 4, "patience": 0.5, "without_timestamps": True},
        {"beam_size": 3, "patience": 2.0, "prompt": "Hello"},
        {"temperature": 0.7, "best_of": 3},
        {"temperature": 0.3, "without_timestamps": True},
    ],
)
def test_in_a_batch_each_recording_is_decoded_as_if_alone(options):
    batch, options = sounds(5), Options(seed=4, **options)

    together = decode(ours(2), batch, options)
    alone = [decode(ours(2), sound[None], options)[0] for sound in batch]

    assert [each.tokens for each in together] == [each.tokens for each in alone]
    assert [each.language for each in together] == [each.language for each in alone]
    assert [each.avg_logprob for each in together] == pytest.approx([a.avg_logprob for a in alone], abs=1e-5)
    assert len({len(each.tokens) for each in together}) > 1  # some leave the batch before others


def test_the_original_fails_on_a_batch_with_beams():
    with pytest.raises(RuntimeError):
        options = whisper.decoding.DecodingOptions(fp16=False, beam_size=4, language="en")
        whisper.decoding.decode(peer(2), sounds(2), options)


@pytest.mark.parametrize(
    "options", [{}, {"beam_size": 3}, {"temperature": 1.0, "best_of": 2}, {"length_penalty": 0.5}]
)
def test_an_empty_transcript_is_no_error(options):
    model = ours(0, end=40.0)
    options = Options(without_timestamps=True, suppress_blank=False, language="en", **options)
    results = [result for seed in range(4) for result in decode(model, sounds(1, seed), options)]

    empty = [result for result in results if not result.tokens]
    assert empty
    for result in empty:
        assert result.text == "" and result.compression_ratio == 0
        assert -100 < result.avg_logprob <= 0


def test_from_the_same_spectrograms_comes_what_the_original_writes():
    mel = torch.randn(2, 80, 3000, generator=torch.Generator().manual_seed(0))
    theirs = whisper.decoding.decode(peer(1), mel, whisper.decoding.DecodingOptions(fp16=False))

    assert [each.tokens for each in decode(ours(1), ours(1).encoder(mel))] == [each.tokens for each in theirs]


def test_a_spectrogram_is_not_yet_encoded_sound():
    with pytest.raises(ValueError, match=r"not 3000; give decode what model\.encoder makes of a spectrogram"):
        decode(ours(1), torch.zeros(1, 80, 3000))


def test_the_language_is_the_originals_with_its_probability():
    _, theirs = whisper.decoding.detect_language(peer(0, V3), sounds(3))
    mine = detect_language(ours(0, V3), sounds(3))

    for one, other in zip(mine, theirs, strict=True):
        assert one == pytest.approx(other, abs=1e-6)
        assert sum(one.values()) == pytest.approx(1)
    assert [r.language for r in decode(ours(0, V3), sounds(3))] == [max(p, key=p.get) for p in mine]


def test_a_model_of_one_language_has_none_to_detect():
    with pytest.raises(ValueError, match="one language only"):
        detect_language(ours(0, ENGLISH), sounds(1))
    assert decode(ours(0, ENGLISH), sounds(1))[0].language == "en"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"temperature": -0.1}, "temperature must be 0 or more"),
        ({"temperature": float("nan")}, "temperature must be 0 or more"),
        ({"temperature": 0.5, "beam_size": 5}, "with beam_size the temperature must be 0"),
        ({"best_of": 5}, "needs a temperature above 0"),
        ({"temperature": 1.0, "best_of": 2, "beam_size": 2}, "two ways to search"),
        ({"patience": 2.0}, "give beam_size with it"),
        ({"beam_size": 2, "patience": 0.1}, "beam_size times patience must be 1 or more"),
        ({"beam_size": 0}, "must be 1 or more"),
        ({"sample_len": 0}, "must be 1 or more"),
        ({"length_penalty": 1.5}, "between 0 and 1"),
        ({"max_initial_timestamp": -1.0}, "must be 0 seconds or more"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Options(**options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"language": "yue"}, "does not know “yue”"),
        ({"language": "klingon"}, "no language that Whisper knows"),
        ({"task": "sing"}, "there is no task “sing”"),
        ({"prefix": [1] * CONTEXT}, "makes 35 tokens, and the model has positions for 32"),
        ({"suppress_tokens": (60000,)}, "none of the vocabulary's 0 … 51864"),
    ],
)
def test_options_that_a_model_cannot_follow_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        decode(ours(0), sounds(1), Options(**options))


def test_a_prefix_is_never_cut():
    prefix, model = list(range(500, 512)), ours(0)
    whole = decode(model, sounds(1), Options(language="en", prefix=prefix))

    # The original would keep 32 // 2 - 8 = 8 of these 12 tokens.
    shorter = decode(model, sounds(1), Options(language="en", prefix=prefix, sample_len=8))
    assert shorter[0].tokens == whole[0].tokens[:8]
    assert (
        shorter[0].tokens
        != decode(model, sounds(1), Options(language="en", prefix=prefix[-8:], sample_len=8))[0].tokens
    )


def test_the_latest_start_may_be_the_beginning():
    [result] = decode(ours(0), sounds(1), Options(max_initial_timestamp=0.0))

    assert result.tokens[0] == Tokenizer.published().timestamp_begin


def test_tokens_end_with_the_models_context():
    options = Options(prefix=[1] * 20, sample_len=100, without_timestamps=True, suppress_tokens=(50257,))
    [result] = decode(ours(0), sounds(1), options)

    assert len(result.tokens) == CONTEXT + 1 - 24


def test_no_sound_has_no_transcript_and_no_number_none_either():
    assert decode(ours(0), sounds(0)) == []
    with pytest.raises(ValueError, match="not finite"):
        decode(ours(0), sounds(1) * float("nan"))


def test_a_vocabulary_of_another_size_is_refused():
    with pytest.raises(ValueError, match="51866 tokens and the model 51865: they do not belong together"):
        decode(ours(0), sounds(1), tokenizer=Tokenizer.published(V3))


def test_the_same_seed_draws_the_same_and_another_another():
    options = Options(temperature=1.0, best_of=2, seed=1)
    once, again = (decode(ours(0), sounds(1), options)[0] for _ in range(2))

    assert once == again
    assert once.tokens != decode(ours(0), sounds(1), replace(options, seed=2))[0].tokens


@pytest.mark.parametrize("options", [{}, {"beam_size": 3}, {"temperature": 1.0, "best_of": 3}])
def test_a_mini_model_with_words_for_tokens_is_decoded_too(options):
    words = [" bin", " blue", " at", " two", " now", " pon", " azul"]
    tokenizer = Tokenizer(closed(words, ["en", "es"], time_step=0.04, last_time=3.0))
    torch.manual_seed(0)
    small = SIZES | {"n_audio_ctx": 75, "n_vocab": tokenizer.vocabulary.size}
    model = Whisper(Dims(**small, stride=4, conv1_kernel=5, conv2_kernel=11)).eval()
    torch.nn.init.normal_(model.decoder.token_embedding.weight)

    results = decode(model, model.encoder(torch.randn(3, 80, 200)), Options(**options), tokenizer)

    for result in results:
        assert result.language in ("en", "es")
        assert result.tokens[0] >= tokenizer.timestamp_begin
        assert set(result.text.split()) <= {word.strip() for word in words}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_decoding_follows_the_models_device_and_number_type(device, dtype):
    model = Whisper(Dims(n_vocab=MANY, **SIZES)).eval()
    model.load_state_dict(ours(0).state_dict())
    model.to(device, dtype)
    expected = decode(ours(0), sounds(2), Options(beam_size=3))

    results = decode(model, sounds(2).to(device, dtype), Options(beam_size=3))

    if dtype == torch.float32:
        assert [each.tokens for each in results] == [each.tokens for each in expected]
    assert all(result.tokens and result.avg_logprob < 0 for result in results)


def test_filters_leave_the_callers_logits_as_they_are():
    logits = torch.randn(2, 20)
    before = logits.clone()
    for permitted in (Forbid(torch.tensor([1, 2])), TimestampRules(8, 9, 10), TimestampRules(8, 9, 10, 3)):
        for sampled in (torch.zeros(2, 0, dtype=torch.long), torch.tensor([[10, 3], [11, 11]])):
            assert (permitted(logits, sampled) == -torch.inf).any()
            assert torch.equal(logits, before)


@settings(max_examples=50)
@given(seed=st.integers(0, 10**6), louder=st.sampled_from([-3.0, 0.0, 3.0]))
def test_by_the_rules_of_time_a_transcript_is_pieces_that_follow_each_other(seed, louder):
    """Tokens 0–7 are text, 8 the end, 9 "no timestamps", 10–29 times."""
    draw = torch.Generator().manual_seed(seed)
    rules, sampled = TimestampRules(8, 9, 10, latest_start=4), torch.zeros(1, 0, dtype=torch.long)
    while sampled.shape[1] < 40 and 8 not in sampled:
        logits = torch.randn(1, 30, generator=draw) * 2
        logits[:, 10:] += louder
        token = torch.multinomial(rules(logits, sampled).softmax(-1), 1, generator=draw)
        sampled = torch.cat([sampled, token], dim=1)
    tokens = sampled[0].tolist()
    written = "".join("e" if token == 8 else "x" if token < 8 else "T" for token in tokens)
    times = [token for token in tokens if token >= 10]

    assert 9 not in tokens
    assert 10 <= tokens[0] <= 14
    assert times == sorted(times)
    assert "TTT" not in written
    for piece in written.rstrip("e").replace("TT", "T|T").split("|")[:-1]:
        assert piece[0] == piece[-1] == "T" and set(piece[1:-1]) == {"x"}
    assert all(opened < closed for opened, closed in zip(times[::2], times[1::2], strict=False))


def test_the_best_candidate_is_likely_for_its_length():
    short, long = Candidate([1, 2], -2.0), Candidate([1, 2, 3, 4], -3.0)

    assert best([short, long]) == long  # -1 and -0.75 a token
    assert best([short, long], length_penalty=0.0) == short
    assert best([Candidate([], -0.5), short]) == Candidate([], -0.5)
    assert best([short, Candidate([7, 8], -2.0)]) == short


def test_no_more_beams_are_put_aside_than_are_wanted():
    beam, end = Beam(eot=0, group=4, patience=0.5), 0
    before = Hypotheses(torch.tensor([[[5], [6], [7], [8]]]), torch.tensor([[-1.0, -4.0, -2.0, -3.0]]), ((),))
    logits = torch.zeros(4, 9)
    logits[:, end] = 9.0

    after = beam.step(before, logits)

    assert [candidate.tokens for candidate in after.ended[0]] == [[5], [7]]
    assert beam.done(after) == [True]
    assert len(beam.candidates(after, 0)) == 4


def decoded(text: str = "all is well", avg_logprob: float = -0.5, no_speech_prob: float = 0.1) -> Decoded:
    return Decoded(text, [], "en", avg_logprob, no_speech_prob, 0.0)


@pytest.mark.parametrize(
    ("result", "doubtful"),
    [
        (decoded(), False),
        (decoded("on and " * 40), True),
        (decoded(avg_logprob=-1.2), True),
        (decoded(avg_logprob=-1.2, no_speech_prob=0.7), False),
        (decoded("on and " * 40, avg_logprob=-1.2, no_speech_prob=0.7), False),
        (decoded("on and " * 40, no_speech_prob=0.7), True),
    ],
)
def test_what_repeats_itself_or_is_unlikely_is_doubtful_unless_nobody_speaks(result, doubtful):
    assert Doubt().about(result) == doubtful


def test_only_the_doubtful_are_decoded_again_and_hotter():
    batch, options = sounds(6), Options(language="en", seed=3)
    first = decode(ours(3), batch, options)
    doubt = Doubt(avg_logprob=sorted(each.avg_logprob for each in first)[3], no_speech_prob=1.0)

    results = decode_with_fallback(ours(3), batch, options, best_of=2, doubt=doubt)

    assert sum(result == before for result, before in zip(results, first, strict=True)) >= 3
    assert {result.temperature for result in results} > {0.0}
    for sound, result in zip(batch, results, strict=True):
        if result.temperature:
            hot = replace(options, temperature=result.temperature, best_of=2)
            assert result.tokens == decode(ours(3), sound[None], hot)[0].tokens


def test_the_last_attempt_stands():
    never = Doubt(avg_logprob=0.0, no_speech_prob=1.0)

    [result] = decode_with_fallback(ours(0), sounds(1), Options(beam_size=2), hotter=[0.5, 0.9], doubt=never)

    assert result.temperature == 0.9
