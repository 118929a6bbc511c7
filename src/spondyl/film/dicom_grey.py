"""Stored values of a radiograph to grey values 0..1, in the order that DICOM prescribes.

Modality LUT or rescale, then VOI LUT or window, then inversion (PS3.3 C.11.1, C.11.2, PS3.4 N.2).
Inverting earlier would mirror the window about the wrong centre. Pure: no pydicom here.

The chain runs on the values that occur, not on the pixels: a 16-bit film of millions of pixels has
at most 65,536 of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_COLLAPSED_SHARE = 0.98
"""A window that sends more pixels than this to two values hides the film instead of showing it."""
PROCESSING_TAIL = 0.001
"""Share of pixels cut at either end of an unprocessed film: dead and saturated detector cells."""

ABSURD_WARNING = "The display window in the header hides the picture; it was ignored."
BAD_RESCALE_WARNING = "The rescale slope in the header makes no sense; it was ignored."
UNPROCESSED_WARNING = (
    "The film is stored for processing, not for presentation; its grey values are the detector's."
)
CONTRADICTION_WARNING = (
    "The header contradicts itself on whether low values are bright; it was taken to say so."
)


class WindowFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True)
class Lut:
    """A lookup table: ``values[i]`` is the output for the input ``first + i``.

    Attributes
    ----------
    first : int
        First input mapped, as read (PS3.3 C.11.2.1.1).
    values : ndarray, shape (n,), float64
    """

    first: int
    values: NDArray[np.float64]

    def __call__(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Look up; inputs beyond the table take its first or last value."""
        first = self.first
        # The descriptor is often written unsigned although the inputs are signed.
        if first > 32767 and inputs.size and inputs.min() < 0:
            first -= 65536
        index = np.clip(np.rint(inputs - first), 0, len(self.values) - 1).astype(np.int64)
        return self.values[index]


