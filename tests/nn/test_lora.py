"""LoRA and adapters: nothing changes at first, only the new parts learn, and LoRA merges back."""

import pytest
import torch

from avlab.nn import Adapter, Block, LoRALinear, merge_lora, with_lora


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def block():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Block(32, 4)


def train(module, parameters):
    """Three steps towards something else."""
    optimiser, x, goal = torch.optim.AdamW(parameters, lr=0.05), randn(2, 6, 32), randn(2, 6, 32, seed=1)
    for _ in range(3):
        optimiser.zero_grad()
        (module(x)[0] - goal).square().mean().backward()
        optimiser.step()


def test_lora_begins_as_nothing_and_only_it_learns(block):
    x, before = randn(2, 6, 32), {name: tensor.clone() for name, tensor in block.state_dict().items()}
    expected = block(x)[0]
    assert with_lora(block, {"query", "value"}, rank=2, alpha=4) is block
    assert torch.equal(block(x)[0], expected)
    learning = {name for name, weight in block.named_parameters() if weight.requires_grad}
    assert learning == {f"attn.{layer}.{part}" for layer in ("query", "value") for part in ("down", "up")}
    train(block, [weight for weight in block.parameters() if weight.requires_grad])
    assert (block(x)[0] - expected).abs().max() > 0.01
    after = {name.replace(".linear.", "."): tensor for name, tensor in block.state_dict().items()}
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


def test_lora_merges_into_the_first_structure(block):
    names, x = block.state_dict().keys(), randn(2, 6, 32)
    with_lora(block, {"query", "0"}, rank=2, alpha=4, generator=torch.Generator().manual_seed(3)).double()
    train(block.float(), [weight for weight in block.parameters() if weight.requires_grad])
    learnt = block.double()(x.double())[0]
    assert merge_lora(block) is block
    assert block.state_dict().keys() == names and not any(isinstance(m, LoRALinear) for m in block.modules())
    torch.testing.assert_close(block(x.double())[0], learnt, rtol=1e-12, atol=1e-12)


def test_lora_adds_alpha_over_rank_times_its_product():
    layer = LoRALinear(torch.nn.Linear(3, 4), rank=2, alpha=6, generator=torch.Generator().manual_seed(0))
    layer.up.data = randn(4, 2)
    x = randn(5, 3)
    torch.testing.assert_close(layer(x) - layer.linear(x), 3 * x @ (layer.up @ layer.down).T)


def test_the_generator_decides_and_names_must_exist(block):
    def drawn(seed):
        layer = torch.nn.Linear(3, 4)
        return LoRALinear(layer, 2, 1, generator=torch.Generator().manual_seed(seed)).down

    assert torch.equal(drawn(1), drawn(1)) and not torch.equal(drawn(1), drawn(2))
    with pytest.raises(ValueError, match="no linear layer is named attention"):
        with_lora(block, {"attention"}, rank=2, alpha=4)


def test_an_adapter_begins_as_nothing_and_learns():
    adapter, x = Adapter(8, 2), randn(3, 8)
    assert torch.equal(adapter(x), x)
    adapter(x).square().sum().backward()
    assert (adapter.up.weight.grad != 0).any()
    adapter.up.weight.data += 1
    adapter(x).square().sum().backward()
    assert (adapter.down.weight.grad != 0).any() and not torch.equal(adapter(x), x)
