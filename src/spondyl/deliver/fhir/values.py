"""Codes, numbers and outlines as FHIR R4 values."""

from typing import Any

from spondyl.anatomy import codes
from spondyl.anatomy.codes import SCHEME_URIS, Code
from spondyl.deliver.observations import Evaluation, Quantity
from spondyl.geometry import CORNER_NAMES
from spondyl.read.model import Finding

Value = dict[str, Any]


def codeable(code: Code, text: str | None = None) -> Value:
    """A CodeableConcept."""
    coding = {"system": SCHEME_URIS[code.scheme], "code": code.value, "display": code.meaning}
    return {"coding": [coding], "text": text or code.meaning}


def quantity_component(quantity: Quantity) -> Value:
    """A component with a number."""
    return {
        "code": codeable(quantity.name),
        "valueQuantity": {
            "value": quantity.value,
            "unit": quantity.unit.meaning,
            "system": SCHEME_URIS["UCUM"],
            "code": quantity.unit.value,
        },
    }


def quality_component(evaluation: Evaluation) -> Value:
    """A component with a code."""
    return {
        "code": codeable(evaluation.name),
        "valueCodeableConcept": codeable(evaluation.value),
    }


def body_component(finding: Finding) -> Value:
    """A component with the body's corners, pixels of the film, pixel centres at whole numbers."""
    words = [
        f"{name} {x:.2f} {y:.2f}"
        for name, (x, y) in zip(CORNER_NAMES, finding.corners_px, strict=True)
    ]
    return {"code": codeable(codes.CORNERS), "valueString": "; ".join(words)}