@dataclass(frozen=True)
class Window:
    """A window of a centre and a width, in units of the modality."""

    centre: float
    width: float
    function: WindowFunction = WindowFunction.LINEAR

    def __call__(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Grey values 0..1 (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""
        if self.function is WindowFunction.SIGMOID:
            exponent = np.clip(-4.0 * (inputs - self.centre) / self.width, -700.0, 700.0)
            return 1.0 / (1.0 + np.exp(exponent))
        if self.function is WindowFunction.LINEAR_EXACT or self.width < 1.0:
            # LINEAR needs a width of 1 or more; smaller ones mean real-world units.
            return np.clip((inputs - self.centre) / self.width + 0.5, 0.0, 1.0)
        middle = self.centre - 0.5
        if self.width == 1.0:
            return np.where(inputs <= middle, 0.0, 1.0)
        return np.clip((inputs - middle) / (self.width - 1.0) + 0.5, 0.0, 1.0)


@dataclass(frozen=True)
class GreyHeader:
    """What a header says of grey values.

    Attributes
    ----------
    slope, intercept : float
        Rescale, used if there is no modality LUT.
    modality_lut : Lut or None
    voi : tuple of Lut or Window
        In the order to be tried.
    low_is_bright : bool
        PhotometricInterpretation is MONOCHROME1.
    shape : str
        PresentationLUTShape: "", "IDENTITY" or "INVERSE".
    padding : (int, int) or None
        Stored values, both ends included, that are no part of the picture.
    for_processing : bool
    relationship : str
        PixelIntensityRelationship: "", "LIN", "LOG", "DISP".
    sign : int
        PixelIntensityRelationshipSign: 1 if higher values mean more X-rays, -1 if less, 0 unknown.
    """

    slope: float = 1.0
    intercept: float = 0.0
    modality_lut: Lut | None = None
    voi: tuple[Lut | Window, ...] = ()
    low_is_bright: bool = False
    shape: str = ""
    padding: tuple[int, int] | None = None
    for_processing: bool = False
    relationship: str = ""
    sign: int = 0


@dataclass(frozen=True)
class Rendered:
    """Pixels 0..1, bone bright as far as the header tells, and what happened on the way."""

    pixels: NDArray[np.float32]
    inverted: bool
    warnings: tuple[str, ...]


def render(stored: NDArray[Any], header: GreyHeader) -> Rendered:
    """Apply the grey chain.

    Parameters
    ----------
    stored : ndarray, shape (height, width), integer
        Stored values, sign already extended.
    header : GreyHeader

    Returns
    -------
    Rendered
    """
    values, counts, index = _levels(stored)
    real = np.ones(values.shape, dtype=bool)
    if header.padding is not None:
        low, high = sorted(header.padding)
        real = (values < low) | (values > high)
        if not real.any():
            real[:] = True
    warnings: list[str] = []
    modality, complaint = _modality(values.astype(np.float64), header)
    warnings += complaint
    grey = np.zeros(values.shape, dtype=np.float64)
    grey[real], complaint = _display(modality[real], counts[real], header)
    warnings += complaint
    inverted, complaint = _inversion(header)
    warnings += complaint
    if inverted:
        grey = 1.0 - grey
    grey[~real] = 0.0
    if header.for_processing:
        warnings.append(UNPROCESSED_WARNING)
    pixels = grey.astype(np.float32)[index].reshape(stored.shape)
    return Rendered(pixels, inverted, tuple(dict.fromkeys(warnings)))


def _levels(
    stored: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.integer]]:
    """Values that occur, how often, and each pixel's place among them (flattened)."""
    if stored.dtype.itemsize > 2:
        values, index, counts = np.unique(stored.ravel(), return_inverse=True, return_counts=True)
        return values.astype(np.int64), counts, index
    # The bit pattern of an 8- or 16-bit value is an index without any sorting.
    unsigned = np.uint8 if stored.dtype.itemsize == 1 else np.uint16
    patterns = np.ascontiguousarray(stored).view(unsigned).ravel()
    counts = np.bincount(patterns, minlength=np.iinfo(unsigned).max + 1)
    used = np.flatnonzero(counts)
    place = np.zeros(counts.shape, dtype=np.uint16)
    place[used] = np.arange(len(used), dtype=np.uint16)
    values = used.astype(unsigned).view(stored.dtype).astype(np.int64)
    return values, counts[used], place[patterns]


def _modality(
    values: NDArray[np.float64], header: GreyHeader
) -> tuple[NDArray[np.float64], list[str]]:
    if header.modality_lut is not None:
        return header.modality_lut(values), []
    slope, intercept = header.slope, header.intercept
    if slope == 0.0 or not (np.isfinite(slope) and np.isfinite(intercept)):
        return values, [BAD_RESCALE_WARNING]
    return values * slope + intercept, []


def _display(
    modality: NDArray[np.float64], counts: NDArray[np.int64], header: GreyHeader
) -> tuple[NDArray[np.float64], list[str]]:
    """The first VOI that shows the film, else its own range."""
    warnings = []
    for voi in header.voi:
        grey = voi(modality)
        if isinstance(voi, Lut):
            grey = grey / _full_scale(float(voi.values.max()))
        if _collapsed(grey, counts) and not _collapsed(modality, counts):
            warnings.append(ABSURD_WARNING)
            continue
        return grey, warnings
    if not header.for_processing:
        return _stretch(modality, float(modality.min()), float(modality.max())), warnings
    if header.relationship == "LIN" and header.sign == 1:
        # The signal falls exponentially with the path through tissue; its log is linear in it.
        modality = np.log(np.maximum(modality, 1.0))
    order = np.argsort(modality, kind="stable")
    cumulative = np.cumsum(counts[order]) / counts.sum()
    low = modality[order][int(np.searchsorted(cumulative, PROCESSING_TAIL, side="right"))]
    high = modality[order][int(np.searchsorted(cumulative, 1.0 - PROCESSING_TAIL))]
    if not high > low:
        low, high = modality.min(), modality.max()
    return _stretch(modality, float(low), float(high)), warnings


def _stretch(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    if not high > low:
        return np.zeros_like(values)
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def _collapsed(grey: NDArray[np.float64], counts: NDArray[np.int64]) -> bool:
    """Whether two values hold nearly all pixels."""
    _, index = np.unique(grey, return_inverse=True)
    shares = np.sort(np.bincount(index.ravel(), weights=counts))
    return bool(shares[-2:].sum() > MAX_COLLAPSED_SHARE * counts.sum())


def _inversion(header: GreyHeader) -> tuple[bool, list[str]]:
    """Whether low values are to be bright; said twice is still once."""
    if header.for_processing and header.sign != 0:
        # Raw signal: dense bone lets few X-rays through, whatever the photometric word.
        return header.sign == 1, []
    inverse = header.shape == "INVERSE"
    warnings = []
    if header.shape and inverse != header.low_is_bright:
        warnings = [CONTRADICTION_WARNING]
    return header.low_is_bright or inverse, warnings


def _full_scale(highest: float) -> float:
    """The smallest 2**n - 1, n >= 8, that holds the brightest output of a table."""
    return float((1 << max(int(highest).bit_length(), 8)) - 1)
