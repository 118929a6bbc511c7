"""What a DICOM header says of a radiograph: class, spacing, side, grey values. No patient data."""

import re
from collections.abc import Iterable

import numpy as np
from pydicom.dataset import Dataset

from spondyl.film.dicom_grey import GreyHeader, Lut, Window, WindowFunction
from spondyl.film.errors import FilmError, Reason
from spondyl.film.model import Spacing, SpacingSource

CR = "1.2.840.10008.5.1.4.1.1.1"
DX_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
DX_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
XA = "1.2.840.10008.5.1.4.1.1.12.1"
RF = "1.2.840.10008.5.1.4.1.1.12.2"

FILM_CLASSES = frozenset(
    {
        CR,
        DX_PRESENTATION,
        DX_PROCESSING,
        SECONDARY_CAPTURE,
        # Multi-frame Secondary Capture (grey byte, grey word, true colour), if of one frame.
        SECONDARY_CAPTURE + ".2",
        SECONDARY_CAPTURE + ".3",
        SECONDARY_CAPTURE + ".4",
    }
)
FLUOROSCOPY_CLASSES = frozenset({XA, RF})
FILM_MODALITIES = frozenset({"CR", "DX", "RG", "OT", "SC", "XC", "RF", "XA", "HC", "DF", "CF"})

OWN_RESULTS = "SPONDYL"
"""Manufacturer and model name of Spondyl's own results, in upper case."""

CALIBRATED_DIFFERENCE = 1e-3
"""PixelSpacing further from ImagerPixelSpacing than this share was calibrated, not copied."""
SQUARE_TOLERANCE = 0.01
SPACING_RANGE_MM = (0.01, 2.0)
FILM_SIDE_RANGE_MM = (20.0, 2000.0)

FLUOROSCOPY_WARNING = "The file is a fluoroscopy or angiography image, not a plain radiograph."
NO_CLASS_WARNING = "The header does not say what kind of image this is; it was taken for a film."
SPACING_WARNING = "The pixel spacing in the header makes no sense; no millimetres are given."
NOT_SQUARE_WARNING = "The pixels are not square by the header; no millimetres are given."
UPSIDE_DOWN_WARNING = "The header says that the patient's head is at the bottom of the picture."
NOT_LATERAL_WARNING = "The header's patient orientation is not that of an upright lateral film."

_METADATA = (
    "Modality",
    "BodyPartExamined",
    "ViewPosition",
    "PresentationIntentType",
    "PixelIntensityRelationship",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "PixelSpacingCalibrationType",
    "EstimatedRadiographicMagnificationFactor",
)


def text(header: Dataset, keyword: str) -> str:
    """A value as upper-case text; "" if absent or unreadable."""
    try:
        value = header.get(keyword)
    except Exception:  # pydicom converts lazily; what a broken value raises is not documented
        return ""
    return "" if value is None else str(value).strip().upper()


def numbers(header: Dataset, keyword: str) -> tuple[float, ...]:
    """Values as finite numbers; () if absent or any is unreadable."""
    try:
        value = header.get(keyword)
        if value is None or value == "":
            return ()
        values = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
        found = tuple(float(each) for each in values)
    except Exception:  # see text()
        return ()
    return found if all(np.isfinite(found)) else ()


def number(header: Dataset, keyword: str, default: float) -> float:
    """The first value as a number."""
    return next(iter(numbers(header, keyword)), default)


