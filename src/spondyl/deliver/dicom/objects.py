"""What all DICOM results have in common: series, equipment, dates, file."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from spondyl import __version__
from spondyl.anatomy.codes import Code
from spondyl.deliver.dicom.source import Source, source_of
from spondyl.deliver.dicom.uids import Result, derived_uid, instance_uid, series_uid, tracking_uid
from spondyl.deliver.words import NOTICE, plain
from spondyl.files import whole_file
from spondyl.film.quiet import quiet_pydicom
from spondyl.read.model import Finding, Reading

MANUFACTURER = "Spondyl"
MODEL_NAME = "Spondyl"
#: Of the software that encodes the objects; never changes.
IMPLEMENTATION_CLASS_UID = derived_uid("spondyl", "implementation class")
IMPLEMENTATION_VERSION = f"SPONDYL_{__version__}"[:16]
PROCESSING_EQUIPMENT = Code("109102", "DCM", "Processing Equipment")
SOURCE_IMAGE = Code("121322", "DCM", "Source image for image processing operation")

#: Series number and description of each kind. The numbers lie above those that devices give.
SERIES: MappingProxyType[Result, tuple[int, str]] = MappingProxyType(
    {
        Result.REPORT: (9901, "Spondyl report (research)"),
        Result.CAPTURE: (9902, "Spondyl overlay (research)"),
        Result.GREY_CAPTURE: (9903, "Spondyl overlay, grey (research)"),
        Result.PRESENTATION: (9904, "Spondyl annotation (research)"),
        Result.DOCUMENT: (9905, "Spondyl page (research)"),
    }
)


@dataclass(frozen=True)
class Order:
    """One result to make: of what, for which film, when.

    Attributes
    ----------
    reading : Reading
    source : Source
        The film's header.
    made_at : datetime
        When the result was made, in local time; the only thing in which two runs differ.
    """

    reading: Reading
    source: Source
    made_at: datetime

    @cached_property
    def film_uid(self) -> str:
        """SOP Instance UID of the film."""
        return self.source.sop_instance_uid

    def instance_uid(self, kind: Result) -> str:
        """SOP Instance UID of a result."""
        return instance_uid(self.reading, self.film_uid, kind)

    def series_uid(self, kind: Result) -> str:
        """Series Instance UID of a result."""
        return series_uid(self.reading, self.film_uid, kind)

    def tracking_uid(self, name: str) -> str:
        """Tracking UID of a body (its level) or of the film."""
        return tracking_uid(self.reading, self.film_uid, name)

    @property
    def date(self) -> str:
        """Value of a DA attribute."""
        return self.made_at.strftime("%Y%m%d")

    @property
    def time(self) -> str:
        """Value of a TM attribute."""
        return self.made_at.strftime("%H%M%S")


def order(reading: Reading, source: Source | None = None, made_at: datetime | None = None) -> Order:
    """A result to make, its film's header read from the film's file if it is not given.

    Raises
    ------
    DeliverError
        See :func:`spondyl.deliver.dicom.source.source_of`.
    """
    return Order(reading, source or source_of(reading), made_at or datetime.now())


def outline_px(reading: Reading, finding: Finding) -> NDArray[np.float64]:
    """A body's outline in DICOM's pixel coordinates, closed, inside the film.

    DICOM counts from the upper left corner of the upper left pixel (PS3.3 C.18.6.1, C.10.5),
    Spondyl from that pixel's centre. A body that is cut off ends at the film's edge.

    Returns
    -------
    ndarray, shape (5 or 7, 2)
        (column, row); the mid-endplates lie between the corners.
    """
    points = list(finding.corners_px)
    if finding.mid_endplates_px is not None:
        superior, inferior = finding.mid_endplates_px
        points = [points[0], superior, points[1], points[2], inferior, points[3]]
    return np.clip(np.array([*points, points[0]], np.float64) + 0.5, 0, reading.film.size_px)


def code_item(code: Code) -> Dataset:
    """An item of a code sequence."""
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme
    item.CodeMeaning = code.meaning
    return item


def new_dataset(sop_class_uid: str, modality: str) -> FileDataset:
    """An empty result of a class; :func:`finish` gives it the rest."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = UID(sop_class_uid)
    dataset.Modality = modality
    dataset.InstanceNumber = 1
    return dataset


def finish(dataset: Dataset, what: Order, kind: Result) -> None:
    """Give a result its identity, series, equipment, dates, and the film's patient and study."""
    number, description = SERIES[kind]
    reading = what.reading
    dataset.SOPInstanceUID = what.instance_uid(kind)
    dataset.SeriesInstanceUID = what.series_uid(kind)
    dataset.SeriesNumber = number
    dataset.SeriesDescription = description
    dataset.SeriesDate = dataset.InstanceCreationDate = what.date
    dataset.SeriesTime = dataset.InstanceCreationTime = what.time
    if "ContentDate" in dataset or kind is not Result.PRESENTATION:
        dataset.ContentDate, dataset.ContentTime = what.date, what.time
    dataset.Manufacturer = MANUFACTURER
    dataset.ManufacturerModelName = MODEL_NAME
    dataset.DeviceSerialNumber = reading.model.sha256
    dataset.SoftwareVersions = software_versions(reading)
    dataset.ContributingEquipmentSequence = Sequence([_equipment(what)])
    what.source.copy_patient_and_study(dataset)
    meta = dataset.file_meta
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION


def software_versions(reading: Reading) -> list[str]:
    """Of software and networks."""
    return [f"spondyl {__version__}", plain(f"{reading.model.name} {reading.model.version}")]


def _equipment(what: Order) -> Dataset:
    reading = what.reading
    item = Dataset()
    item.Manufacturer = MANUFACTURER
    item.ManufacturerModelName = MODEL_NAME
    item.DeviceSerialNumber = reading.model.sha256
    item.SoftwareVersions = software_versions(reading)
    item.ContributionDateTime = what.date + what.time
    item.ContributionDescription = plain(
        f"Read by neural networks; site {reading.site}, threshold {reading.threshold:.4f}. {NOTICE}"
    )
    item.PurposeOfReferenceCodeSequence = Sequence([code_item(PROCESSING_EQUIPMENT)])
    return item


def film_reference(what: Order) -> Dataset:
    """An item that refers to the film."""
    item = Dataset()
    item.ReferencedSOPClassUID = what.source.sop_class_uid
    item.ReferencedSOPInstanceUID = what.film_uid
    return item


def save(dataset: Dataset, path: Path) -> None:
    """Write a DICOM file (whole or not at all)."""
    with quiet_pydicom, whole_file(path) as half:
        dataset.save_as(half, enforce_file_format=True)
