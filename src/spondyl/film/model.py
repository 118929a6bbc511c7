"""A film: pixels and what is known of them."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class SpacingSource(StrEnum):
    """Where a spacing comes from: at the patient after calibration, or at the detector."""

    CALIBRATED = "calibrated"
    DETECTOR = "detector"


@dataclass(frozen=True)
class Spacing:
    """Distance of pixel centres in millimetres, (row, column) as DICOM orders it."""

    row_mm: float
    column_mm: float
    source: SpacingSource


@dataclass(frozen=True)
class Film:
    """One radiograph as it was handed in, dense bone bright as far as its header tells.

    Attributes
    ----------
    pixels : ndarray, shape (height, width), float32
        Grey values scaled to 0..1 by the film's own display range.
    path : Path or None
        Where it was read from.
    sha256 : str
        Checksum of the file's bytes, hexadecimal ("" for a film made in memory).
    spacing : Spacing or None
    header_inverted : bool
        The header said that low values are bright (MONOCHROME1 or INVERSE), and it was applied.
    header_posterior_side : "left", "right" or None
        From PatientOrientation, if stated.
    warnings : tuple of str
        Sentences for the reading.
    metadata : dict
        DICOM attributes that outputs need, without patient data.
    """

    pixels: NDArray[np.float32]
    path: Path | None = None
    sha256: str = ""
    spacing: Spacing | None = None
    header_inverted: bool = False
    header_posterior_side: str | None = None
    warnings: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]
