"""The four corners and six points of a vertebral body, its heights and its own axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.geometry.transforms import Affine

#: Order of the corners in every (4, 2) array: round the outline.
CORNER_NAMES: tuple[str, ...] = (
    "superior_posterior",
    "superior_anterior",
    "inferior_anterior",
    "inferior_posterior",
)

#: Order of the six points in every (6, 2) array: the corners, then the two mid-endplates.
POINT_NAMES: tuple[str, ...] = (*CORNER_NAMES, "superior_middle", "inferior_middle")


@dataclass(frozen=True)
class Heights:
    """Heights of one body in pixels of its film, measured along the body's own axis."""

    anterior: float
    middle: float
    posterior: float

    @property
    def anterior_posterior(self) -> float:
        """Ha / Hp."""
        return self.anterior / self.posterior

    @property
    def middle_posterior(self) -> float:
        """Hm / Hp."""
        return self.middle / self.posterior


@dataclass(frozen=True)
class BodyFrame:
    """A body's own axes.

    Attributes
    ----------
    centre_px : ndarray, shape (2,)
        Mean of the four corners.
    anterior : ndarray, shape (2,)
        Unit vector from the posterior to the anterior wall.
    depth_px : float
        Mean anterior-posterior length of the two endplates.
    height_px : float
        Mean of the anterior and posterior wall.
    """

    centre_px: NDArray[np.float64]
    anterior: NDArray[np.float64]
    depth_px: float
    height_px: float

    def to_crop(self, size_px: int, depth_in_crop_px: float) -> Affine:
        """Map from the film to a square crop, body centred, anterior to the right, superior up.

        A film whose anterior side is on the left is mirrored by the map, so that superior stays
        up: the crop always shows the patient facing right.
        """
        factor = depth_in_crop_px / self.depth_px
        right = self.anterior
        down = np.array([-right[1], right[0]])
        if down[1] < 0:
            down = -down
        linear = factor * np.stack([right, down])
        middle = (size_px - 1) / 2
        return Affine(linear, np.full(2, middle) - linear @ self.centre_px)


def _points(points_px: ArrayLike, counts: tuple[int, ...]) -> NDArray[np.float64]:
    points = np.asarray(points_px, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or points.shape[0] not in counts:
        wanted = " or ".join(f"({count}, 2)" for count in counts)
        raise ValueError(f"Body points must have shape {wanted}, found {points.shape}.")
    return points


def quad_centre(corners_px: ArrayLike) -> NDArray[np.float64]:
    """Mean of the four corners, shape (2,)."""
    return _points(corners_px, (4, 6))[:4].mean(axis=0)


def quad_area(corners_px: ArrayLike) -> float:
    """Area in square pixels (shoelace), never negative."""
    x, y = _points(corners_px, (4, 6))[:4].T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def points_in_quad(points_px: ArrayLike, corners_px: ArrayLike) -> NDArray[np.bool_]:
    """Which of the points (..., 2) lie inside or on a convex quad (4, 2) of either orientation."""
    points = np.asarray(points_px, dtype=np.float64)
    quad = _points(corners_px, (4, 6))[:4]
    edges = np.roll(quad, -1, axis=0) - quad
    offset = points[..., None, :] - quad
    cross = edges[:, 0] * offset[..., 1] - edges[:, 1] * offset[..., 0]
    return np.all(cross >= 0, axis=-1) | np.all(cross <= 0, axis=-1)


def body_frame(points_px: ArrayLike) -> BodyFrame:
    """Axes of a body from its four corners (or six points).

    Raises
    ------
    ValueError
        If the corners coincide, so that no direction exists.
    """
    sp, sa, ia, ip = _points(points_px, (4, 6))[:4]
    forward = (sa - sp) + (ia - ip)
    length = float(np.hypot(*forward))
    if length == 0.0:
        raise ValueError("The corners of this body coincide; a body frame needs a direction.")
    depth = 0.5 * (float(np.hypot(*(sa - sp))) + float(np.hypot(*(ia - ip))))
    height = 0.5 * (float(np.hypot(*(sp - ip))) + float(np.hypot(*(sa - ia))))
    return BodyFrame((sp + sa + ia + ip) / 4, forward / length, depth, height)


def heights(points_px: ArrayLike) -> Heights:
    """Anterior, middle and posterior height of a body.

    Parameters
    ----------
    points_px : array, shape (6, 2) or (4, 2)
        Points in the order of ``POINT_NAMES``. Without mid-endplates the middle height is the mean
        of the other two.

    Returns
    -------
    Heights
        Distances between superior and inferior point, in pixels.
    """
    points = _points(points_px, (4, 6))
    posterior = float(np.hypot(*(points[0] - points[3])))
    anterior = float(np.hypot(*(points[1] - points[2])))
    if len(points) == 6:
        middle = float(np.hypot(*(points[4] - points[5])))
    else:
        middle = 0.5 * (anterior + posterior)
    return Heights(anterior, middle, posterior)