def check_class(header: Dataset) -> tuple[str, ...]:
    """Let radiographs in, with a warning where the class is unusual.

    Raises
    ------
    FilmError
        NOT_A_RADIOGRAPH, NOT_AN_IMAGE.
    """
    sop_class, modality = text(header, "SOPClassUID"), text(header, "Modality")
    if text(header, "Manufacturer") == text(header, "ManufacturerModelName") == OWN_RESULTS:
        # A drawing is a Secondary Capture, as a digitised film is: reading it would read itself.
        raise _not_a_radiograph("a result that Spondyl made of one")
    if sop_class in FILM_CLASSES:
        return ()
    if sop_class in FLUOROSCOPY_CLASSES:
        return (FLUOROSCOPY_WARNING,)
    if not sop_class:
        if not modality or modality in FILM_MODALITIES:
            return (NO_CLASS_WARNING,)
        raise _not_a_radiograph(f"an image of modality {_code(modality) or 'unknown'}")
    if sop_class == "1.2.840.10008.1.3.10":
        raise FilmError(
            Reason.NOT_AN_IMAGE,
            "A radiograph was expected, found a DICOMDIR index; hand in the films it lists.",
        )
    from pydicom.uid import UID

    name = UID(sop_class).name
    raise _not_a_radiograph(name if name != sop_class else "a private or unknown DICOM class")


def _not_a_radiograph(found: str) -> FilmError:
    return FilmError(
        Reason.NOT_A_RADIOGRAPH,
        "A projection radiograph (CR, DX or Secondary Capture) was expected, found "
        f"{found}; hand in the lateral film.",
    )


def grey_header(header: Dataset) -> GreyHeader:
    """Collect what the grey chain needs."""
    return GreyHeader(
        slope=number(header, "RescaleSlope", 1.0),
        intercept=number(header, "RescaleIntercept", 0.0),
        modality_lut=next(iter(_luts(header, "ModalityLUTSequence")), None),
        voi=(*_luts(header, "VOILUTSequence"), *_windows(header)),
        low_is_bright=text(header, "PhotometricInterpretation") == "MONOCHROME1",
        shape=text(header, "PresentationLUTShape"),
        padding=_padding(header),
        for_processing=text(header, "PresentationIntentType") == "FOR PROCESSING"
        or text(header, "SOPClassUID") == DX_PROCESSING,
        relationship=text(header, "PixelIntensityRelationship"),
        sign=int(np.sign(number(header, "PixelIntensityRelationshipSign", 0.0))),
    )


def _windows(header: Dataset) -> tuple[Window, ...]:
    """The first window, if it is usable; further ones are other people's taste."""
    centre, width = number(header, "WindowCenter", 0.0), number(header, "WindowWidth", 0.0)
    if not numbers(header, "WindowCenter") or width <= 0.0:
        return ()
    word = text(header, "VOILUTFunction")
    function = WindowFunction(word) if word in set(WindowFunction) else WindowFunction.LINEAR
    return (Window(centre, width, function),)


def _luts(header: Dataset, keyword: str) -> tuple[Lut, ...]:
    """The first table of a sequence, if it is whole."""
    try:
        item = header[keyword].value[0]
        entries, first, _ = (int(each) for each in item.LUTDescriptor)
        data = item.LUTData
        entries = entries % 65536 or 65536
        if isinstance(data, bytes):
            # OW is in the byte order of the file, and 8-bit tables may be packed in it.
            big_endian = header.original_encoding[1] is False
            wide = len(data) >= 2 * entries
            values = np.frombuffer(data, dtype=(">u2" if big_endian else "<u2") if wide else "u1")
        else:
            values = np.atleast_1d(np.asarray(data, dtype=np.int64))
            if entries > 1 and len(values) == (entries + 1) // 2:
                values = np.frombuffer(values.astype("<u2").tobytes(), dtype="u1")
    except Exception:  # absent, empty or broken: there is no table
        return ()
    if len(values) < entries or not values[:entries].any():
        return ()
    return (Lut(first, values[:entries].astype(np.float64)),)


def _padding(header: Dataset) -> tuple[int, int] | None:
    """PixelPaddingValue and its range limit as stored values."""
    ends = [
        int(number(header, keyword, np.nan))
        for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        if numbers(header, keyword)
    ]
    if not ends or not numbers(header, "PixelPaddingValue"):
        return None
    bits = int(number(header, "BitsAllocated", 16.0))
    if number(header, "PixelRepresentation", 0.0) == 1.0:
        # Often written unsigned although the pixels are signed.
        ends = [end - (1 << bits) if end >= 1 << (bits - 1) else end for end in ends]
    else:
        ends = [end + (1 << bits) if end < 0 else end for end in ends]
    return min(ends), max(ends)


