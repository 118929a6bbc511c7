"""What a reading observes, coded: one list that the DICOM report and FHIR are both written from."""

from dataclasses import dataclass

import numpy as np

from spondyl.anatomy import LEVELS, codes
from spondyl.anatomy.codes import Code
from spondyl.film.model import SpacingSource
from spondyl.geometry import Heights, heights
from spondyl.read.model import Finding, Reading

_DIGITS = 4
_LENGTH_DIGITS = 2


@dataclass(frozen=True)
class Quantity:
    """A measured number: name, value, unit."""

    name: Code
    value: float
    unit: Code


@dataclass(frozen=True)
class Evaluation:
    """A judged quality: name and coded value."""

    name: Code
    value: Code


def film_quantities(reading: Reading) -> list[Quantity]:
    """Numbers of the film as a whole."""
    confidence = reading.numbering.confidence
    return [
        _share(codes.PROBABILITY, reading.fracture_probability),
        _share(codes.THRESHOLD, reading.threshold),
        *([_share(codes.NUMBERING_CONFIDENCE, confidence)] if np.isfinite(confidence) else []),
    ]


def film_evaluations(reading: Reading) -> list[Evaluation]:
    """Whether the film could be judged, and whether it shows a fracture."""
    found = fracture_state(reading.assessable, reading.fractured)
    return [
        Evaluation(codes.ASSESSABLE, codes.YES if reading.assessable else codes.NO),
        Evaluation(codes.VERTEBRAL_COMPRESSION_FRACTURE, found),
    ]


def fracture_state(assessable: bool, fractured: bool) -> Code:
    """Present, absent, or indeterminate where it could not be judged."""
    if not assessable:
        return codes.INDETERMINATE
    return codes.PRESENT if fractured else codes.ABSENT


def body_quantities(reading: Reading, finding: Finding) -> list[Quantity]:
    """Numbers of one body. Millimetres only where the film is calibrated at the patient."""
    found = []
    if finding.assessable:
        found.append(_share(codes.PROBABILITY, finding.fracture_probability))
    found += [
        _share(codes.LEVEL_CONFIDENCE, finding.level_confidence),
        _share(codes.BODY_CONFIDENCE, finding.confidence),
    ]
    size = finding.heights_px
    if size is not None:
        found += _heights(size, codes.PIXELS)
        size_mm = heights_mm(reading, finding)
        if size_mm is not None:
            found += _heights(size_mm, codes.MILLIMETRE)
        if size.posterior > 0:
            found += [
                Quantity(codes.ANTERIOR_RATIO, round(size.anterior_posterior, _DIGITS),
                         codes.RATIO),
                Quantity(codes.MIDDLE_RATIO, round(size.middle_posterior, _DIGITS), codes.RATIO),
            ]  # fmt: skip
    if finding.height_loss is not None:
        loss = round(100 * finding.height_loss, _DIGITS - 2)
        found.append(Quantity(codes.HEIGHT_LOSS, loss, codes.PERCENT))
    return [quantity for quantity in found if np.isfinite(quantity.value)]


def body_evaluations(finding: Finding) -> list[Evaluation]:
    """What is judged of one body; nothing of levels where fractures do not occur (S1)."""
    if not LEVELS[finding.level].judged:
        return []
    found = [
        Evaluation(codes.ASSESSABLE, codes.YES if finding.assessable else codes.NO),
        Evaluation(
            codes.VERTEBRAL_COMPRESSION_FRACTURE,
            fracture_state(finding.assessable, finding.fractured),
        ),
    ]
    if finding.genant_grade is not None:
        found.append(Evaluation(codes.GENANT_GRADE, codes.GRADE_CODES[finding.genant_grade]))
    if finding.shape is not None:
        found.append(Evaluation(codes.DEFORMITY_SHAPE, codes.SHAPE_CODES[finding.shape]))
    return found


def heights_mm(reading: Reading, finding: Finding) -> Heights | None:
    """Heights at the patient, mm; None unless the film is calibrated there."""
    spacing = reading.film.spacing
    if (
        spacing is None
        or spacing.source is not SpacingSource.CALIBRATED
        or finding.heights_px is None
    ):
        return None
    points = finding.corners_px
    if finding.mid_endplates_px is not None:
        points = np.vstack([points, finding.mid_endplates_px])
    return heights(points * [spacing.column_mm, spacing.row_mm])


def _share(name: Code, value: float) -> Quantity:
    return Quantity(name, round(float(value), _DIGITS), codes.NO_UNITS)


def _heights(size: Heights, unit: Code) -> list[Quantity]:
    named = (
        (codes.ANTERIOR_HEIGHT, size.anterior),
        (codes.MIDDLE_HEIGHT, size.middle),
        (codes.POSTERIOR_HEIGHT, size.posterior),
    )
    return [Quantity(name, round(float(value), _LENGTH_DIGITS), unit) for name, value in named]
