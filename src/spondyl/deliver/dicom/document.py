"""Encapsulated PDF: the page for people as a DICOM object."""

from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EncapsulatedPDFStorage

from spondyl.deliver.dicom.objects import film_reference, finish, new_dataset, order, save
from spondyl.deliver.dicom.source import Source
from spondyl.deliver.dicom.uids import Result
from spondyl.deliver.page_pdf import page
from spondyl.read.model import Reading


def document(
    reading: Reading, source: Source | None = None, made_at: datetime | None = None
) -> Dataset:
    """A reading's page as an Encapsulated PDF.

    Parameters
    ----------
    reading : Reading
    source : Source, optional
        The film's header; read from the film's file by default.
    made_at : datetime, optional
        Now by default.

    Raises
    ------
    DeliverError
        If the film is no DICOM object that belongs to a study.
    """
    what = order(reading, source, made_at)
    content = page(reading, what.made_at, what.source.header)
    dataset = new_dataset(EncapsulatedPDFStorage, "DOC")
    dataset.ConversionType = "WSD"
    dataset.AcquisitionDateTime = None
    dataset.BurnedInAnnotation = "YES"
    dataset.SourceInstanceSequence = Sequence([film_reference(what)])
    dataset.DocumentTitle = "Spondyl reading (research use only)"
    dataset.ConceptNameCodeSequence = Sequence()
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    dataset.EncapsulatedDocumentLength = len(content)
    finish(dataset, what, Result.DOCUMENT)
    return dataset


def write_document(reading: Reading, path: Path) -> None:
    """Write ``document`` as a DICOM file (whole or not at all)."""
    save(document(reading), path)
