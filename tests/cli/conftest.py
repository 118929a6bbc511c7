"""A reader that needs no networks, and the program as a function."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
import pytest

from spondyl.anatomy import GenantGrade, Level, Shape
from spondyl.cli.errors import DEBUG_VARIABLE
from spondyl.cli.main import main
from spondyl.film import FilmError, Reason, load_film
from spondyl.geometry import heights
from spondyl.read.model import Finding, ModelIdentity, Numbering, Reading
from spondyl.read.site import Site

IDENTITY = ModelIdentity("fake", "0", "0" * 64)


def made_finding(level: Level, row: int, fractured: bool = False) -> Finding:
    left, top = 40.0, 10.0 + 30 * row
    corners = np.array([[left, top], [left + 30, top], [left + 30, top + 20], [left, top + 20]])
    return Finding(
        level=level, level_confidence=0.9, confidence=0.9, corners_px=corners,
        mid_endplates_px=None, assessable=True, reasons=(),
        fracture_probability=0.87 if fractured else 0.02, fractured=fractured,
        genant_grade=GenantGrade.MODERATE if fractured else GenantGrade.NORMAL,
        shape=Shape.WEDGE if fractured else Shape.NORMAL, heights_px=heights(corners),
        height_loss=0.31 if fractured else 0.0,
    )  # fmt: skip


def made_reading(film, levels=(Level.L1, Level.L2, Level.L4), fractured=Level.L2, **changes):
    values = {
        "film": film, "posterior_side": "left", "inverted": False, "model": IDENTITY,
        "site": "default", "assessable": True, "reasons": (), "fracture_probability": 0.87,
        "threshold": 0.5, "fractured": True,
        "numbering": Numbering(0.93, "five lumbar bodies", 0),
        "findings": tuple(
            made_finding(level, i, level is fractured) for i, level in enumerate(levels)
        ),
        "warnings": (),
    }  # fmt: skip
    return Reading(**(values | changes))


@dataclass
class FakeNetworks:
    identity: ModelIdentity = IDENTITY


class FakeReader:
    """Reads real files; every readable film has the same findings. ``bad`` names fail."""

    made: ClassVar[list["FakeReader"]] = []

    def __init__(self, site="default", threads=2, weights=None):
        if site not in ("default", "hospital"):
            raise ValueError(f"No site {site!r} is packaged.")
        assert threads >= 1
        self.site, self.threads, self.weights = Site(site), threads, weights
        self.networks = FakeNetworks()
        FakeReader.made.append(self)

    def read(self, path):
        film = load_film(path)
        if path.name.startswith("bad"):
            raise FilmError(Reason.COLOUR, "This is a photograph.")
        if path.name.startswith("crash"):
            raise KeyError("nobody expected this")
        return made_reading(film, site=self.site.name)


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def fake_reader(monkeypatch):
    monkeypatch.setattr("spondyl.read.reader.Reader", FakeReader)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv(DEBUG_VARIABLE, raising=False)
    FakeReader.made.clear()
    return FakeReader


@pytest.fixture
def spondyl(monkeypatch, capsys):
    """Call the program: ``spondyl("read", path)``."""

    def call(*arguments) -> Said:
        monkeypatch.setattr("sys.argv", ["spondyl", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
        said = capsys.readouterr()
        code = leaving.value.code
        return Said(0 if code is None else int(code), said.out, said.err)

    return call


@pytest.fixture
def make_film():
    """Write a small picture with some structure."""

    def make(path, size=(160, 120)):
        path.parent.mkdir(parents=True, exist_ok=True)
        rows, columns = np.mgrid[: size[0], : size[1]]
        picture = 120 + 60 * np.sin(rows / 9) + 40 * np.cos(columns / 7)
        cv2.imwrite(str(path), np.repeat(picture, 1, axis=0).astype(np.uint8))
        return path

    return make
