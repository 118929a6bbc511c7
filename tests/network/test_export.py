import hashlib
import json

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
)
from spondyl.network import export as module
from spondyl.network.export import (
    CARD_KEY,
    ExportError,
    Kind,
    ModelCard,
    example_input,
    export_onnx,
)


def card(kind: Kind, **more) -> ModelCard:
    return ModelCard("test", kind, "1.2", "no data", 7, "0.1.0+abc", "2026-01-01", **more)


def trained(network):
    """Batch statistics away from their start, so that folding them is not trivially right."""
    _, example = example_input(network)
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(example * 2 + 0.3)
    return network


NETWORKS = {
    Kind.FINDER: lambda: MultiTaskUNet(
        UNetConfig(widths=(8, 8, 16, 16, 24), depths=(1, 1, 1, 1), decoder_widths=(16, 8, 8, 8, 8))
    ),
    Kind.BODY: lambda: BodyNet(BodyNetConfig(widths=(8, 8, 16, 16), decoder_widths=(8, 8, 8))),
    Kind.VIEW: lambda: ViewNet(ViewNetConfig(widths=(8, 8, 16, 16))),
}


@pytest.mark.parametrize("kind", list(Kind))
def test_onnx_says_what_torch_says(kind, tmp_path):
    network = trained(NETWORKS[kind]())
    out = tmp_path / "model.onnx"
    side = export_onnx(network, card(kind, settings={"rate": 0.1}, metrics={"auc": 0.5}), out)
    assert network.training

    name, example = example_input(network, batch=4)
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == [name]
    assert [o.name for o in session.get_outputs()] == list(network.output_names)
    with torch.no_grad():
        expected = network.eval()(example)
    for key, value in zip(
        network.output_names, session.run(None, {name: example.numpy()}), strict=True
    ):
        assert value.dtype == np.float32
        assert np.allclose(value, expected[key].numpy(), atol=2e-3)

    assert not any(node.op_type == "BatchNormalization" for node in onnx.load(out).graph.node)
    inside = json.loads(session.get_modelmeta().custom_metadata_map[CARD_KEY])
    beside = json.loads(side.read_text())
    assert side == tmp_path / "model.json"
    assert beside.pop("sha256") == hashlib.sha256(out.read_bytes()).hexdigest()
    assert beside.pop("file") == "model.onnx"
    assert inside == beside
    assert inside["kind"] == kind
    assert inside["settings"] == {"rate": 0.1}
    assert "not a medical device" in inside["intended_use"]


def test_default_networks_fit_the_package(tmp_path):
    sizes = {}
    for kind, network in (
        (Kind.FINDER, MultiTaskUNet()),
        (Kind.BODY, BodyNet()),
        (Kind.VIEW, ViewNet()),
    ):
        out = tmp_path / f"{kind}.onnx"
        export_onnx(network, card(kind), out)
        sizes[kind] = out.stat().st_size / 1e6
    assert sizes[Kind.FINDER] <= 12
    assert sizes[Kind.BODY] <= 7
    assert sizes[Kind.VIEW] <= 2


def test_a_wrong_export_is_not_written(tmp_path, monkeypatch):
    out = tmp_path / "model.onnx"

    class Shifted(module._Ordered):
        def forward(self, picture):
            return tuple(value + 1 for value in super().forward(picture))

    monkeypatch.setattr(module, "_Ordered", Shifted)
    with pytest.raises(ExportError, match="nothing was written"):
        export_onnx(NETWORKS[Kind.VIEW](), card(Kind.VIEW), out)
    assert not list(tmp_path.iterdir())


def test_only_onnx_names(tmp_path):
    with pytest.raises(ValueError, match=r"end in \.onnx"):
        export_onnx(NETWORKS[Kind.VIEW](), card(Kind.VIEW), tmp_path / "model.bin")


def test_card_has_no_values_that_json_lacks():
    text = card(Kind.BODY, metrics={"auc": float("nan"), "error": 0.25}).to_json()
    assert json.loads(text)["metrics"] == {"auc": None, "error": 0.25}


def test_the_file_tells_its_input_size(tmp_path):
    widths = {"widths": (4, 4, 8, 8, 8), "depths": (1, 1, 1, 1), "decoder_widths": (8, 8, 8, 8, 8)}
    network = MultiTaskUNet(UNetConfig(input_px=(64, 96), **widths))
    export_onnx(network, card(Kind.FINDER), tmp_path / "small.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "small.onnx")
    assert session.get_inputs()[0].shape[1:] == [2, 96, 64]
    assert {tuple(output.shape[2:]) for output in session.get_outputs()} == {(24, 16)}
