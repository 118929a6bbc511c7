"""Weights of an exported file back into a network that can be trained.

The export folds each batch normalisation into the convolution before it: the file holds ``W`` and
``b`` of what a convolution and its normalisation do together, the names of both and the batch
statistics are gone. What is left is the order, in which a network calls its layers and the file
lists its nodes. Layers are matched by it, each shape is checked, and in the end the network has to
say what ONNX Runtime says; a file that was matched wrongly cannot pass.

A normalisation whose statistics are lost first becomes one that only adds ``b``. In training that
would not do: the statistics of a batch would take the place of "mean 0, variance 1", and with them
go the scales that were folded into ``W``. :func:`measure_norms` therefore measures the statistics
on films and puts the inverse into scale and offset: what the network says stays as it is, and
batches of such films now normalise to nearly the same.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spondyl.network.body_net import BodyNet
from spondyl.network.export import CARD_KEY, example_input
from spondyl.network.unet import MultiTaskUNet
from spondyl.network.view_net import ViewNet

#: Largest accepted difference to ONNX Runtime, relative to each output's largest absolute value
#: (at least 1). Both compute in float32, in another order.
TOLERANCE = 1e-3
_LAYERS = (nn.Conv2d, nn.Linear)


class StoredWeightsError(ValueError):
    """A file holds no weights for this network; the message says what it holds instead."""


@dataclass(frozen=True)
class _Layer:
    """A convolution or linear layer, in the order of calls, and the norm right behind it."""

    name: str
    module: nn.Conv2d | nn.Linear
    norm: nn.BatchNorm2d | None


@dataclass(frozen=True)
class _Stored:
    """Weight and bias of one node of the file; the weight's name, unless it was folded."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] | None
    name: str


def stored_card(content: bytes) -> Mapping[str, Any]:
    """The card inside an exported file.

    Raises
    ------
    StoredWeightsError
        If this is no ONNX file, or none that Spondyl wrote.
    """
    import onnx

    try:
        model = onnx.load_from_string(content)
    except Exception:  # protobuf's own class
        raise StoredWeightsError("is no ONNX file") from None
    found = {item.key: item.value for item in model.metadata_props}
    try:
        card = json.loads(found[CARD_KEY])
    except (KeyError, ValueError):
        raise StoredWeightsError(
            "has no card of Spondyl inside; only files that `spondyl export` wrote can be taken"
        ) from None
    if not isinstance(card, dict) or "kind" not in card:
        raise StoredWeightsError("has a card that does not say what kind of network this is")
    return card


def load_onnx(network: MultiTaskUNet | BodyNet | ViewNet, content: bytes) -> None:
    """Take all weights of an exported file of the same kind and sizes.

    Parameters
    ----------
    network : MultiTaskUNet, BodyNet or ViewNet
        Changed in place. Its norms add a bias and do nothing else; before it is trained it needs
        :func:`measure_norms`.
    content : bytes
        Of the file.

    Raises
    ------
    StoredWeightsError
        If layers or sizes differ, or the network does not say what ONNX Runtime says of the same
        random input (:data:`TOLERANCE`).
    """
    layers, stored = _layers(network), _stored_layers(content)
    if len(layers) != len(stored):
        raise StoredWeightsError(
            f"has {len(stored)} layers with weights, this network has {len(layers)}"
        )
    for layer, values in zip(layers, stored, strict=True):
        if tuple(layer.module.weight.shape) != values.weight.shape:
            raise StoredWeightsError(
                f"has other sizes: where this network has {layer.name} with "
                f"{tuple(layer.module.weight.shape)}, it has {values.weight.shape}"
            )
        # Layers without a norm keep their names in the file.
        if values.name.startswith("network.") and values.name != f"network.{layer.name}.weight":
            raise StoredWeightsError(
                f"has its layers in another order: {values.name} where this network has "
                f"{layer.name}; it was written by another version of Spondyl"
            )
    with torch.no_grad():
        for layer, values in zip(layers, stored, strict=True):
            _put(layer, values)
    _compare(network, content)


def _layers(network: nn.Module) -> list[_Layer]:
    """Layers with weights in the order in which the network calls them."""
    names = {module: name for name, module in network.named_modules()}
    called: list[tuple[nn.Module, int]] = []
    norm_of: dict[int, nn.BatchNorm2d] = {}
    kept: list[Tensor] = []  # alive, so that no address is used twice

    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(module, nn.BatchNorm2d):
            norm_of[inputs[0].data_ptr()] = module
        else:
            called.append((module, output.data_ptr()))
            kept.append(output)

    hooks = [
        module.register_forward_hook(note)
        for module in network.modules()
        if isinstance(module, (*_LAYERS, nn.BatchNorm2d))
    ]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(_example(network, 1))
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)
    found = []
    for module, address in called:
        assert isinstance(module, _LAYERS)
        found.append(_Layer(names[module], module, norm_of.get(address)))
    return found


