"""Secondary Capture: the film with its findings burnt in, which every viewer shows."""

from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import SecondaryCaptureImageStorage

from spondyl.deliver.dicom.compress import Compression, compress
from spondyl.deliver.dicom.objects import (
    SOURCE_IMAGE,
    Order,
    code_item,
    film_reference,
    finish,
    new_dataset,
    order,
    save,
)
from spondyl.deliver.dicom.source import Source
from spondyl.deliver.dicom.uids import Result
from spondyl.deliver.picture import COLOURS, GREYS, PictureSettings, draw_overlay
from spondyl.deliver.words import NOTICE
from spondyl.read.model import Reading

#: Height of the film in the capture: about the rows of a reading monitor that a viewer leaves.
HEIGHT_PX = 1600


def capture(
    reading: Reading,
    source: Source | None = None,
    made_at: datetime | None = None,
    *,
    grey: bool = False,
    compression: Compression = Compression.NONE,
) -> Dataset:
    """A reading's picture as a Secondary Capture image.

    Parameters
    ----------
    reading : Reading
    source : Source, optional
        The film's header; read from the film's file by default.
    made_at : datetime, optional
        Now by default.
    grey : bool
        MONOCHROME2 instead of RGB; fractured bodies then have wider, brighter outlines.
    compression : Compression
        Of the pixels, without loss.

    Raises
    ------
    DeliverError
        If the film is no DICOM object that belongs to a study.
    """
    what = order(reading, source, made_at)
    palette = GREYS if grey else COLOURS
    picture = draw_overlay(reading, PictureSettings(height_px=HEIGHT_PX, palette=palette))
    dataset = new_dataset(SecondaryCaptureImageStorage, "OT")
    dataset.ConversionType = "WSD"
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.DerivationDescription = f"Film with findings drawn in. {NOTICE}"
    dataset.SourceImageSequence = Sequence([_source_item(what)])
    dataset.BodyPartExamined = "LSPINE"
    _copy_facts(what.source.header, dataset)
    if grey:
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.WindowCenter, dataset.WindowWidth = 128, 256
    else:
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    raw = np.ascontiguousarray(pixels, np.uint8).tobytes()
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    dataset["PixelData"].VR = "OB"
    finish(dataset, what, Result.GREY_CAPTURE if grey else Result.CAPTURE)
    compress(dataset, compression)
    return dataset


def write_capture(
    reading: Reading, path: Path, compression: Compression = Compression.NONE
) -> None:
    """Write ``capture`` in colour as a DICOM file (whole or not at all)."""
    save(capture(reading, compression=compression), path)


def write_grey_capture(
    reading: Reading, path: Path, compression: Compression = Compression.NONE
) -> None:
    """Write ``capture`` in grey as a DICOM file (whole or not at all)."""
    save(capture(reading, grey=True, compression=compression), path)


def _source_item(what: Order) -> Dataset:
    item = film_reference(what)
    item.PurposeOfReferenceCodeSequence = Sequence([code_item(SOURCE_IMAGE)])
    return item


def _copy_facts(film: Dataset, target: Dataset) -> None:
    """What holds of the picture because it holds of the film."""
    # Letters burnt into the film are in the picture, too.
    burnt = str(film.get("BurnedInAnnotation") or "")
    if burnt in ("YES", "NO"):
        target.BurnedInAnnotation = burnt
    # Once lossy, always lossy (PS3.3 C.7.6.1.1.5).
    if str(film.get("LossyImageCompression") or "") == "01":
        for keyword in (
            "LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"
        ):  # fmt: skip
            if film.get(keyword):
                setattr(target, keyword, film[keyword].value)
    orientation = film.get("PatientOrientation")
    known = orientation and len(orientation) == 2
    target.PatientOrientation = list(orientation) if known else None
