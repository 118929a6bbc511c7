"""The packaged networks: found, checked against their checksums, with their cards."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from spondyl.read.model import ModelIdentity

MODEL_NAME = "spondyl"


class Net(StrEnum):
    """The three networks of a reader."""

    VIEW = "view"
    FINDER = "finder"
    BODY = "body"


class WeightsError(RuntimeError):
    """Weights are missing or are not what their card says."""


@dataclass(frozen=True)
class Weights:
    """One network's file.

    Attributes
    ----------
    net : Net
    content : bytes
        The ONNX file.
    sha256 : str
        Of ``content``, verified.
    card : mapping
        What the model says of itself (the sidecar's JSON).
    """

    net: Net
    content: bytes
    sha256: str
    card: Mapping[str, Any]


def packaged_folder() -> Traversable:
    """Where the package keeps its weights (a folder, also inside a zip)."""
    return files("spondyl") / "weights"


def load_card(net: Net, folder: Path | Traversable | None = None) -> Mapping[str, Any]:
    """The card of a network, without loading its weights.

    Raises
    ------
    WeightsError
        If the sidecar is missing or is not a JSON object with a checksum.
    """
    place = packaged_folder() if folder is None else folder
    sidecar = place / f"{net}.json"
    try:
        card = json.loads(sidecar.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(
            f"The {net} network's card {sidecar} is missing. Install spondyl anew, or give a "
            f"folder with {net}.onnx and {net}.json as `spondyl export` writes them."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WeightsError(
            f"The {net} network's card {sidecar} is not valid JSON ({error}). Restore the file."
        ) from None
    if not isinstance(card, dict) or not isinstance(card.get("sha256"), str):
        raise WeightsError(f'The card {sidecar} has no "sha256"; it cannot vouch for its network.')
    return card


def load_weights(net: Net, folder: Path | Traversable | None = None) -> Weights:
    """Read a network's file and check it against its card.

    Parameters
    ----------
    net : Net
    folder : Path, optional
        Holds ``<net>.onnx`` and ``<net>.json``; the packaged weights by default.

    Raises
    ------
    WeightsError
        If a file is missing, or the checksum differs.
    """
    place = packaged_folder() if folder is None else folder
    card = load_card(net, place)
    file = place / f"{net}.onnx"
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise WeightsError(
            f"The {net} network {file} is missing although its card is there. Install spondyl anew."
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != card["sha256"]:
        raise WeightsError(
            f"The {net} network {file} has checksum {found}, its card says {card['sha256']}. "
            "The file is damaged or was exchanged; install spondyl anew."
        )
    return Weights(net, content, found, card)


def model_identity(cards: Mapping[Net, Mapping[str, Any]]) -> ModelIdentity:
    """One identity of the three networks together.

    The checksum is SHA-256 over the three files' checksums in the order of ``Net``; the version is
    the finder's.
    """
    joined = "".join(str(cards[net]["sha256"]) for net in Net)
    return ModelIdentity(
        name=MODEL_NAME,
        version=str(cards[Net.FINDER].get("version", "unknown")),
        sha256=hashlib.sha256(joined.encode("ascii")).hexdigest(),
    )