def _stored_layers(content: bytes) -> list[_Stored]:
    """Weights and biases of the file's convolutions and linear layers, in its order."""
    import onnx

    graph = onnx.load_from_string(content).graph
    values = {item.name: item for item in graph.initializer}
    # Of equal arrays the exporter keeps one, and names the others after it.
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]

    def array(name: str) -> NDArray[np.float32]:
        return np.asarray(onnx.numpy_helper.to_array(values[name]), dtype=np.float32)

    found = []
    for node in graph.node:
        if node.op_type not in ("Conv", "Gemm") or node.input[1] not in values:
            continue
        name = node.input[1]
        bias = array(node.input[2]) if len(node.input) > 2 else None
        found.append(_Stored(array(name), bias, name))
    return found


def _put(layer: _Layer, values: _Stored) -> None:
    own = layer.module
    own.weight.copy_(torch.from_numpy(values.weight.copy()))
    bias = torch.zeros(len(own.weight)) if values.bias is None else torch.tensor(values.bias)
    if layer.norm is None:
        if own.bias is not None:
            own.bias.copy_(bias)
        return
    if own.bias is not None:
        own.bias.zero_()
    norm = layer.norm
    mean, variance = _statistics(norm)
    mean.zero_()
    # With the epsilon that is added to it, exactly 1.
    variance.fill_(1 - norm.eps)
    norm.weight.fill_(1)
    norm.bias.copy_(bias)


def _compare(network: MultiTaskUNet | BodyNet | ViewNet, content: bytes) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    example = _example(network, 2)
    was_training = network.training
    with torch.no_grad():
        outputs = network.eval()(example)
    network.train(was_training)
    try:
        wanted = session.run(None, {name: example.numpy()})
    except Exception as error:  # ONNX Runtime's own classes; a fixed input size, above all
        raise StoredWeightsError(
            f"takes other pictures than {tuple(example.shape[1:])} ({error})"
        ) from None
    for output, truth in zip(session.get_outputs(), wanted, strict=True):
        found = outputs[output.name].numpy()
        off = float(np.abs(found - truth).max()) / max(1.0, float(np.abs(truth).max()))
        if not off <= TOLERANCE:
            raise StoredWeightsError(
                f"cannot be matched with this network: its {output.name} would be off by "
                f"{off:.2g} of the range; it was written by another version of Spondyl"
            )


@torch.no_grad()
def measure_norms(
    network: nn.Module, pictures: Iterable[Tensor], names: Iterable[str] | None = None
) -> None:
    """Give norms the statistics of their input on these pictures; the outputs stay as they are.

    A norm in use computes ``g x + c``, whatever its statistics. With the mean ``m`` and variance
    ``v`` of each channel of ``x``, scale ``g sqrt(v + eps)`` and offset ``c + g m`` compute the
    same.

    Parameters
    ----------
    network : Module
        Changed in place.
    pictures : iterable of Tensor
        Batches, such as it is to be trained on; a few hundred bodies or some tens of films.
    names : iterable of str, optional
        Of the norms to measure; all by default.
    """
    wanted = None if names is None else set(names)
    norms = [
        module
        for name, module in network.named_modules()
        if isinstance(module, nn.BatchNorm2d) and (wanted is None or name in wanted)
    ]
    sums = {norm: torch.zeros(2, norm.num_features, dtype=torch.float64) for norm in norms}
    counts = dict.fromkeys(norms, 0)

    def add(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        x = inputs[0].double()
        sums[norm] += torch.stack([x.sum(dim=(0, 2, 3)), (x * x).sum(dim=(0, 2, 3))]).cpu()
        counts[norm] += x.numel() // x.shape[1]

    hooks = [norm.register_forward_pre_hook(add) for norm in norms]
    was_training = network.training
    try:
        network.eval()
        for batch in pictures:
            network(batch)
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)
    for norm in norms:
        if counts[norm] > 1:
            _restate(norm, sums[norm] / counts[norm])


def _restate(norm: nn.BatchNorm2d, moments: Tensor) -> None:
    """The same function with other statistics."""
    mean, variance = _statistics(norm)
    gain = norm.weight.double() / torch.sqrt(variance.double() + norm.eps)
    offset = norm.bias.double() - gain * mean.double()
    new_mean = moments[0].to(mean.device)
    new_variance = (moments[1].to(mean.device) - new_mean**2).clamp(min=0)
    norm.weight.copy_(gain * torch.sqrt(new_variance + norm.eps))
    norm.bias.copy_(offset + gain * new_mean)
    mean.copy_(new_mean)
    variance.copy_(new_variance)


def _statistics(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return norm.running_mean, norm.running_var


def _example(network: nn.Module, batch: int) -> Tensor:
    return example_input(network, batch)[1]
