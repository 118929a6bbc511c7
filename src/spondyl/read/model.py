"""A reading: all that Spondyl says of one film."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import GenantGrade, Level, Shape
from spondyl.film.model import Film
from spondyl.geometry import Heights


@dataclass(frozen=True)
class Finding:
    """What is said of one body.

    Attributes
    ----------
    level : Level
    level_confidence : float
        Probability that the name is right, 0..1.
    confidence : float
        Probability that a vertebral body is here, 0..1.
    corners_px : ndarray, shape (4, 2)
        Film pixels, order ``geometry.CORNER_NAMES``. For S1 the inferior corners are the first
        sacral segment's.
    mid_endplates_px : ndarray, shape (2, 2), or None
        Superior, inferior.
    assessable : bool
        Fracture could be judged; False for S1 and for cut-off, hidden or implausible bodies.
    reasons : tuple of str
        Why not assessable, as sentences.
    fracture_probability : float
    fractured : bool
        Probability at or above the site's threshold, and assessable.
    genant_grade : GenantGrade or None
    shape : Shape or None
    heights_px : Heights or None
    height_loss : float or None
        Largest lost share of the expected height, 0..1.
    """

    level: Level
    level_confidence: float
    confidence: float
    corners_px: NDArray[np.float64]
    mid_endplates_px: NDArray[np.float64] | None
    assessable: bool
    reasons: tuple[str, ...]
    fracture_probability: float
    fractured: bool
    genant_grade: GenantGrade | None
    shape: Shape | None
    heights_px: Heights | None
    height_loss: float | None


@dataclass(frozen=True)
class Numbering:
    """How sure the names are, what they assume, and the next best shift of the whole column."""

    confidence: float
    assumption: str
    alternative_shift: int


@dataclass(frozen=True)
class ModelIdentity:
    """Name, version and checksum of the weights that made a reading."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Reading:
    """All findings of one film; the pixels stay in ``film``.

    Attributes
    ----------
    film : Film
    posterior_side : "left" or "right"
        As seen in the picture.
    inverted : bool
        The picture, as its header was applied, showed bone dark, and was turned.
    model : ModelIdentity
    site : str
    assessable : bool
        The film shows a lateral lumbar spine that could be judged.
    reasons : tuple of str
    fracture_probability : float
    threshold : float
    fractured : bool
    numbering : Numbering
    findings : tuple of Finding
        Top to bottom.
    warnings : tuple of str
    site_sha256 : str
        Checksum of the site's settings ("" for a reading made otherwise).
    """

    film: Film
    posterior_side: str
    inverted: bool
    model: ModelIdentity
    site: str
    assessable: bool
    reasons: tuple[str, ...]
    fracture_probability: float
    threshold: float
    fractured: bool
    numbering: Numbering
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    site_sha256: str = ""
