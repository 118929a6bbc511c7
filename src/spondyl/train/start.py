"""Where a training starts: another run's checkpoint, the shipped weights, or an exported file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from spondyl.network.export import Kind
from spondyl.network.from_onnx import StoredWeightsError, load_onnx, measure_norms, stored_card
from spondyl.train.config import SHIPPED, ConfigError, Experiment, network_config
from spondyl.train.module import Network, TrainingModule, network_of

if TYPE_CHECKING:
    pass

#: Batches of the experiment's own films, as it would be trained on them.
MakeBatches = Callable[[], Iterable[Mapping[str, Tensor]]]
#: Pictures on which the norms of an exported network are measured: single bodies, else films.
_MEASURED = {Kind.BODY: 512, Kind.FINDER: 72, Kind.VIEW: 256}
#: Sizes that may differ from the file's: other decoders start anew, the others hold no weights.
_FREE = frozenset({"arm", "dropout", "input_px"})


def start_from(module: TrainingModule, start: Path | str, batches: MakeBatches) -> None:
    """Give a network, and its average, the weights that the experiment starts from.

    Parameters
    ----------
    module : TrainingModule
        Changed in place.
    start : Path or "shipped"
        A checkpoint, an exported ``.onnx`` file, or the packaged weights of the same kind.
    batches : callable
        Films to measure batch statistics on, which exported files do not hold.

    Raises
    ------
    ConfigError
        If the file is not there, is no such file, or holds another kind or other sizes.
    """
    if start == SHIPPED:
        from spondyl.read.weights import Net, WeightsError, load_weights

        kind = module.experiment.kind
        try:
            content = load_weights(Net(kind)).content
        except WeightsError as error:
            raise ConfigError(f"start_from: {error}") from None
        _take_exported(module, content, f"the shipped {kind}.onnx", batches)
        return
    path = Path(start)
    if not path.is_file():
        raise ConfigError(
            f"start_from: {path} does not exist; give a run's best.ckpt or last.ckpt, a file that "
            f"`spondyl export` wrote (.onnx), or `{SHIPPED}`."
        )
    if path.suffix == ".onnx":
        _take_exported(module, path.read_bytes(), str(path), batches)
    else:
        _take_checkpoint(module, path)


def _take_exported(
    module: TrainingModule, content: bytes, where: str, batches: MakeBatches
) -> None:
    experiment = module.experiment
    try:
        card = stored_card(content)
        if card["kind"] != experiment.kind:
            raise StoredWeightsError(
                f"holds a {card['kind']} network, and experiment {experiment.name!r} trains a "
                f"{experiment.kind} network"
            )
        stored = _stored_network(card)
        _same_sizes(stored, experiment)
        load_onnx(stored, content)
    except StoredWeightsError as error:
        raise ConfigError(f"start_from: {where} {error}.") from None
    own = module.network.state_dict()
    weights = {name: value for name, value in stored.state_dict().items() if name in own}
    module.network.load_state_dict(weights, strict=False)
    # What training does to a batch must be what the network does when it reads: see `from_onnx`.
    # Decoders that the file has not keep the norms they are born with.
    norms = {
        name
        for name, part in module.network.named_modules()
        if isinstance(part, nn.BatchNorm2d) and f"{name}.weight" in weights
    }
    pictures = _MEASURED[experiment.kind]
    count = -(-pictures // experiment.batch_size)
    measure_norms(
        module.network, (batch[module.input_name] for batch in islice(batches(), count)), norms
    )
    module.averaged.load_state_dict(module.network.state_dict())


def _stored_network(card: Mapping[str, Any]) -> Network:
    settings = card.get("settings")
    sizes = settings.get("network", {}) if isinstance(settings, Mapping) else {}
    try:
        return network_of(network_config(Kind(card["kind"]), dict(sizes)))
    except (TypeError, ValueError) as error:
        raise StoredWeightsError(
            f"was written by another version of Spondyl; its card says: {error}"
        ) from None


def _same_sizes(stored: Network, experiment: Experiment) -> None:
    wanted = experiment.network_config()
    for item in fields(wanted):
        ours, theirs = getattr(wanted, item.name), getattr(stored.config, item.name)
        if item.name not in _FREE and ours != theirs:
            raise StoredWeightsError(
                f"was made with network.{item.name} {_plain(theirs)}, and experiment "
                f"{experiment.name!r} has {_plain(ours)}; take the file's sizes, or start from "
                "nothing"
            )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _take_checkpoint(module: TrainingModule, path: Path) -> None:
    """Take the averaged weights of another run's checkpoint, where name and shape agree.

    An output layer that has since got more channels keeps the earlier ones.
    """
    content = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    start = "averaged."
    own = module.network.state_dict()
    weights = {
        name.removeprefix(start): _widened(value, own[name.removeprefix(start)])
        for name, value in content.items()
        if name.startswith(start)
        and name.removeprefix(start) in own
        and own[name.removeprefix(start)].shape[1:] == value.shape[1:]
        and own[name.removeprefix(start)].shape[:1] >= value.shape[:1]
    }
    if not weights:
        raise ConfigError(f"start_from: {path} holds no weight that fits this network.")
    module.network.load_state_dict(weights, strict=False)
    module.averaged.load_state_dict(weights, strict=False)


def _widened(value: Tensor, own: Tensor) -> Tensor:
    """``value`` with the further channels that only ``own`` has."""
    if value.shape == own.shape:
        return value
    return torch.cat([value, own[len(value) :]])
