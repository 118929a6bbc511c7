"""The engine runs ONNX files with the names and shapes of the contract."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from spondyl.read.engine import Engine
from spondyl.read.weights import WeightsError

onnx = pytest.importorskip("onnx")

OUTPUTS = {
    "view": ("film", (1, 128, 128), {"side": (1,), "inverted": (1,), "lumbar": (1,)}),
    "finder": (
        "film",
        (2, 448, 320),
        {"levels": (10, 112, 80), "fracture": (1, 112, 80), "bodies": (13, 112, 80)},
    ),
    "body": (
        "crop",
        (1, 112, 112),
        {"points": (6, 2), "spread": (6,), "fracture": (1,), "loss": (3,), "body": (1,)},
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Networks whose outputs are the input's mean, spread over the right shapes."""
    for net, (name, shape, outputs) in OUTPUTS.items():
        kind = onnx.TensorProto.FLOAT
        axes = list(range(1, len(shape) + 1))
        nodes = [onnx.helper.make_node("ReduceMean", [name], ["mean"], axes=axes, keepdims=0)]
        weights = []
        for key, out in outputs.items():
            ones = onnx.numpy_helper.from_array(np.ones((1, *out), np.float32), f"ones_{key}")
            column = np.array([-1, *[1] * len(out)], np.int64)
            weights += [ones, onnx.numpy_helper.from_array(column, f"shape_{key}")]
            nodes += [
                onnx.helper.make_node("Reshape", ["mean", f"shape_{key}"], [f"mean_{key}"]),
                onnx.helper.make_node("Mul", [f"mean_{key}", f"ones_{key}"], [key]),
            ]
        graph = onnx.helper.make_graph(
            nodes,
            net,
            [onnx.helper.make_tensor_value_info(name, kind, ["batch", *shape])],
            [
                onnx.helper.make_tensor_value_info(k, kind, ["batch", *o])
                for k, o in outputs.items()
            ],
            weights,
        )
        opset = [onnx.helper.make_opsetid("", 17)]
        content = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
        content = content.SerializeToString()
        (tmp_path / f"{net}.onnx").write_bytes(content)
        card = {"version": "1", "sha256": hashlib.sha256(content).hexdigest()}
        (tmp_path / f"{net}.json").write_text(json.dumps(card))
    return tmp_path


def test_shapes_and_values(folder: Path) -> None:
    engine = Engine(1, folder)
    view = engine.view(np.stack([np.full((1, 128, 128), k, np.float32) for k in range(4)]))
    assert np.allclose(view.side, [0, 1, 2, 3])
    assert view.lumbar.shape == (4,)
    maps = engine.finder(np.full((2, 448, 320), 2, np.float32))
    assert maps.levels.shape == (10, 112, 80)
    assert maps.fracture.shape == (112, 80)
    assert maps.bodies.shape == (13, 112, 80)
    assert np.allclose(maps.fracture, 2)
    bodies = engine.body(np.ones((5, 1, 112, 112), np.float32))
    assert bodies.points_px.shape == (5, 6, 2)
    assert bodies.spread_px.shape == (5, 6)
    assert bodies.fracture.shape == bodies.body.shape == (5,)
    assert bodies.loss.shape == (5, 3)
    assert len(engine.identity.sha256) == 64


def test_no_crops_need_no_network(tmp_path: Path) -> None:
    assert Engine(1, tmp_path).body(np.zeros((0, 1, 112, 112), np.float32)).body.shape == (0,)


def test_sessions_are_lazy_and_shared_between_threads(folder: Path) -> None:
    (folder / "view.onnx").unlink()
    engine = Engine(1, folder)
    crops = np.ones((1, 1, 112, 112), np.float32)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda k: engine.body(k * crops).body.item(), range(8)))
    assert np.allclose(answers, range(8))
    with pytest.raises(WeightsError, match=r"view\.onnx"):
        engine.warm_up()


def test_threads_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="every core"):
        Engine(-1)
