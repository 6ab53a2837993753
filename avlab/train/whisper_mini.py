"""The recipe of a small Whisper that learns to hear the world's voices. Chapter 12."""

import time
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from avlab.text import wer
from avlab.train import checkpoint, spoken
from avlab.train.average import Average
from avlab.train.loop import STATE, train
from avlab.train.settings import Settings
from avlab.whisper import Dims, Options, Whisper, decode

# Wide kernels and weaker positions: with the published 3, 3 and 1 nothing is learnt for minutes.
DIMS = Dims(
    n_mels=80,
    n_audio_ctx=round(spoken.SECONDS / spoken.POSITION),
    n_audio_state=128,
    n_audio_head=4,
    n_audio_layer=3,
    n_vocab=spoken.tokenizer().vocabulary.size,
    n_text_ctx=48,
    n_text_state=128,
    n_text_head=4,
    n_text_layer=2,
    conv1_kernel=5,
    conv2_kernel=11,
    stride=4,
    position_scale=0.3,
)
OPTIONS = Options(language="en", without_timestamps=True, sample_len=40)
BATCH, RATE, KEEP = 16, 3e-3, 0.995
SMOOTHING = 0.05
TRIALS = 6  # steps to measure a step's time by


class Learner(nn.Module):
    """A Whisper, and for its training only, a layer that says which word is being said at each position."""

    def __init__(self, whisper: Whisper):
        super().__init__()
        self.whisper = whisper
        self.head = nn.Linear(whisper.dims.n_audio_state, len(spoken.LABELS))

    def forward(
        self, batch: spoken.Batch
    ) -> tuple[Float[Tensor, "batch time vocab"], Float[Tensor, "batch positions words"]]:
        """The logits of the next token, and those of the word at each position."""
        heard = self.whisper.encoder(batch.mel)
        return self.whisper.decoder(batch.tokens, heard), self.head(heard).float()


def untrained(dims: Dims | None = None, seed: int = 0) -> Learner:
    """A learner before its first step, its weights drawn by the seed; `dims` are the recipe's unless given.

    Matrices as Glorot and Bengio (2010) advise, which keeps the signal's size from layer to layer; embeddings
    small; biases 0. Chapter 12.
    """
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        learner = Learner(Whisper(dims or DIMS))
        for name, weight in learner.named_parameters():
            if "embedding" in name:
                nn.init.normal_(weight, std=0.02)
            elif weight.ndim == 2:
                nn.init.xavier_uniform_(weight)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)
    return learner


def loss(learner: nn.Module, batch: spoken.Batch) -> dict[str, Tensor]:
    """How wrong the next tokens are, and how wrong the word at each position is.

    The second part unlocks the first: without it the decoder does not find out where to look for minutes.
    """
    device = next(learner.parameters()).device
    batch = spoken.Batch(*(tensor.to(device) for tensor in batch))
    tokens, words = (rearrange(logits, "batch time n -> (batch time) n") for logits in learner(batch))
    return {
        "tokens": F.cross_entropy(
            tokens, batch.targets.flatten(), ignore_index=spoken.IGNORE, label_smoothing=SMOOTHING
        ),
        "frames": F.cross_entropy(words, batch.labels.flatten()),
    }


def learn(
    folder: Path, minutes: int | float = 3, steps: int | None = None, seed: int = 0, progress: bool = True
) -> Whisper:
    """Train a small Whisper for about so many minutes of processor time, or exactly so many steps.

    A training that lies in the folder goes on, with its own steps and seed. Returns the average of the
    weights. Raises what `train` raises. Chapter 12.
    """
    before = checkpoint.read(folder / STATE)
    if before:
        steps, seed = before["settings"]["steps"], before["settings"]["seed"]
    learner = untrained(seed=seed)
    settings = Settings(steps or affordable(minutes), RATE, seed=seed)
    average = Average(learner, KEEP)
    train(
        learner,
        loss,
        lambda number: spoken.batch(number, BATCH, seed),
        settings,
        average=average,
        folder=folder,
        progress=progress,
    )
    return average.model.whisper


def affordable(minutes: int | float) -> int:
    """How many steps so many minutes of processor time allow, by doing a few and throwing them away."""
    learner = untrained()

    def seconds(steps: int) -> float:
        began = time.process_time()
        train(learner, loss, spoken.batch, Settings(steps), progress=False)
        return time.process_time() - began

    seconds(1)  # which has libraries to open, and noises to record
    return max(1, int(60 * minutes * TRIALS / seconds(TRIALS)))


@torch.no_grad()
def transcribed(whisper: Whisper, examples: Sequence[spoken.Example]) -> list[str]:
    """What the model hears in each example: greedy decoding."""
    texts = []
    for start in range(0, len(examples), 50):
        mel = spoken.collated(examples[start : start + 50]).mel.to(whisper.device)
        heard = decode(whisper, whisper.encoder(mel), OPTIONS, spoken.tokenizer())
        texts += [each.text for each in heard]
    return texts


def word_error_rate(whisper: Whisper, examples: Sequence[spoken.Example]) -> float:
    """Words wrong, missing or too many, for each word that was said."""
    return wer([example.text for example in examples], transcribed(whisper, examples))
