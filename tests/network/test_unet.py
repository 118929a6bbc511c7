import pytest
import torch

from spondyl.network import Arm, MultiTaskUNet, Task, UNetConfig
from spondyl.network.blocks import count_parameters

SMALL = {"widths": (8, 8, 16, 16, 24), "depths": (1, 1, 1, 1), "decoder_widths": (16, 8, 8, 8, 8)}


def outputs(config: UNetConfig, batch: int = 1, height: int = 64, width: int = 96):
    network = MultiTaskUNet(config).eval()
    with torch.no_grad():
        return network(torch.randn(batch, config.in_channels, height, width))


def test_default_outputs_follow_the_contract():
    found = outputs(UNetConfig(), height=448, width=320)
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        "levels": (1, 11, 112, 80),
        "fracture": (1, 1, 112, 80),
        "bodies": (1, 13, 112, 80),
    }


def test_default_size_fits_the_package():
    assert 1.5e6 < count_parameters(MultiTaskUNet()) < 2.9e6


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_output_stride(stride):
    found = outputs(UNetConfig(output_stride=stride, **SMALL))
    assert found["levels"].shape == (1, 11, 64 // stride, 96 // stride)


def test_single_task_arms_lack_the_other_decoder_and_nothing_else():
    both = MultiTaskUNet(UNetConfig(arm=Arm.MULTITASK, **SMALL)).state_dict()
    for arm, missing in ((Arm.LEVELS, Task.FRACTURE), (Arm.FRACTURE, Task.LEVELS)):
        single = MultiTaskUNet(UNetConfig(arm=arm, **SMALL)).state_dict()
        lost = set(both) - set(single)
        assert lost
        assert all(name.startswith(f"decoders.{missing}.") for name in lost)
        assert not set(single) - set(both)
        assert all(single[name].shape == both[name].shape for name in single)


def test_reader_adds_only_the_bodies_decoder():
    both = set(MultiTaskUNet(UNetConfig(arm=Arm.MULTITASK, **SMALL)).state_dict())
    reader = set(MultiTaskUNet(UNetConfig(arm=Arm.READER, **SMALL)).state_dict())
    assert all(name.startswith("decoders.bodies.") for name in reader - both)
    assert both < reader


def test_lowest_scale_sees_the_whole_film():
    network = MultiTaskUNet(UNetConfig(arm=Arm.LEVELS, **SMALL)).eval()
    film = torch.randn(1, 2, 448, 320, requires_grad=True)
    network(film)["levels"][0, :, 2, 40].sum().backward()
    assert film.grad[0, :, -32:].abs().sum() > 0


@pytest.mark.parametrize(
    "wrong", [{"output_stride": 3}, {"widths": (8, 8)}, {"depths": (1, 0, 1, 1)}]
)
def test_wrong_sizes_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        UNetConfig(**wrong)


def test_backward_in_channels_last_with_few_channels():
    network = MultiTaskUNet(UNetConfig(**SMALL)).to(memory_format=torch.channels_last)
    film = torch.randn(2, 2, 64, 64).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = network(film)
    sum(value.float().square().mean() for value in found.values()).backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters())


def test_the_input_is_of_whole_cells():
    assert UNetConfig(input_px=(224, 320)).input_px == (224, 320)
    for wrong in ((100, 320), (224,), (0, 32)):
        with pytest.raises(ValueError, match="multiple of 32"):
            UNetConfig(input_px=wrong)
