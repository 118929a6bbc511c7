import copy

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from spondyl.network import (
    BodyNet,
    BodyNetConfig,
    MultiTaskUNet,
    UNetConfig,
    ViewNet,
    ViewNetConfig,
    from_onnx,
)
from spondyl.network.export import Kind, ModelCard, example_input, export_onnx
from spondyl.network.from_onnx import (
    StoredWeightsError,
    load_onnx,
    measure_norms,
    stored_card,
)
from spondyl.read.weights import packaged_folder

SHIPPED = {Kind.FINDER: MultiTaskUNet, Kind.BODY: BodyNet, Kind.VIEW: ViewNet}
SMALL = {
    Kind.FINDER: lambda: MultiTaskUNet(
        UNetConfig(
            widths=(8, 8, 16, 16, 24),
            depths=(1, 1, 1, 1),
            decoder_widths=(16, 8, 8, 8, 8),
            input_px=(64, 96),
        )
    ),
    Kind.BODY: lambda: BodyNet(BodyNetConfig(widths=(8, 8, 16, 16), decoder_widths=(8, 8, 8))),
    Kind.VIEW: lambda: ViewNet(ViewNetConfig(widths=(8, 8, 16, 16))),
}


def pictures(network, batch: int, seed: int) -> torch.Tensor:
    """Random, but neither of mean 0 nor of spread 1."""
    shape = example_input(network)[1].shape[1:]
    generator = torch.Generator().manual_seed(seed)
    return 0.4 + 1.7 * torch.randn(batch, *shape, generator=generator)


@torch.no_grad()
def said(network, batch: torch.Tensor, training: bool = False) -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    copied = copy.deepcopy(network).train(training)
    for part in copied.modules():
        if isinstance(part, (torch.nn.Dropout, torch.nn.Dropout2d)):
            part.eval()
    outputs = copied(batch)
    return {name: outputs[name] for name in network.output_names}


