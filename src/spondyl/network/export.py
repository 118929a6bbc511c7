"""Trained networks to ONNX files that carry their own card."""

import copy
import hashlib
import io
import json
import math
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from spondyl.files import write_whole
from spondyl.network.body_net import BodyNet
from spondyl.network.unet import MultiTaskUNet
from spondyl.network.view_net import ViewNet

#: Key of the card in the ONNX file's metadata.
CARD_KEY = "spondyl.card"
_OPSET = 17
INTENDED_USE = (
    "Research on reading lateral lumbar spine radiographs; not a medical device, and not for "
    "decisions about patients."
)


class Kind(StrEnum):
    """What a network looks at."""

    FINDER = "finder"
    BODY = "body"
    VIEW = "view"


class ExportError(RuntimeError):
    """The exported network does not say what the trained one says."""


@dataclass(frozen=True)
class ModelCard:
    """What a model file says of itself.

    Attributes
    ----------
    name, version : str
    kind : Kind
    data : str
        What it learned from.
    seed : int
    code_version : str
        Version of Spondyl, with the git commit where known.
    settings : mapping
        Of the training, as JSON values.
    metrics : mapping
        Name to value; each name says the set that it was measured on.
    date : str
        ISO 8601.
    licence : str
    intended_use : str
    """

    name: str
    kind: Kind
    version: str
    data: str
    seed: int
    code_version: str
    date: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    licence: str = "Apache-2.0"
    intended_use: str = INTENDED_USE

    def to_json(self) -> str:
        """The card as one JSON object; values that are not finite become null."""
        return json.dumps(_finite(asdict(self)), sort_keys=True, default=str, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


class _Ordered(nn.Module):
    """A network whose outputs come as a tuple, in the order of its ``output_names``."""

    def __init__(self, network: nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        self.names = names

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        outputs = self.network(picture)
        return tuple(outputs[name] for name in self.names)


def example_input(network: nn.Module, batch: int = 2) -> tuple[str, Tensor]:
    """Name and a random input of the right shape for a network of this package."""
    generator = torch.Generator().manual_seed(0)
    if isinstance(network, BodyNet):
        side = network.config.crop_px
        return "crop", torch.randn(batch, 1, side, side, generator=generator)
    if isinstance(network, ViewNet):
        return "film", torch.rand(batch, 1, 128, 128, generator=generator)
    if isinstance(network, MultiTaskUNet):
        config = network.config
        width, height = config.input_px
        return "film", torch.randn(batch, config.in_channels, height, width, generator=generator)
    raise TypeError(f"Only networks of spondyl.network can be exported, found {type(network)}.")


def export_onnx(
    network: MultiTaskUNet | BodyNet | ViewNet,
    card: ModelCard,
    out: Path,
    tolerance: float = 2e-3,
) -> Path:
    """Write ``out`` (ONNX, float32, dynamic batch) and beside it its card with the checksum.

    Batch normalisation is folded into the convolutions. The file is checked against the network
    on random inputs before anything is written.

    Parameters
    ----------
    network : MultiTaskUNet, BodyNet or ViewNet
        Trained weights; it is copied, and left as it is.
    card : ModelCard
    out : Path
        Ends in ``.onnx``.
    tolerance : float
        Largest accepted difference, relative to each output's largest absolute value (at least 1).

    Returns
    -------
    Path
        Of the sidecar ``<name>.json``.

    Raises
    ------
    ExportError
        If ONNX Runtime and PyTorch differ by more than the tolerance.
    ValueError
        If ``out`` does not end in ``.onnx``.
    """
    import onnx

    out = Path(out)
    if out.suffix != ".onnx":
        raise ValueError(f"The exported file must end in .onnx, found {out.name}.")
    frozen = copy.deepcopy(network).cpu().float().eval()
    frozen.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    name, example = example_input(frozen)
    names = frozen.output_names
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter of the traced graph needs no package beyond onnx; the newer one needs
        # onnxscript, and gains nothing for networks without control flow.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            _Ordered(frozen, names).eval(),
            (example,),
            buffer,  # type: ignore[arg-type]
            dynamo=False,
            opset_version=_OPSET,
            do_constant_folding=True,
            input_names=[name],
            output_names=list(names),
            dynamic_axes={key: {0: "batch"} for key in (name, *names)},
        )
    model = onnx.load_from_string(buffer.getvalue())
    onnx.helper.set_model_props(model, {CARD_KEY: card.to_json()})
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    _verify(content, frozen, name, tolerance)

    write_whole(out, content, make_folder=True)
    side = out.with_suffix(".json")
    facts = json.loads(card.to_json())
    facts["file"] = out.name
    facts["sha256"] = hashlib.sha256(content).hexdigest()
    return write_whole(side, json.dumps(facts, indent=1, sort_keys=True) + "\n")


def _verify(content: bytes, network: nn.Module, name: str, tolerance: float) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for batch in (1, 3):
        _, example = example_input(network, batch)
        with torch.no_grad():
            expected = network(example)
        wanted = [output.name for output in session.get_outputs()]
        found = session.run(wanted, {name: example.numpy()})
        for key, value in zip(wanted, found, strict=True):
            truth = expected[key].numpy()
            if truth.shape != value.shape:
                raise ExportError(
                    f"The exported output {key} has shape {value.shape}, expected {truth.shape}."
                )
            error = float(np.abs(truth - value).max()) / max(1.0, float(np.abs(truth).max()))
            if not error <= tolerance:
                raise ExportError(
                    f"The exported output {key} differs from the network's by {error:.2g} of its "
                    f"range, more than {tolerance:.2g}; nothing was written."
                )