def spacing(
    header: Dataset, height_px: int, width_px: int
) -> tuple[Spacing | None, tuple[str, ...]]:
    """Pixel spacing and where it holds.

    PixelSpacing (0028,0030) is a spacing at the patient only after calibration: said by
    PixelSpacingCalibrationType (0028,0A02), or by differing from ImagerPixelSpacing (0018,1164),
    which is the detector's. A film scanner's NominalScannedPixelSpacing (0018,2010) is one at
    the film, so the detector's too.
    """
    pixel = _pair(header, "PixelSpacing")
    imager = _pair(header, "ImagerPixelSpacing") or _pair(header, "NominalScannedPixelSpacing")
    found = pixel or imager
    if found is None:
        return None, ()
    low, high = SPACING_RANGE_MM
    sides_mm = (found[0] * height_px, found[1] * width_px)
    shortest, longest = FILM_SIDE_RANGE_MM
    if (
        not all(low <= each <= high for each in found)
        or min(sides_mm) < shortest
        or max(sides_mm) > longest
    ):
        return None, (SPACING_WARNING,)
    if abs(found[0] - found[1]) > SQUARE_TOLERANCE * max(found):
        return None, (NOT_SQUARE_WARNING,)
    calibrated = pixel is not None and (
        bool(text(header, "PixelSpacingCalibrationType"))
        or (
            imager is not None
            and max(abs(a / b - 1.0) if b > 0 else 0.0 for a, b in zip(pixel, imager, strict=True))
            > CALIBRATED_DIFFERENCE
        )
    )
    source = SpacingSource.CALIBRATED if calibrated else SpacingSource.DETECTOR
    return Spacing(found[0], found[1], source), ()


def _pair(header: Dataset, keyword: str) -> tuple[float, float] | None:
    found = numbers(header, keyword)
    if text(header, keyword) and len(found) != 2:
        return (0.0, 0.0)  # stated but unreadable: nonsense, not absence
    return (found[0], found[1]) if found else None


def posterior_side(header: Dataset) -> tuple[str | None, tuple[str, ...]]:
    """Side of the picture where the patient's back is, from PatientOrientation (0020,0020).

    Its first value is the direction of a row: "A" says that columns run towards anterior, so
    posterior is left. The second is the direction of a column: "F", the feet, for an upright film.
    """
    words = [word.strip() for word in re.split(r"[\\,\[\]']+", text(header, "PatientOrientation"))]
    words = [word for word in words if word]
    if not words:
        return None, ()
    warnings: tuple[str, ...] = ()
    side = {"A": "left", "P": "right"}.get(words[0][0])
    if side is None or (len(words) > 1 and words[1][0] not in "FH"):
        warnings = (NOT_LATERAL_WARNING,)
        side = None
    elif len(words) > 1 and words[1][0] == "H":
        warnings = (UPSIDE_DOWN_WARNING,)
    return side, warnings


def metadata(header: Dataset, transfer_syntax: str) -> dict[str, str]:
    """Coded attributes by their DICOM keyword; none of them is about the patient."""
    found = {"Format": "dicom", "TransferSyntaxUID": transfer_syntax}
    sop_class = text(header, "SOPClassUID")
    if re.fullmatch(r"[0-9.]{1,64}", sop_class):
        found["SOPClassUID"] = sop_class
    for keyword in _METADATA:
        value = _code(text(header, keyword))
        if value:
            found[keyword] = value
    return found


def _code(value: str) -> str:
    """A value if it has the form of a DICOM code or number, else "": free text may name people."""
    return value if re.fullmatch(r"[A-Z0-9_. +\-]{1,16}", value) else ""
