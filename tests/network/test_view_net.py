import torch

from spondyl.network import ViewNet
from spondyl.network.blocks import count_parameters


def test_outputs_and_size():
    network = ViewNet().eval()
    with torch.no_grad():
        found = network(torch.rand(2, 1, 128, 128))
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        "side": (2, 1),
        "inverted": (2, 1),
        "lumbar": (2, 1),
    }
    assert count_parameters(network) < 0.4e6
