"""Whisper: an encoder that reads a spectrogram, and a decoder that writes what was said. Chapter 10."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float, Int64
from torch import Tensor, nn

from avlab.nn import Block, KVCache, sinusoids
from avlab.whisper.dims import Dims


class Encoder(nn.Module):
    """A mel spectrogram becomes one vector for every `stride` frames, each knowing all the others."""

    def __init__(self, dims: Dims):
        super().__init__()
        width, k1, k2 = dims.n_audio_state, dims.conv1_kernel, dims.conv2_kernel
        self.conv1 = nn.Conv1d(dims.n_mels, width, k1, padding=k1 // 2)
        self.conv2 = nn.Conv1d(width, width, k2, stride=dims.stride, padding=k2 // 2)
        positions = sinusoids(dims.n_audio_ctx, width) * dims.position_scale
        self.register_buffer("positional_embedding", positions)
        self.blocks = nn.ModuleList(Block(width, dims.n_audio_head) for _ in range(dims.n_audio_layer))
        self.ln_post = nn.LayerNorm(width)

    def forward(self, mel: Float[Tensor, "batch mels frames"]) -> Float[Tensor, "batch positions width"]:
        """The sound, encoded. A spectrogram may be shorter than `Dims.n_mel_frames`, but not longer.

        openai's and transformers' encoders take the full length only, and the published weights saw no other
        in training: pad the sound for them. Raises ValueError for other mel bins, no frames, or too many.
        """
        longest, bins = len(self.positional_embedding) * self.conv2.stride[0], self.conv1.in_channels
        if mel.shape[1] != bins or not 0 < mel.shape[2] <= longest:
            raise ValueError(
                f"the spectrogram has {mel.shape[1]} mel bins and {mel.shape[2]} frames; "
                f"this model takes {bins} bins and 1 to {longest} frames"
            )
        x = F.gelu(self.conv1(mel.to(self.conv1.weight.dtype)))
        x = rearrange(F.gelu(self.conv2(x)), "batch width positions -> batch positions width")
        x = x + self.positional_embedding[: x.shape[1]]
        for block in self.blocks:
            x, _ = block(x)
        return self.ln_post(x)


@dataclass
class DecoderCache:
    """What the decoder need not compute again: for each block, keys and values of text and sound.

    `text` has a row for every hypothesis, `sound` one for every recording; the beams of one recording are
    neighbours in `text`, and as many for each. Chapter 11.
    """

    text: list[KVCache]
    sound: list[KVCache]

    @property
    def length(self) -> int:
        """How many tokens each row has had so far."""
        return self.text[0].length

    def reorder(self, rows: Int64[Tensor, " rows"], recordings: Int64[Tensor, " kept"] | None = None) -> None:
        """Text row i becomes what row `rows[i]` was; `recordings` are the sounds that stay, if not all."""
        for cache in self.text:
            cache.reorder(rows)
        if recordings is not None:
            for cache in self.sound:
                cache.reorder(recordings)


class Decoder(nn.Module):
    """Tokens so far and encoded sound become scores for the next token, after every one of them."""

    def __init__(self, dims: Dims):
        super().__init__()
        width = dims.n_text_state
        self.token_embedding = nn.Embedding(dims.n_vocab, width)
        self.positional_embedding = nn.Parameter(torch.zeros(dims.n_text_ctx, width))
        self.blocks = nn.ModuleList(
            Block(width, dims.n_text_head, cross=True) for _ in range(dims.n_text_layer)
        )
        self.ln = nn.LayerNorm(width)

    def forward(
        self,
        tokens: Int64[Tensor, "rows time"],
        audio_features: Float[Tensor, "recordings positions width"] | None = None,
        cache: DecoderCache | None = None,
        weights: bool = False,
    ) -> (
        Float[Tensor, "rows time vocab"]
        | tuple[Float[Tensor, "rows time vocab"], list[Float[Tensor, "rows heads time positions"]]]
    ):
        """The logits (float32) after every token; with `weights` also each block's cross-attention weights.

        Without a cache `tokens` begin at position 0 and `audio_features` is what the encoder gave; with one
        they go on where it ends, and the sound is in it. There may be several rows of tokens for each
        recording, neighbours. Raises ValueError for more tokens than `n_text_ctx`.
        """
        hidden, shares = self.hidden(tokens, audio_features, cache, weights)
        return (self.logits(hidden), shares) if weights else self.logits(hidden)

    def hidden(
        self,
        tokens: Int64[Tensor, "rows time"],
        audio_features: Float[Tensor, "recordings positions width"] | None = None,
        cache: DecoderCache | None = None,
        weights: bool = False,
    ) -> tuple[Float[Tensor, "rows time width"], list[Float[Tensor, "rows heads time positions"]]]:
        """As `forward`, up to the last layer norm: for those who need `logits` of a few positions only."""
        if (audio_features is None) == (cache is None):
            raise ValueError("give the decoder the encoded sound or a cache that holds it, one of the two")
        start = cache.length if cache else 0
        end, longest = start + tokens.shape[1], len(self.positional_embedding)
        if end > longest:
            raise ValueError(f"{end} tokens are more than the {longest} that this model has positions for")
        x = self.token_embedding(tokens) + self.positional_embedding[start:end]
        shares = []
        for i, block in enumerate(self.blocks):
            memory, past = (cache.sound[i], cache.text[i]) if cache else (audio_features, None)
            x, share = block(x, memory, causal=True, cache=past, weights=weights)
            shares.append(share)
        return self.ln(x), shares if weights else []

    def logits(self, hidden: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch vocab"]:
        """Scores of all tokens, in float32: the embedding read backwards."""
        return F.linear(hidden, self.token_embedding.weight).float()

    def new_cache(
        self, audio_features: Float[Tensor, "recordings positions width"], capacity: int | None = None
    ) -> DecoderCache:
        """A cache with the sound in it and room for `capacity` tokens (`n_text_ctx` unless given).

        It has one text row a recording. For beams, feed the prompt first and then `reorder` the rows into
        several copies each.
        """
        rows, capacity = len(audio_features), capacity or len(self.positional_embedding)
        return DecoderCache(
            [block.attn.new_cache(rows, capacity) for block in self.blocks],
            [block.cross_attn.remember(audio_features) for block in self.blocks],
        )


class Whisper(nn.Module):
    """The whole model; its state dict has the names and shapes of openai's checkpoints.

    `alignment_heads` are the (block, head) pairs of the decoder whose cross-attention follows the words:
    those of the second half of the blocks, unless the checkpoint knows better.
    Source: Radford et al. 2022; openai/whisper `model.py`. Chapter 10.
    """

    def __init__(self, dims: Dims):
        super().__init__()
        self.dims = dims
        self.encoder, self.decoder = Encoder(dims), Decoder(dims)
        later = range(dims.n_text_layer // 2, dims.n_text_layer)
        self.alignment_heads = [(block, head) for block in later for head in range(dims.n_text_head)]

    def forward(
        self, mel: Float[Tensor, "batch mels frames"], tokens: Int64[Tensor, "rows time"]
    ) -> Float[Tensor, "rows time vocab"]:
        """The logits after every token, for training."""
        return self.decoder(tokens, self.encoder(mel))

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.decoder.positional_embedding.device

    @property
    def is_multilingual(self) -> bool:
        """Whether the vocabulary has the size of the published multilingual ones."""
        return self.dims.n_vocab >= 51865

    @property
    def num_languages(self) -> int:
        """How many languages a published vocabulary of this size has tokens for."""
        return self.dims.n_vocab - 51765 - self.is_multilingual