def off(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> float:
    """Largest difference of any output, relative to its own largest value (at least 1)."""
    return max(
        float((ours[name] - theirs[name]).abs().max() / theirs[name].abs().max().clamp(min=1))
        for name in theirs
    )


@pytest.fixture(params=list(Kind), ids=str)
def exported(request, tmp_path):
    """A small network of each kind whose statistics are not trivial, and its file's content."""
    torch.manual_seed(5)
    network = SMALL[request.param]()
    with torch.no_grad():
        for part in network.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                part.weight.uniform_(0.3, 1.5)
                part.bias.uniform_(-0.5, 0.5)
                part.momentum = 0.5
        network.train()
        for seed in range(12):
            network(pictures(network, 8, seed))
    card = ModelCard("x", request.param, "1", "none", 1, "0", "2026-01-01")
    export_onnx(network, card, tmp_path / "x.onnx")
    return network.eval(), (tmp_path / "x.onnx").read_bytes()


@pytest.mark.parametrize("kind", list(SHIPPED))
def test_shipped_weights_say_the_same_in_torch(kind):
    content = (packaged_folder() / f"{kind}.onnx").read_bytes()
    network = SHIPPED[kind]().eval()
    load_onnx(network, content)
    batch = pictures(network, 2, 41)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    truth = session.run(names, {session.get_inputs()[0].name: batch.numpy()})
    assert set(names) == set(network.output_names)
    theirs = {name: torch.from_numpy(value) for name, value in zip(names, truth, strict=True)}
    # Both compute in float32: 1e-3 of an output's range, or of 1 where that is larger.
    assert off(said(network, batch), theirs) < 1e-3
    assert stored_card(content)["kind"] == kind


def test_there_and_back(exported):
    network, content = exported
    again = SMALL[Kind(stored_card(content)["kind"])]()
    assert again.training
    load_onnx(again, content)
    assert again.training
    batch = pictures(network, 3, 77)
    assert off(said(again, batch), said(network, batch)) < 1e-3


def test_measured_norms_change_nothing_but_training(exported):
    network, content = exported
    bare = SMALL[Kind(stored_card(content)["kind"])]()
    load_onnx(bare, content)
    measured = copy.deepcopy(bare)
    measure_norms(measured, (pictures(network, 8, 100 + k) for k in range(8)))
    batch = pictures(network, 16, 77)
    truth = said(network, batch)
    # Reading: the same function.
    assert off(said(measured, batch), truth) < 1e-3
    # Training, where a batch's own statistics count: nearly the same, and wrecked without.
    assert off(said(measured, batch, training=True), truth) < 0.4 * off(
        said(bare, batch, training=True), truth
    )
    norms = [p for p in measured.modules() if isinstance(p, torch.nn.BatchNorm2d)]
    own = [p for p in network.modules() if isinstance(p, torch.nn.BatchNorm2d)]
    # Up to the sign, which the convolution keeps, the scales are those that were folded.
    ours = torch.cat([p.weight for p in norms])
    theirs = torch.cat([p.weight.abs() for p in own])
    assert torch.quantile((ours / theirs - 1).abs(), 0.5) < 0.25


def test_only_named_norms_are_measured(exported):
    _, content = exported
    network = SMALL[Kind(stored_card(content)["kind"])]()
    load_onnx(network, content)
    before = copy.deepcopy(network.state_dict())
    names = [n for n, p in network.named_modules() if isinstance(p, torch.nn.BatchNorm2d)]
    measure_norms(network, [pictures(network, 4, 1)], names[:1])
    changed = {k for k, v in network.state_dict().items() if not torch.equal(v, before[k])}
    assert changed
    assert all(key.startswith(f"{names[0]}.") for key in changed)


def test_other_sizes_are_told(exported):
    _, content = exported
    kind = Kind(stored_card(content)["kind"])
    with pytest.raises(StoredWeightsError, match=r"other sizes: .* has \("):
        load_onnx(SHIPPED[kind]() if kind is not Kind.FINDER else _same_depth(), content)
    other = ViewNet() if kind is not Kind.VIEW else BodyNet()
    with pytest.raises(StoredWeightsError, match=r"has \d+ layers with weights"):
        load_onnx(other, content)


def _same_depth() -> MultiTaskUNet:
    return MultiTaskUNet(UNetConfig(depths=(1, 1, 1, 1), input_px=(64, 96)))


def test_layers_that_were_exchanged_do_not_pass(exported, monkeypatch):
    """Two layers of one shape: only what the network says can tell."""
    _, content = exported
    stored = from_onnx._stored_layers(content)
    shapes = [layer.weight.shape for layer in stored]
    first = next(k for k, shape in enumerate(shapes) if shape in shapes[k + 1 :])
    second = shapes.index(shapes[first], first + 1)
    stored[first], stored[second] = stored[second], stored[first]
    monkeypatch.setattr(from_onnx, "_stored_layers", lambda _: stored)
    network = SMALL[Kind(stored_card(content)["kind"])]()
    with pytest.raises(StoredWeightsError, match=r"cannot be matched with this network: its \w+"):
        load_onnx(network, content)


def test_files_that_are_none(tmp_path):
    with pytest.raises(StoredWeightsError, match="no ONNX file"):
        stored_card(b"no such thing \xff" * 9)
    bare = onnx.helper.make_model(onnx.helper.make_graph([], "bare", [], []))
    with pytest.raises(StoredWeightsError, match="no card of Spondyl"):
        stored_card(bare.SerializeToString())


def test_kept_names_are_held_against_the_network(exported):
    _, content = exported
    model = onnx.load_from_string(content)
    network = SMALL[Kind(stored_card(content)["kind"])]()
    names = [i.name for i in model.graph.initializer if i.name.endswith(".weight")]
    for item in model.graph.initializer:
        if item.name == names[0]:
            item.name = "network.elsewhere.weight"
    for node in model.graph.node:
        for k, name in enumerate(node.input):
            if name == names[0]:
                node.input[k] = "network.elsewhere.weight"
    with pytest.raises(StoredWeightsError, match=r"another order: network\.elsewhere\.weight"):
        load_onnx(network, model.SerializeToString())
    assert np.isfinite(next(network.parameters()).detach().numpy()).all()
