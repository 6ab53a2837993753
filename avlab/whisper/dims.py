"""The sizes of a Whisper model. Chapter 10."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dims:
    """Everything that tells one Whisper from another, under the names of openai's checkpoints.

    `ctx` is the longest input in positions, `state` the width. The last four are ours: the defaults are the
    published ones, and a model of few positions needs others. Positions of the sound are `stride` mel frames
    apart. Raises ValueError for numbers that make no model. Chapter 10.
    """

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_vocab: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int
    conv1_kernel: int = 3
    conv2_kernel: int = 3
    stride: int = 2
    position_scale: int | float = 1.0

    def __post_init__(self):
        for name, value in vars(self).items():
            kind = (int, float) if name == "position_scale" else int
            if isinstance(value, bool) or not isinstance(value, kind) or not value > 0:
                raise ValueError(
                    f"{name} is {value!r}; a size is a whole number above 0, the scale any above 0"
                )
        for kernel in (self.conv1_kernel, self.conv2_kernel):
            if kernel % 2 == 0:
                raise ValueError(f"a kernel of {kernel} frames has no middle; it must be odd")
        if self.n_audio_state != self.n_text_state:
            raise ValueError(
                f"widths {self.n_audio_state} and {self.n_text_state}: text cannot look at such sound"
            )
        for heads in (self.n_audio_head, self.n_text_head):
            if self.n_text_state % heads:
                raise ValueError(f"a width of {self.n_text_state} does not divide into {heads} heads")

    @property
    def n_mel_frames(self) -> int:
        """The longest mel spectrogram that the encoder takes, in frames: 3000 where published (30 s)."""
        return self.n_audio_ctx * self.stride
