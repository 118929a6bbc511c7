"""``spondyl serve`` and ``spondyl node`` as far as no node runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from spondyl.cli.main import app

pytest.importorskip("pynetdicom", reason="the extra [serve] is not installed")

GOOD = """
allow: [{ae_title: CT1}]
queue: {folder: queue}
destinations: [{name: pacs, dicom: {ae_title: PACS, host: pacs.example}}]
"""


def test_a_configuration_is_checked_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD)
    result = CliRunner().invoke(app, ["serve", "--dicom", str(path), "--check"])
    assert result.exit_code == 0
    assert "1 destinations, 1 callers" in result.stdout
    assert list(tmp_path.iterdir()) == [path]


def test_mistakes_are_told_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD.replace("ae_title: CT1", "ae_tilte: CT1") + "drain_s: -1\n")
    result = CliRunner().invoke(app, ["serve", "--dicom", str(path), "--check"])
    assert isinstance(result.exception, ValueError)
    said = str(result.exception)
    assert "allow.0.ae_tilte: this key is unknown" in said
    assert "drain_s: input should be greater than 0, found -1" in said


def test_a_node_that_never_ran_has_no_status(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD)
    result = CliRunner().invoke(app, ["node", "status", str(path)])
    assert result.exit_code == 3


def test_requeue_wants_numbers_or_all(tmp_path: Path) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(GOOD)
    assert CliRunner().invoke(app, ["node", "requeue", str(path)]).exit_code == 2
    assert CliRunner().invoke(app, ["node", "requeue", str(path), "1", "--all"]).exit_code == 2
