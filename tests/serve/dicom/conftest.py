"""Nodes in this process, with a reading that needs no networks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pynetdicom", reason="the extra [serve] is not installed")

from bench.node_kit import Archive, QuickReading, config
from spondyl.serve.dicom.node import Node
from spondyl.serve.dicom.settings_load import parse_config


@pytest.fixture
def archive() -> Iterator[Archive]:
    found = Archive().start()
    yield found
    found.stop()


@pytest.fixture
def node(tmp_path: Path, archive: Archive) -> Iterator[Callable[..., Node]]:
    """Makes a started node; changes of the configuration by keyword."""
    nodes: list[Node] = []

    def make(*, reading: Any = None, clock: Any = None, **changes: Any) -> Node:
        values = {**config(tmp_path, archive.port), "drain_s": 10, **changes}
        made = Node(parse_config(values), clock=clock, readings=[reading or QuickReading()])
        nodes.append(made)
        made.start()
        return made

    yield make
    for each in nodes:
        if each.receiver.accepting:
            each.drain()
