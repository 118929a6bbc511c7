"""Pixel data of a DICOM data set to stored values, whatever the transfer syntax."""

from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder

from spondyl.film.dicom_header import number, text
from spondyl.film.errors import FilmError, Reason
from spondyl.film.picture_headers import jpeg2000_header, jpeg_header, truncated
from spondyl.film.quiet import quiet_codecs

JPEG_SYNTAXES = frozenset(
    {
        uid.JPEGBaseline8Bit,
        uid.JPEGExtended12Bit,
        uid.JPEGLossless,
        uid.JPEGLosslessSV1,
        uid.JPEGLSLossless,
        uid.JPEGLSNearLossless,
    }
)
JPEG2000_SYNTAXES = frozenset(
    {
        uid.JPEG2000Lossless,
        uid.JPEG2000,
        uid.HTJ2KLossless,
        uid.HTJ2KLosslessRPCL,
        uid.HTJ2K,
    }
)
_LOSSLESS_PROCESS, _JPEG_LS_PROCESS = (0xC3,), (0xF7,)
_PROCESSES: dict[str, tuple[tuple[int, ...], Collection[int]]] = {
    uid.JPEGBaseline8Bit: ((0xC0, 0xC1), (8,)),
    uid.JPEGExtended12Bit: ((0xC0, 0xC1), (8, 12)),
    uid.JPEGLossless: (_LOSSLESS_PROCESS, range(2, 17)),
    uid.JPEGLosslessSV1: (_LOSSLESS_PROCESS, range(2, 17)),
    uid.JPEGLSLossless: (_JPEG_LS_PROCESS, range(2, 17)),
    uid.JPEGLSNearLossless: (_JPEG_LS_PROCESS, range(2, 17)),
}
_OPENJPEG_AND_RLE = JPEG2000_SYNTAXES | {uid.RLELossless}
_PLUGINS = ("pyjpegls", "gdcm", "pydicom", "pylibjpeg", "pillow")


def decode_stored(dataset: Dataset, syntax: uid.UID, height_px: int, width_px: int) -> NDArray[Any]:
    """Decode the only frame.

    Returns
    -------
    ndarray, shape (height, width) or (height, width, 3)
        Stored values with sign extended; three channels are red, green, blue.

    Raises
    ------
    FilmError
        TRUNCATED, NO_DECODER, UNREADABLE.
    """
    if not isinstance(_pixel_data(dataset), bytes):
        raise truncated("a DICOM header whose pixel data are missing or cut off")
    if not syntax.is_transfer_syntax:
        raise _no_decoder(syntax)
    if syntax.is_encapsulated:
        _check_stream(dataset, syntax, height_px, width_px)
    else:
        _check_length(dataset, height_px, width_px)
    stored = _decode(dataset, syntax)
    if stored.shape[:2] != (height_px, width_px):
        raise _mismatch(stored.shape[1], stored.shape[0], width_px, height_px)
    return stored


def _pixel_data(dataset: Dataset) -> object:
    """The bytes of the pixels; None if there are none."""
    try:
        return dataset.PixelData or None
    except Exception:  # absent, or of a damaged kind: pydicom converts when asked
        return None


def _check_length(dataset: Dataset, height_px: int, width_px: int) -> None:
    samples = int(number(dataset, "SamplesPerPixel", 1.0))
    bits = int(number(dataset, "BitsAllocated", 16.0))
    # Subsampled YBR stores two samples per pixel instead of three.
    if text(dataset, "PhotometricInterpretation") == "YBR_FULL_422":
        samples = 2
    expected = height_px * width_px * samples * bits // 8
    if len(dataset.PixelData) < expected:
        raise truncated(f"{len(dataset.PixelData)} bytes of pixels instead of {expected}")


def _first_frame(dataset: Dataset) -> bytes:
    try:
        return get_frame(dataset.PixelData, 0, number_of_frames=1)
    except Exception as error:  # pydicom raises several kinds for broken fragments
        raise truncated("compressed pixel data whose fragments are broken") from error


def _check_stream(dataset: Dataset, syntax: uid.UID, height_px: int, width_px: int) -> None:
    """Refuse streams cut off (decoders may fill in grey) or at odds with the header.

    Decoders written in C trust one or the other; where they differ, some of them crash.
    """
    stream = _first_frame(dataset)
    if syntax in JPEG_SYNTAXES:
        found = jpeg_header(stream)
    elif syntax in JPEG2000_SYNTAXES:
        found = jpeg2000_header(stream)
    else:
        return
    if (found.height_px, found.width_px) != (height_px, width_px):
        raise _mismatch(found.width_px, found.height_px, width_px, height_px)
    processes, depths = _PROCESSES.get(syntax, ((0,), range(1, 17)))
    if (
        found.process not in processes
        or found.bits not in depths
        or found.bits > int(number(dataset, "BitsAllocated", 16.0))
        or found.channels != int(number(dataset, "SamplesPerPixel", 1.0))
    ):
        raise FilmError(
            Reason.UNREADABLE,
            f"Pixel data in {syntax.name} were expected, found a stream of {found.channels} "
            f"channels of {found.bits} bits that does not fit the header; export the film again.",
        )


