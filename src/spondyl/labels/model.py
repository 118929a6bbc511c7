"""What is known of a film by its reader: per level corners and/or status."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level, Shape, Status


@dataclass(frozen=True)
class VertebraLabel:
    """Label of one body.

    Attributes
    ----------
    level : Level
    corners_px : ndarray, shape (4, 2), or None
        Film pixels, order ``geometry.CORNER_NAMES``. NaN rows where a corner is unknown (S1 is
        often drawn by its superior endplate alone). None when no corner is known.
    mid_endplates_px : ndarray, shape (2, 2), or None
        Superior and inferior mid-endplate.
    status : Status
    genant_grade : int or None
    shape : Shape or None
    height_loss : float or None
        True lost share of height, where the simulator made it.
    height_losses : tuple of float or None
        True lost shares of anterior, middle and posterior height, where the simulator made them.
    assessable : bool
        False where the body is cut off or hidden.
    extra : mapping
        Whatever else its source says of this body, kept as it is (JSON values).
    """

    level: Level
    corners_px: NDArray[np.float64] | None = None
    mid_endplates_px: NDArray[np.float64] | None = None
    status: Status = Status.UNKNOWN
    genant_grade: int | None = None
    shape: Shape | None = None
    height_loss: float | None = None
    height_losses: tuple[float, float, float] | None = None
    assessable: bool = True
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def has_quad(self) -> bool:
        """All four corners are known."""
        return self.corners_px is not None and bool(np.isfinite(self.corners_px).all())

    @property
    def six_points_px(self) -> NDArray[np.float64] | None:
        """Shape (6, 2) in the order of ``geometry.POINT_NAMES``; None without corners and mids."""
        if self.corners_px is None or self.mid_endplates_px is None:
            return None
        return np.vstack([self.corners_px, self.mid_endplates_px])


@dataclass(frozen=True)
class FilmLabel:
    """Label of one film; ``name`` is its path relative to the data set's folder."""

    name: str
    size_px: tuple[int, int]
    posterior_side: str
    vertebrae: Mapping[Level, VertebraLabel]
    patient: str | None = None
    split: str | None = None
    site: str | None = None
    report: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def fractured(self) -> bool | None:
        """Any body fractured; None when no body's status is known."""
        known = [v.status for v in self.vertebrae.values() if v.status is not Status.UNKNOWN]
        if not known:
            return None
        return Status.FRACTURED in known
