"""Labels, findings and readings made up for tests: a straight column of square bodies."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from spondyl.anatomy import GenantGrade, Level, Status
from spondyl.evaluate.outcome import FilmCall
from spondyl.geometry import CORNER_NAMES, heights
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.read.model import Finding

COLUMN = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)
SIDE = 40.0
STEP = 50.0


def quad(index: int, shift: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """The body at a place of the column, posterior left."""
    left, top = 100.0 + shift[0], 20.0 + STEP * index + shift[1]
    return np.array(
        [[left, top], [left + SIDE, top], [left + SIDE, top + SIDE], [left, top + SIDE]]
    )


def truth(level: Level, index: int, status: Status = Status.NORMAL, **known: Any) -> VertebraLabel:
    return VertebraLabel(level, quad(index), status=status, **known)


def label(
    name: str = "a.png", statuses: dict[Level, Status] | None = None, patient: str | None = None
) -> FilmLabel:
    statuses = statuses or {}
    bodies = {
        level: truth(level, i, statuses.get(level, Status.NORMAL)) for i, level in enumerate(COLUMN)
    }
    return FilmLabel(name, (400, 400), "left", bodies, patient=patient)


def finding(level: Level, corners: np.ndarray, probability: float = 0.1, **said: Any) -> Finding:
    fractured = said.pop("fractured", probability >= 0.5)
    return Finding(
        level=level,
        level_confidence=0.9,
        confidence=0.95,
        corners_px=corners,
        mid_endplates_px=said.pop("mids", None),
        assessable=said.pop("assessable", True),
        reasons=(),
        fracture_probability=probability,
        fractured=fractured,
        genant_grade=said.pop("grade", GenantGrade.NORMAL),
        shape=None,
        heights_px=heights(corners),
        height_loss=said.pop("loss", None),
    )


def call(*findings: Finding, **said: Any) -> FilmCall:
    top = max((f.fracture_probability for f in findings), default=0.0)
    values: dict[str, Any] = {
        "fracture_probability": top,
        "fractured": top >= 0.5,
        "assessable": True,
        "numbering_confidence": 0.9,
        "posterior_side": "left",
    }
    return FilmCall(findings=findings, **(values | said))


def right_call(probabilities: dict[Level, float] | None = None) -> FilmCall:
    """All bodies found and named right."""
    probabilities = probabilities or {}
    return call(
        *(finding(level, quad(i), probabilities.get(level, 0.1)) for i, level in enumerate(COLUMN))
    )


def reading_json(said: FilmCall, sha256: str = "abc") -> dict[str, Any]:
    """A call in the form ``spondyl.reading/1``."""
    return {
        "schema": "spondyl.reading/1",
        "film": {
            "path": "a.png", "sha256": "", "size_px": [400, 400], "inverted": False,
            "posterior_side": said.posterior_side, "spacing_mm": None, "spacing_source": None,
        },
        "model": {"name": "test", "version": "1", "sha256": sha256},
        "site": "default",
        "assessable": said.assessable,
        "reasons": [],
        "fracture_probability": said.fracture_probability,
        "threshold": 0.5,
        "fractured": said.fractured,
        "numbering": {
            "confidence": said.numbering_confidence, "assumption": "", "alternative_shift": 0
        },
        "vertebrae": [
            {
                "level": str(f.level), "level_confidence": f.level_confidence,
                "confidence": f.confidence,
                "corners_px": dict(zip(CORNER_NAMES, f.corners_px.tolist(), strict=True)),
                "mid_endplates_px": None, "assessable": f.assessable, "reasons": [],
                "fracture_probability": f.fracture_probability, "fractured": f.fractured,
                "genant_grade": None if f.genant_grade is None else int(f.genant_grade),
                "shape": None,
                "heights_px": {"anterior": SIDE, "middle": SIDE, "posterior": SIDE},
                "height_loss": f.height_loss,
            }
            for f in said.findings
        ],
        "warnings": [],
    }  # fmt: skip


def write_set(folder: Path, labels: list[FilmLabel], note: str = "") -> Path:
    """A data set whose films are small grey pictures."""
    import cv2

    from spondyl.labels import save_dataset

    folder.mkdir(parents=True, exist_ok=True)
    ramp = np.tile(np.linspace(20, 230, 400).astype(np.uint8), (400, 1))
    for one in labels:
        cv2.imwrite(str(folder / one.name), ramp)
    save_dataset(folder, labels, note)
    return folder


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
