"""The peers' models with random weights, for the tests of the model and of its files."""

from dataclasses import asdict
from functools import cache

import torch
import whisper.model
from transformers import WhisperConfig, WhisperForConditionalGeneration

from avlab.whisper import Dims, Whisper
from avlab.whisper.hub import to_hub

# No two of the sizes are the same, where they need not be.
SMALL = Dims(
    n_mels=20,
    n_audio_ctx=30,
    n_audio_state=48,
    n_audio_head=4,
    n_audio_layer=2,
    n_vocab=130,
    n_text_ctx=16,
    n_text_state=48,
    n_text_head=3,
    n_text_layer=4,
)


@cache
def openais(dims: Dims, seed: int = 0) -> whisper.model.Whisper:
    """openai-whisper's model, its random weights so large that the logits' standard deviation is above 1.

    Handed out more than once: change a copy of it.
    """
    published = {name: size for name, size in asdict(dims).items() if name.startswith("n_")}
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**published)).eval()
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            spread = 0.1 if weight.ndim == 1 else 1.5 / weight[0].numel() ** 0.5
            weight.copy_(torch.randn(weight.shape, generator=draw) * spread)
            if name.endswith(("ln.weight", "ln_post.weight")):
                weight += 1
    return model


def ours(dims: Dims, seed: int = 0) -> Whisper:
    """Our model with the same weights."""
    model = Whisper(dims).eval()
    model.load_state_dict(openais(dims, seed).state_dict())
    return model


def transformers_config(dims: Dims) -> WhisperConfig:
    return WhisperConfig(
        vocab_size=dims.n_vocab,
        num_mel_bins=dims.n_mels,
        d_model=dims.n_text_state,
        encoder_layers=dims.n_audio_layer,
        encoder_attention_heads=dims.n_audio_head,
        encoder_ffn_dim=4 * dims.n_audio_state,
        decoder_layers=dims.n_text_layer,
        decoder_attention_heads=dims.n_text_head,
        decoder_ffn_dim=4 * dims.n_text_state,
        max_source_positions=dims.n_audio_ctx,
        max_target_positions=dims.n_text_ctx,
        # Tokens that a small vocabulary has not.
        **{f"{kind}_token_id": 0 for kind in ("pad", "bos", "eos", "decoder_start")},
    )


def transformers(model: Whisper) -> WhisperForConditionalGeneration:
    """transformers' model with the weights of ours, under the names of the table, none left over."""
    peer = WhisperForConditionalGeneration(transformers_config(model.dims)).eval()
    peer.load_state_dict(to_hub(model.state_dict()))
    return peer


def spoken(dims: Dims, batch: int = 1, tokens: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    """A random spectrogram and random tokens."""
    draw = torch.Generator().manual_seed(1)
    mel = torch.randn(batch, dims.n_mels, dims.n_mel_frames, generator=draw)
    return mel, torch.randint(dims.n_vocab, (batch, tokens), generator=draw)


def off(found: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference, as a part of the largest number expected."""
    return ((found - expected).abs().max() / expected.abs().max()).item()
