"""Small valid DICOM radiographs from pixels: for simulated films and tests.

Not for clinical pictures: there is no patient in the objects but the one named by the caller.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydicom import uid
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, generate_uid

from spondyl.film.dicom_header import (
    CR,
    DX_PRESENTATION,
    DX_PROCESSING,
    SECONDARY_CAPTURE,
)

PRESENTATION, PROCESSING = "FOR PRESENTATION", "FOR PROCESSING"
_CLASSES = {
    ("CR", PRESENTATION): CR,
    ("CR", PROCESSING): CR,
    ("DX", PRESENTATION): DX_PRESENTATION,
    ("DX", PROCESSING): DX_PROCESSING,
    ("SC", PRESENTATION): SECONDARY_CAPTURE,
}
_SPACING_TAGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
_LOSSY: dict[str, dict[str, Any]] = {
    uid.JPEG2000: {"j2k_psnr": [60]},
    uid.JPEGLSNearLossless: {"jls_error": 2},
}
_DATE, _TIME = "20000101", "120000"


def write_film_dicom(path: Path, pixels: ArrayLike, **settings: Any) -> FileDataset:
    """Write a film as a DICOM file.

    Parameters
    ----------
    path : Path
    pixels : array, shape (height, width)
        0..1, dense bone bright.
    **settings
        As in :func:`film_dataset`.

    Returns
    -------
    FileDataset
        What was written.
    """
    dataset = film_dataset(pixels, **settings)
    dataset.save_as(path, enforce_file_format=True)
    return dataset


def film_dataset(
    pixels: ArrayLike,
    *,
    modality: str = "DX",
    photometric: str = "MONOCHROME2",
    bits: int = 12,
    signed: bool = False,
    spacing_mm: tuple[float, float] | None = None,
    spacing_tag: str = "ImagerPixelSpacing",
    calibrated: bool = False,
    orientation: tuple[str, str] | None = None,
    transfer_syntax: str = uid.ExplicitVRLittleEndian,
    presentation: str = PRESENTATION,
    patient_id: str = "SIMULATED",
    patient_name: str = "Simulated^Film",
    seed: str | None = None,
) -> FileDataset:
    """Make a DICOM radiograph in memory.

    A DX film is whole by the standard where it has ``ImagerPixelSpacing`` and an orientation, and
    its pixels are not signed; other films are so in every setting. Films that leave these out are
    found in archives, too.

    Parameters
    ----------
    pixels : array, shape (height, width)
        0..1, dense bone bright. Clipped to that range.
    modality : "CR", "DX" or "SC"
    photometric : "MONOCHROME1" or "MONOCHROME2"
        MONOCHROME1 stores the pixels inverted, so that the displayed film is the same.
    bits : int
        Bits stored, 8..16; 8 are stored in one byte, others in two.
    signed : bool
        Store values lowered by half the range, as two's complement.
    spacing_mm : (row, column) or None
    spacing_tag : str
        PixelSpacing, ImagerPixelSpacing or NominalScannedPixelSpacing.
    calibrated : bool
        With PixelSpacing: add PixelSpacingCalibrationType GEOMETRY.
    orientation : (row, column) or None
        PatientOrientation, such as ("A", "F") for posterior left.
    transfer_syntax : str
        UID; native, deflated, RLE, JPEG-LS or JPEG 2000.
    presentation : "FOR PRESENTATION" or "FOR PROCESSING"
    patient_id, patient_name : str
    seed : str or None
        The same seed gives the same UIDs; None gives fresh ones.

    Returns
    -------
    FileDataset

    Raises
    ------
    ValueError
        For a setting out of the above.
    """
    grey = np.clip(np.asarray(pixels, dtype=np.float64), 0.0, 1.0)
    if grey.ndim != 2:
        raise ValueError(f"A film needs shape (height, width), found {grey.shape}.")
    if not 8 <= bits <= 16:
        raise ValueError(f"Bits stored need to be 8..16, found {bits}.")
    if photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise ValueError(f"MONOCHROME1 or MONOCHROME2 was expected, found {photometric!r}.")
    if (modality, presentation) not in _CLASSES:
        raise ValueError(
            f"One of {sorted(_CLASSES)} was expected, found {modality!r}, {presentation!r}."
        )
    if spacing_tag not in _SPACING_TAGS:
        raise ValueError(
            f"A spacing tag among {_SPACING_TAGS} was expected, found {spacing_tag!r}."
        )
    dataset = _envelope(_CLASSES[modality, presentation], seed)
    _patient_and_study(dataset, modality, patient_id, patient_name, seed)
    _image(dataset, modality, photometric, bits, signed, presentation)
    dataset.PatientOrientation = list(orientation) if orientation else None
    if spacing_mm is not None:
        setattr(dataset, spacing_tag, [f"{each:.6g}" for each in spacing_mm])
        if calibrated and spacing_tag == "PixelSpacing":
            dataset.PixelSpacingCalibrationType = "GEOMETRY"
            dataset.PixelSpacingCalibrationDescription = "simulated"
    stored = _stored(grey, bits, signed, inverted=photometric == "MONOCHROME1")
    dataset.Rows, dataset.Columns = stored.shape
    _encode(dataset, stored, UID(transfer_syntax))
    return dataset


def _envelope(sop_class: str, seed: str | None) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = _uid(seed, "instance")
    meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    meta.ImplementationClassUID = _uid("spondyl", "implementation")
    meta.ImplementationVersionName = "SPONDYL"
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    return dataset


def _uid(seed: str | None, part: str) -> UID:
    """A fresh UID, or the one that belongs to a seed."""
    return generate_uid(entropy_srcs=None if seed is None else [seed, part])


def _patient_and_study(
    dataset: Dataset, modality: str, patient_id: str, patient_name: str, seed: str | None
) -> None:
    dataset.PatientID, dataset.PatientName = patient_id, patient_name
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.StudyInstanceUID = _uid(seed, "study")
    dataset.SeriesInstanceUID = _uid(seed, "series")
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = dataset.AcquisitionDate = _DATE
    dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = dataset.AcquisitionTime = _TIME
    dataset.StudyID, dataset.AccessionNumber, dataset.ReferringPhysicianName = "1", "", ""
    dataset.SeriesNumber = dataset.InstanceNumber = 1
    dataset.Manufacturer = "Spondyl"
    # The Modality of a Secondary Capture is that of its origin.
    dataset.Modality = "OT" if modality == "SC" else modality
    dataset.BodyPartExamined = "LSPINE"


def _image(
    dataset: Dataset, modality: str, photometric: str, bits: int, signed: bool, presentation: str
) -> None:
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated = 8 if bits == 8 else 16
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelRepresentation = int(signed)
    dataset.BurnedInAnnotation = "NO"
    if modality == "SC":
        dataset.ConversionType = "SYN"
        return
    dataset.ViewPosition = "LL"
    if modality == "CR":
        dataset.PlateType = dataset.CassetteOrientation = ""
        return
    dataset.PresentationIntentType = presentation
    dataset.PresentationLUTShape = "INVERSE" if photometric == "MONOCHROME1" else "IDENTITY"
    dataset.PixelIntensityRelationship = "LOG"
    # Bone lets few X-rays through: where stored bone is low, higher values mean more X-rays.
    dataset.PixelIntensityRelationshipSign = 1 if photometric == "MONOCHROME1" else -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
    dataset.LossyImageCompression = "00"
    dataset.ImageLaterality = "U"
    dataset.DetectorType = ""
    dataset.AcquisitionContextSequence = Sequence()
    dataset.AnatomicRegionSequence = Sequence([_code("122496007", "SCT", "Lumbar spine")])
    dataset.PositionerType = "NONE"
    dataset.ViewCodeSequence = Sequence([_code("399173006", "SCT", "left lateral")])
    dataset.ViewCodeSequence[0].ViewModifierCodeSequence = Sequence()
    if presentation == PRESENTATION:
        span = 1 << bits
        dataset.WindowCenter = 0 if signed else span // 2
        dataset.WindowWidth = span


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _stored(
    grey: NDArray[np.float64], bits: int, signed: bool, *, inverted: bool
) -> NDArray[np.integer]:
    top = (1 << bits) - 1
    values = np.rint((1.0 - grey if inverted else grey) * top).astype(np.int64)
    if signed:
        values -= 1 << (bits - 1)
        return values.astype(np.int8 if bits == 8 else np.int16)
    return values.astype(np.uint8 if bits == 8 else np.uint16)


def _encode(dataset: FileDataset, stored: NDArray[np.integer], syntax: UID) -> None:
    if not syntax.is_encapsulated:
        order = stored.dtype.newbyteorder("<" if syntax.is_little_endian else ">")
        raw = stored.astype(order).tobytes()
        dataset.PixelData = raw + b"\0" * (len(raw) % 2)
        dataset["PixelData"].VR = "OB" if stored.dtype.itemsize == 1 else "OW"
        dataset.file_meta.TransferSyntaxUID = syntax
    else:
        if syntax in _LOSSY:
            dataset.LossyImageCompression = "01"
        dataset.compress(syntax, arr=stored, generate_instance_uid=False, **_LOSSY.get(syntax, {}))
    dataset.set_original_encoding(syntax.is_implicit_VR, syntax.is_little_endian)