def _mismatch(width: int, height: int, width_px: int, height_px: int) -> FilmError:
    return FilmError(
        Reason.UNREADABLE,
        f"Pixel data of {width_px} x {height_px} pixels were expected from the header, found "
        f"{width} x {height}; export the film again.",
    )


def _decode(dataset: Dataset, syntax: uid.UID) -> NDArray[Any]:
    shift = _unused_low_bits(dataset, syntax)
    options: dict[str, Any] = {"correct_unused_bits": shift == 0}
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise _no_decoder(syntax) from None
    plugins: list[str] = [""]
    if syntax.is_encapsulated:
        # OpenJPEG and the compiled RLE decoder first; GDCM for the rest of the JPEG family.
        preferred = ("pylibjpeg", *_PLUGINS) if syntax in _OPENJPEG_AND_RLE else _PLUGINS
        plugins = [each for each in preferred if each in decoder.available_plugins]
        if syntax in JPEG2000_SYNTAXES:
            # GDCM holds OpenJPEG, too, and ends the process where colours are announced and none
            # are there.
            plugins = [each for each in plugins if each != "gdcm"]
        plugins = list(dict.fromkeys(plugins))
    if syntax == uid.JPEGExtended12Bit and number(dataset, "BitsStored", 8.0) > 8.0:
        by_gdcm = _decode_extended(dataset)
        if by_gdcm is not None:
            return by_gdcm
    failure: BaseException | None = None
    for plugin in plugins:
        try:
            with quiet_codecs if syntax.is_encapsulated else nullcontext():
                stored, _ = decoder.as_array(dataset, index=0, decoding_plugin=plugin, **options)
            return _shifted(stored, shift, dataset) if shift else stored
        except (KeyboardInterrupt, SystemExit):
            raise
        # Codecs raise what they like (panics of Rust are no Exception); the next one may do.
        except BaseException as error:
            failure = failure or error
    if failure is None or (syntax.is_encapsulated and isinstance(failure, NotImplementedError)):
        raise _no_decoder(syntax)
    raise FilmError(
        Reason.UNREADABLE,
        f"Pixel data in {syntax.name} were expected, found data that no decoder accepts; export "
        "the film again, if possible uncompressed.",
    ) from failure


def _no_decoder(syntax: uid.UID) -> FilmError:
    name = syntax.name if syntax.name != str(syntax) else "an unknown transfer syntax"
    return FilmError(
        Reason.NO_DECODER,
        f"Pixel data that an installed decoder reads were expected, found {name}; export the film "
        "uncompressed (Explicit VR Little Endian) or as JPEG 2000.",
    )


def _unused_low_bits(dataset: Dataset, syntax: uid.UID) -> int:
    """How far the stored bits lie above bit 0 (HighBit beyond BitsStored - 1; old scanners)."""
    stored = int(number(dataset, "BitsStored", 16.0))
    high = int(number(dataset, "HighBit", stored - 1.0))
    allocated = int(number(dataset, "BitsAllocated", 16.0))
    if syntax.is_encapsulated or not stored - 1 < high < allocated:
        return 0
    return high - stored + 1


def _shifted(stored: NDArray[Any], shift: int, dataset: Dataset) -> NDArray[Any]:
    """Bring the stored bits down; an arithmetic shift keeps the sign."""
    bits = 8 * stored.dtype.itemsize
    up = bits - int(number(dataset, "HighBit", bits - 1.0)) - 1
    return (stored << up) >> (up + shift)


def _decode_extended(dataset: Dataset) -> NDArray[Any] | None:
    """Decode 12-bit JPEG Extended by GDCM; pydicom's GDCM plugin takes the 8-bit kind only."""
    try:
        import gdcm
    except ImportError:
        return None
    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(_first_frame(dataset))
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((int(dataset.Columns), int(dataset.Rows), 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(text(dataset, "PhotometricInterpretation"))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    syntax = gdcm.TransferSyntax.GetTSType(str(uid.JPEGExtended12Bit))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, 12, 11, 0))
    try:
        with quiet_codecs:
            raw = image.GetBuffer().encode("utf-8", "surrogateescape")
    except Exception:  # SWIG raises its own kinds
        return None
    expected = int(dataset.Rows) * int(dataset.Columns)
    if int(number(dataset, "SamplesPerPixel", 1.0)) != 1 or len(raw) != 2 * expected:
        return None
    return np.frombuffer(raw, dtype="<u2").reshape(int(dataset.Rows), int(dataset.Columns))
