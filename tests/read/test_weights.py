"""Weights are what their cards say, or are refused."""

import hashlib
import json
from pathlib import Path

import pytest

from spondyl.read.weights import Net, WeightsError, load_card, load_weights, model_identity


def _write(folder: Path, net: Net, content: bytes = b"network", **card: object) -> None:
    (folder / f"{net}.onnx").write_bytes(content)
    facts = {"version": "3", "sha256": hashlib.sha256(content).hexdigest(), **card}
    (folder / f"{net}.json").write_text(json.dumps(facts))


def test_good_weights(tmp_path: Path) -> None:
    _write(tmp_path, Net.FINDER, data="simulated")
    weights = load_weights(Net.FINDER, tmp_path)
    assert weights.content == b"network"
    assert weights.card["data"] == "simulated"
    assert load_card(Net.FINDER, tmp_path)["sha256"] == weights.sha256


def test_exchanged_file_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, Net.BODY)
    (tmp_path / "body.onnx").write_bytes(b"another")
    with pytest.raises(WeightsError, match="checksum"):
        load_weights(Net.BODY, tmp_path)


@pytest.mark.parametrize("card", ["{", "[]", "{}", '{"sha256": 3}'])
def test_bad_card_is_refused(tmp_path: Path, card: str) -> None:
    _write(tmp_path, Net.VIEW)
    (tmp_path / "view.json").write_text(card)
    with pytest.raises(WeightsError, match="card"):
        load_weights(Net.VIEW, tmp_path)


def test_missing_files_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="Install spondyl anew"):
        load_weights(Net.VIEW, tmp_path)
    _write(tmp_path, Net.VIEW)
    (tmp_path / "view.onnx").unlink()
    with pytest.raises(WeightsError, match="although its card is there"):
        load_weights(Net.VIEW, tmp_path)


def test_identity_depends_on_every_network() -> None:
    cards = {net: {"sha256": str(net) * 3, "version": f"of {net}"} for net in Net}
    identity = model_identity(cards)
    assert identity.version == "of finder"
    for net in Net:
        other = {**cards, net: {"sha256": "0", "version": "x"}}
        assert model_identity(other).sha256 != identity.sha256
