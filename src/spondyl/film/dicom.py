"""DICOM radiographs become a film: header, admission, pixels, grey chain."""

from io import BytesIO
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.pixels.processing import apply_color_lut

from spondyl.film import dicom_header
from spondyl.film.checks import check_size
from spondyl.film.colour import grey_of_colour
from spondyl.film.deflated import check_deflated, damaged_header
from spondyl.film.dicom_grey import Rendered, render
from spondyl.film.dicom_pixels import decode_stored
from spondyl.film.errors import FilmError, Reason
from spondyl.film.model import Film
from spondyl.film.picture import full_scale
from spondyl.film.picture_headers import truncated
from spondyl.film.quiet import quiet_pydicom

ASPECT_WARNING = "The pixels are not square by the header; the picture was read as if they were."
GREY_PHOTOMETRIC = frozenset({"MONOCHROME1", "MONOCHROME2"})


def read_dicom(data: bytes) -> Film:
    """Read a DICOM file, with or without preamble and file meta information.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    Film
        Without path and checksum.

    Raises
    ------
    FilmError
    """
    with quiet_pydicom:
        check_deflated(data)
        header = _read(data, stop_before_pixels=True)
        warnings = dicom_header.check_class(header)
        height, width = _size(header)
        dataset = _read(data, stop_before_pixels=False)
        syntax = _transfer_syntax(dataset)
        stored = decode_stored(dataset, syntax, height, width)
        rendered = _render(stored, dataset)
        spacing, spacing_warnings = dicom_header.spacing(header, height, width)
        side, side_warnings = dicom_header.posterior_side(header)
        aspect = dicom_header.numbers(header, "PixelAspectRatio")
        if len(aspect) == 2 and aspect[0] != aspect[1] and spacing is None:
            spacing_warnings += (ASPECT_WARNING,)
        return Film(
            pixels=rendered.pixels,
            spacing=spacing,
            header_inverted=rendered.inverted,
            header_posterior_side=side,
            warnings=warnings + rendered.warnings + spacing_warnings + side_warnings,
            metadata=dicom_header.metadata(header, str(syntax)),
        )


def _read(data: bytes, *, stop_before_pixels: bool) -> FileDataset:
    try:
        dataset = pydicom.dcmread(BytesIO(data), stop_before_pixels=stop_before_pixels, force=True)
        # Elements are converted when first used; an empty set is how plain text parses.
        readable = any(keyword in dataset for keyword in ("SOPClassUID", "Rows", "Modality"))
    except Exception:  # broken files make pydicom raise nearly anything, and may quote values
        raise damaged_header() from None
    if not readable:
        if data[128:132] == b"DICM":
            media = dicom_header.text(dataset.file_meta, "MediaStorageSOPClassUID")
            if len(dataset) == 0 or media in dicom_header.FILM_CLASSES:
                raise truncated("a DICOM file cut off in its header")
            raise FilmError(
                Reason.NOT_AN_IMAGE,
                "A DICOM image was expected, found a DICOM object of another kind; hand in the "
                "film itself.",
            )
        raise FilmError(
            Reason.NOT_AN_IMAGE,
            "A DICOM file, PNG, JPEG or TIFF was expected, found data of an unknown kind; hand in "
            "the film itself.",
        )
    return dataset


def _size(header: Dataset) -> tuple[int, int]:
    """(height, width) in pixels, after all that can be refused without decoding."""
    frames = dicom_header.number(header, "NumberOfFrames", 1.0)
    if frames > 1:
        raise FilmError(
            Reason.MULTI_FRAME,
            f"One frame was expected, found {frames:.0f}; export the frame to be read as a single "
            "image.",
        )
    height = int(dicom_header.number(header, "Rows", 0.0))
    width = int(dicom_header.number(header, "Columns", 0.0))
    if height <= 0 or width <= 0:
        raise truncated("a DICOM header without the size of the picture")
    check_size(width, height)
    return height, width


def _transfer_syntax(dataset: FileDataset) -> uid.UID:
    """The stated transfer syntax, or for a bare data set the one it was parsed with."""
    meta = getattr(dataset, "file_meta", FileMetaDataset())
    stated = dicom_header.text(meta, "TransferSyntaxUID")
    if stated:
        return uid.UID(stated)
    implicit, little = dataset.original_encoding
    if implicit:
        found = uid.ImplicitVRLittleEndian
    else:
        found = uid.ExplicitVRLittleEndian if little is not False else uid.ExplicitVRBigEndian
    if not hasattr(dataset, "file_meta"):
        dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = found
    return found


def _render(stored: NDArray[Any], dataset: Dataset) -> Rendered:
    photometric = dicom_header.text(dataset, "PhotometricInterpretation")
    warnings: tuple[str, ...] = ()
    if stored.ndim == 2 and photometric == "PALETTE COLOR":
        try:
            stored = apply_color_lut(stored, dataset)
        except Exception:  # tables missing or of the wrong length
            raise FilmError(
                Reason.UNREADABLE,
                "A palette was expected, found none that fits; export the film in grey.",
            ) from None
    if stored.ndim == 3:
        if stored.dtype.kind != "u" or stored.dtype.itemsize > 2:
            raise FilmError(
                Reason.UNSUPPORTED,
                "Colour channels of 8 or 16 bits were expected, found others; export in grey.",
            )
        stored, warnings = grey_of_colour(stored[:, :, :3], float(full_scale(int(stored.max()))))
    elif photometric not in GREY_PHOTOMETRIC | {"PALETTE COLOR", ""}:
        raise FilmError(
            Reason.UNSUPPORTED,
            "Grey pixels were expected, found colour words with a single channel; export in grey.",
        )
    if stored.dtype.kind not in "iu":
        raise FilmError(
            Reason.UNSUPPORTED,
            "Whole numbers as pixels were expected, found others; export the film again.",
        )
    rendered = render(np.asarray(stored), dicom_header.grey_header(dataset))
    return Rendered(rendered.pixels, rendered.inverted, warnings + rendered.warnings)
