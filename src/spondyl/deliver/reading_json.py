"""A reading in the form ``spondyl.reading/1``: JSON values, keys in a fixed order."""

import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.files import write_whole
from spondyl.geometry import CORNER_NAMES
from spondyl.read.model import Finding, Reading

SCHEMA = "spondyl.reading/1"
#: A hundredth of a pixel and a hundredth of a percent: beyond what any film tells.
_PIXEL_DIGITS = 2
_SHARE_DIGITS = 4


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """JSON values of a reading; numbers that are not finite become null.

    Coordinates are pixels of the film as it was handed in, x right, y down, pixel centres at whole
    numbers, rounded to 0.01; shares and probabilities are rounded to 0.0001.
    """
    film = reading.film
    spacing = film.spacing
    return {
        "schema": SCHEMA,
        "film": {
            "path": None if film.path is None else str(film.path),
            "sha256": film.sha256,
            "size_px": [int(side) for side in film.size_px],
            "posterior_side": reading.posterior_side,
            "inverted": reading.inverted,
            "spacing_mm": None if spacing is None else [spacing.row_mm, spacing.column_mm],
            "spacing_source": None if spacing is None else str(spacing.source),
        },
        "model": {
            "name": reading.model.name,
            "version": reading.model.version,
            "sha256": reading.model.sha256,
        },
        "site": reading.site,
        "assessable": reading.assessable,
        "reasons": list(reading.reasons),
        "fracture_probability": _share(reading.fracture_probability),
        "threshold": _share(reading.threshold),
        "fractured": reading.fractured,
        "numbering": {
            "confidence": _share(reading.numbering.confidence),
            "assumption": reading.numbering.assumption,
            "alternative_shift": int(reading.numbering.alternative_shift),
        },
        "vertebrae": [_finding(finding) for finding in reading.findings],
        "warnings": list(reading.warnings),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    mids, size = finding.mid_endplates_px, finding.heights_px
    return {
        "level": str(finding.level),
        "level_confidence": _share(finding.level_confidence),
        "confidence": _share(finding.confidence),
        "corners_px": {
            name: _point(corner)
            for name, corner in zip(CORNER_NAMES, finding.corners_px, strict=True)
        },
        "mid_endplates_px": None
        if mids is None
        else {"superior": _point(mids[0]), "inferior": _point(mids[1])},
        "assessable": finding.assessable,
        "reasons": list(finding.reasons),
        "fracture_probability": _share(finding.fracture_probability),
        "fractured": finding.fractured,
        "genant_grade": None if finding.genant_grade is None else int(finding.genant_grade),
        "shape": None if finding.shape is None else str(finding.shape),
        "heights_px": None
        if size is None
        else {
            "anterior": _pixels(size.anterior),
            "middle": _pixels(size.middle),
            "posterior": _pixels(size.posterior),
        },
        "height_loss": None if finding.height_loss is None else _share(finding.height_loss),
    }


def _rounded(value: float, digits: int) -> float | None:
    number = float(value)
    return round(number, digits) if math.isfinite(number) else None


def _share(value: float) -> float | None:
    return _rounded(value, _SHARE_DIGITS)


def _pixels(value: float) -> float | None:
    return _rounded(value, _PIXEL_DIGITS)


def _point(point: NDArray[np.float64]) -> list[float | None]:
    return [_pixels(value) for value in point]


def write_reading_json(reading: Reading, path: Path) -> None:
    """Write a reading as a JSON file (whole or not at all)."""
    text = json.dumps(reading_to_json(reading), indent=1, allow_nan=False, ensure_ascii=False)
    write_whole(path, text + "\n")


def reading_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``spondyl.reading/1``."""
    text = (files("spondyl.deliver") / "reading.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
