"""The reference page names every format and every kind of fault."""

from pathlib import Path

import pytest

from spondyl.labels.fault_rules import FaultKind
from spondyl.labels.formats import FORMATS, Origin

PAGE = (Path(__file__).parents[3] / "docs/reference/label-formats.md").read_text()


@pytest.mark.parametrize("entry", FORMATS.values(), ids=lambda entry: entry.name)
def test_format(entry):
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{entry.name}`"))
    words = {Origin.CENTRE: "pixel's centre", Origin.CORNER: "outer corner"}
    assert words[entry.origin] in row
    assert ("in the file" in row) == entry.states_size


@pytest.mark.parametrize("kind", FaultKind)
def test_fault(kind):
    assert f"| `{kind}` |" in PAGE
