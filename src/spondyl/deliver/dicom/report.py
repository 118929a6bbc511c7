"""Comprehensive SR by TID 1500: one group per body, one for the film."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ComprehensiveSRStorage

from spondyl import __version__
from spondyl.anatomy import codes
from spondyl.deliver.dicom.objects import (
    MANUFACTURER,
    MODEL_NAME,
    Order,
    film_reference,
    finish,
    new_dataset,
    order,
    save,
)
from spondyl.deliver.dicom.report_groups import body_group, concept, film_group
from spondyl.deliver.dicom.source import Source
from spondyl.deliver.dicom.uids import Result, device_uid
from spondyl.deliver.words import plain
from spondyl.read.model import Reading

if TYPE_CHECKING:
    from highdicom.sr import AlgorithmIdentification, MeasurementReport, ObservationContext


def report(
    reading: Reading, source: Source | None = None, made_at: datetime | None = None
) -> Dataset:
    """A reading as a Comprehensive SR document (TID 1500 Measurement Report).

    Parameters
    ----------
    reading : Reading
    source : Source, optional
        The film's header; read from the film's file by default.
    made_at : datetime, optional
        Now by default.

    Returns
    -------
    Dataset
        Root: "Imaging Measurement Report" with the observing device. A group for the film
        (TID 1501), then one per body (TID 1410). Unverified and preliminary: nobody answers for it.

    Raises
    ------
    DeliverError
        If the film is no DICOM object that belongs to a study.
    """
    what = order(reading, source, made_at)
    document = new_dataset(ComprehensiveSRStorage, "SR")
    document.CompletionFlag = "COMPLETE"
    document.VerificationFlag = "UNVERIFIED"
    document.PreliminaryFlag = "PRELIMINARY"
    document.CurrentRequestedProcedureEvidenceSequence = Sequence([_evidence(what)])
    document.PerformedProcedureCodeSequence = Sequence()
    document.ReferencedPerformedProcedureStepSequence = Sequence()
    document.CodingSchemeIdentificationSequence = Sequence([_private_scheme()])
    # highdicom's own document class copies the whole content, looks through it four times and
    # takes longer for that than the film takes to read.
    document.update(_content(what)[0])
    finish(document, what, Result.REPORT)
    return document


def write_report(reading: Reading, path: Path) -> None:
    """Write ``report`` as a DICOM file (whole or not at all)."""
    save(report(reading), path)


def _content(what: Order) -> "MeasurementReport":
    """The content tree, built and checked by highdicom's templates."""
    from highdicom.sr import MeasurementReport

    reading = what.reading
    algorithm = _algorithm(reading)
    bodies = [body_group(what, finding, algorithm) for finding in reading.findings]
    return MeasurementReport(
        observation_context=_observer(reading),
        procedure_reported=concept(codes.PROJECTION_X_RAY),
        imaging_measurements=[film_group(what, algorithm), *bodies],
    )


def _algorithm(reading: Reading) -> "AlgorithmIdentification":
    from highdicom.sr import AlgorithmIdentification
    from pydicom.sr.codedict import codes as known

    return AlgorithmIdentification(
        name=plain(f"Spondyl, networks {reading.model.name}"),
        version=plain(f"{__version__}, networks {reading.model.version}"),
        family=known.cid7162.ArtificialIntelligence,
        manufacturer=MANUFACTURER,
        parameters=[
            f"networks sha256 {reading.model.sha256}",
            plain(f"site {reading.site} sha256 {reading.site_sha256 or 'unknown'}"),
            f"threshold {reading.threshold:.4f}",
        ],
    )


def _observer(reading: Reading) -> "ObservationContext":
    from highdicom.sr import (
        DeviceObserverIdentifyingAttributes,
        ObservationContext,
        ObserverContext,
    )
    from pydicom.sr.codedict import codes as known

    return ObservationContext(
        observer_device_context=ObserverContext(
            observer_type=known.DCM.Device,
            observer_identifying_attributes=DeviceObserverIdentifyingAttributes(
                uid=device_uid(reading.model),
                name="Spondyl",
                manufacturer_name=MANUFACTURER,
                model_name=MODEL_NAME,
                serial_number=reading.model.sha256,
            ),
        )
    )


def _evidence(what: Order) -> Dataset:
    """The film, as the one image that the content speaks of (PS3.3 C.17.2.3)."""
    series = Dataset()
    series.SeriesInstanceUID = str(what.source.header.SeriesInstanceUID)
    series.ReferencedSOPSequence = Sequence([film_reference(what)])
    study = Dataset()
    study.StudyInstanceUID = str(what.source.header.StudyInstanceUID)
    study.ReferencedSeriesSequence = Sequence([series])
    return study


def _private_scheme() -> Dataset:
    item = Dataset()
    item.CodingSchemeDesignator = codes.PRIVATE_SCHEME.designator
    item.CodingSchemeUID = codes.PRIVATE_SCHEME.uid
    item.CodingSchemeName = codes.PRIVATE_SCHEME.name
    item.CodingSchemeResponsibleOrganization = MANUFACTURER
    return item
