"""The KV cache: keys and values of the time steps so far, so that none is computed twice. Chapter 8."""

from dataclasses import dataclass

from jaxtyping import Float, Int64
from torch import Tensor


@dataclass
class KVCache:
    """Keys and values of one attention layer, in storage that is there from the start.

    `keys` and `values` have room for `capacity` time steps, of which the first `length` are filled.
    Growing a tensor by `torch.cat` instead copies all of the past at every step. What lies here has
    no gradient. Chapter 8.
    """

    keys: Float[Tensor, "batch heads capacity dim"]
    values: Float[Tensor, "batch heads capacity dim"]
    length: int = 0

    def filled(
        self,
    ) -> tuple[Float[Tensor, "batch heads length dim"], Float[Tensor, "batch heads length dim"]]:
        """The keys and values so far, as views of the storage."""
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def append(
        self, keys: Float[Tensor, "batch heads time dim"], values: Float[Tensor, "batch heads time dim"]
    ) -> tuple[Float[Tensor, "batch heads length dim"], Float[Tensor, "batch heads length dim"]]:
        """Write the new time steps behind the old ones, and answer with all of them.

        Raises ValueError where they do not fit: another batch or number of heads, or more steps than the
        capacity.
        """
        end = self.length + keys.shape[2]
        if end > self.keys.shape[2]:
            raise ValueError(
                f"the cache has room for {self.keys.shape[2]} time steps; step {end} was to be put in"
            )
        if keys.shape[:2] != self.keys.shape[:2]:
            (rows, heads), (more_rows, more_heads) = self.keys.shape[:2], keys.shape[:2]
            raise ValueError(
                f"the cache holds {rows} rows of {heads} heads, and {more_rows} rows of {more_heads} "
                "were to be put in"
            )
        self.keys[:, :, self.length : end] = keys.detach()
        self.values[:, :, self.length : end] = values.detach()
        self.length = end
        return self.filled()

    def reorder(self, rows: Int64[Tensor, " rows"]) -> None:
        """Row i becomes what row `rows[i]` was: beams that go on, or are doubled, or dropped."""
        if len(rows) != len(self.keys):
            self.keys, self.values = self.keys[rows], self.values[rows]
        else:
            for held in self.filled():
                held.copy_(held[rows])
