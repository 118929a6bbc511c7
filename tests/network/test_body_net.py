import pytest
import torch

from spondyl.network import BodyNet, BodyNetConfig
from spondyl.network.blocks import count_parameters


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return BodyNet().eval()


def test_outputs_follow_the_contract(network):
    with torch.no_grad():
        found = network(torch.randn(3, 1, 112, 112))
    shapes = {name: tuple(found[name].shape) for name in network.output_names}
    assert shapes == {
        "points": (3, 6, 2),
        "spread": (3, 6),
        "fracture": (3, 1),
        "loss": (3, 3),
        "body": (3, 1),
    }
    assert (found["spread"] > 0).all()
    assert ((found["points"] >= 0) & (found["points"] <= 111)).all()


def test_size_and_cost(network):
    assert count_parameters(network) < 1.7e6
    products = 0

    def count(layer, _, out):
        nonlocal products
        products += layer.weight[0].numel() * out[0].numel()

    layers = [part for part in network.modules() if isinstance(part, torch.nn.Conv2d)]
    handles = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        network(torch.randn(1, 1, 112, 112))
    for handle in handles:
        handle.remove()
    assert 50e6 < products < 140e6


def test_points_are_the_centres_of_the_heat_maps(network):
    heat = torch.full((1, 6, 56, 56), -30.0)
    heat[0, :, 10, 20] = 30.0

    class Fixed(torch.nn.Module):
        def forward(self, _):
            return heat

    original = network.heat
    network.heat = Fixed()
    with torch.no_grad():
        points = network(torch.randn(1, 1, 112, 112))["points"]
    network.heat = original
    assert torch.allclose(points[0], torch.tensor([40.5, 20.5]).expand(6, 2), atol=1e-3)


def test_points_keep_their_precision_under_bfloat16(network):
    crop = torch.randn(2, 1, 112, 112)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        assert network(crop)["points"].dtype == torch.float32


def test_heads_do_not_pull_the_points(network):
    network.zero_grad()
    found = network(torch.randn(1, 1, 112, 112))
    (gradient,) = torch.autograd.grad(found["fracture"].sum(), found["points"], allow_unused=True)
    assert gradient is None


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="multiple of 16"):
        BodyNetConfig(crop_px=100)
    with pytest.raises(ValueError, match="widths"):
        BodyNetConfig(widths=(1, 2))
