"""Measurement groups of the report: the film (TID 1501), a body (TID 1410)."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from spondyl.anatomy import codes
from spondyl.deliver.dicom.objects import Order, outline_px
from spondyl.deliver.observations import (
    Evaluation,
    Quantity,
    body_evaluations,
    body_quantities,
    film_evaluations,
    film_quantities,
)
from spondyl.deliver.words import NOTICE, plain, result_sentence
from spondyl.read.model import Finding

if TYPE_CHECKING:
    from highdicom.sr import (
        AlgorithmIdentification,
        MeasurementsAndQualitativeEvaluations,
        PlanarROIMeasurementsAndQualitativeEvaluations,
    )

FILM = "film"


def film_group(
    what: Order, algorithm: "AlgorithmIdentification"
) -> "MeasurementsAndQualitativeEvaluations":
    """What is said of the film as a whole; comments hold the sentences."""
    from highdicom import sr

    reading = what.reading
    group = sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(what, FILM),
        finding_type=concept(codes.LUMBAR_SPINE),
        finding_category=concept(codes.ANATOMICAL_STRUCTURE),
        finding_sites=[sr.FindingSite(concept(codes.LUMBAR_SPINE))],
        algorithm_id=algorithm,
        measurements=_measurements(film_quantities(reading)),
        qualitative_evaluations=_evaluations(film_evaluations(reading)),
        source_images=[sr.SourceImageForMeasurementGroup(what.source.sop_class_uid, what.film_uid)],
    )
    _comment(group, (NOTICE, result_sentence(reading), reading.numbering.assumption,
                     *reading.warnings))  # fmt: skip
    return group


def body_group(
    what: Order, finding: Finding, algorithm: "AlgorithmIdentification"
) -> "PlanarROIMeasurementsAndQualitativeEvaluations":
    """What is said of one body, with its outline."""
    from highdicom import sr

    film = sr.SourceImageForRegion(what.source.sop_class_uid, what.film_uid)
    group = sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(what, str(finding.level)),
        referenced_region=sr.ImageRegion(
            graphic_type=sr.GraphicTypeValues.POLYLINE,
            graphic_data=outline_px(what.reading, finding),
            source_image=film,
        ),
        finding_type=concept(codes.VERTEBRA),
        finding_category=concept(codes.ANATOMICAL_STRUCTURE),
        finding_sites=[sr.FindingSite(concept(codes.level_code(finding.level)))],
        algorithm_id=algorithm,
        measurements=_measurements(body_quantities(what.reading, finding)),
        qualitative_evaluations=_evaluations(body_evaluations(finding)),
    )
    _comment(group, finding.reasons)
    return group


@cache
def concept(code: codes.Code) -> Any:
    """A code as highdicom takes it: one object for each, not to be changed.

    A document names a few dozen codes some hundred times.
    """
    from highdicom.sr import CodedConcept

    return CodedConcept(code.value, code.scheme, code.meaning)


def _tracking(what: Order, name: str) -> Any:
    from highdicom.sr import TrackingIdentifier

    return TrackingIdentifier(uid=what.tracking_uid(name), identifier=name)


def _measurements(quantities: Iterable[Quantity]) -> list[Any]:
    from highdicom.sr import Measurement

    return [
        Measurement(name=concept(each.name), value=each.value, unit=concept(each.unit))
        for each in quantities
    ]


def _evaluations(evaluations: Iterable[Evaluation]) -> list[Any]:
    from highdicom.sr import QualitativeEvaluation

    return [
        QualitativeEvaluation(name=concept(each.name), value=concept(each.value))
        for each in evaluations
    ]


def _comment(group: Any, sentences: Iterable[str]) -> None:
    """Add sentences to a group (TID 1501 and 1410 may be extended)."""
    from highdicom.sr import RelationshipTypeValues, TextContentItem

    for sentence in sentences:
        if sentence:
            group[0].ContentSequence.append(
                TextContentItem(
                    name=concept(codes.COMMENT),
                    value=plain(sentence),
                    relationship_type=RelationshipTypeValues.CONTAINS,
                )
            )
