"""Affine maps between pixel frames, exact both ways."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Affine:
    """A map of points ``p -> linear @ p + offset_px`` from one pixel frame to another.

    Attributes
    ----------
    linear : ndarray, shape (2, 2), float64
    offset_px : ndarray, shape (2,), float64
    """

    linear: NDArray[np.float64]
    offset_px: NDArray[np.float64]

    def __post_init__(self) -> None:
        linear = np.asarray(self.linear, dtype=np.float64)
        offset = np.asarray(self.offset_px, dtype=np.float64)
        if linear.shape != (2, 2) or offset.shape != (2,):
            raise ValueError(
                "An affine map needs shapes (2, 2) and (2,), found "
                f"{linear.shape} and {offset.shape}."
            )
        object.__setattr__(self, "linear", linear)
        object.__setattr__(self, "offset_px", offset)

    def __call__(self, points_px: ArrayLike) -> NDArray[np.float64]:
        """Map points of shape (..., 2), order x, y."""
        return np.asarray(points_px, dtype=np.float64) @ self.linear.T + self.offset_px

    def then(self, after: "Affine") -> "Affine":
        """The map that applies this one first and ``after`` second."""
        return Affine(after.linear @ self.linear, after.linear @ self.offset_px + after.offset_px)

    def inverse(self) -> "Affine":
        """The map back.

        Raises
        ------
        ValueError
            If the map collapses the plane (determinant 0).
        """
        determinant = float(np.linalg.det(self.linear))
        if determinant == 0.0 or not np.isfinite(determinant):
            raise ValueError("This affine map has no inverse: its determinant is 0.")
        back: NDArray[np.float64] = np.asarray(np.linalg.inv(self.linear), dtype=np.float64)
        return Affine(back, -back @ self.offset_px)

    @property
    def scale(self) -> float:
        """Mean length of the image of a unit step: sqrt(abs(det))."""
        return float(np.sqrt(abs(np.linalg.det(self.linear))))

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Shape (2, 3): ``[linear | offset]`` as OpenCV's ``warpAffine`` takes it."""
        return np.hstack([self.linear, self.offset_px[:, None]])


def identity() -> Affine:
    """The map that changes nothing."""
    return Affine(np.eye(2), np.zeros(2))


def translation(x_px: float, y_px: float) -> Affine:
    """A shift."""
    return Affine(np.eye(2), np.array([x_px, y_px]))


def scaling(factor: float) -> Affine:
    """Scale about the *corner* of the pixel grid, so that pixel areas (not centres) map exactly.

    The film's outer edge lies at -0.5; scaling must keep it there:
    ``x' = factor * (x + 0.5) - 0.5``.
    """
    if factor <= 0:
        raise ValueError(f"A scale factor must be above 0, found {factor}.")
    return Affine(np.eye(2) * factor, np.full(2, 0.5 * factor - 0.5))


def rotation(angle_rad: float, centre_px: ArrayLike) -> Affine:
    """Rotate about a point; a positive angle turns x towards y (clockwise on the screen)."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    linear = np.array([[cos, -sin], [sin, cos]])
    centre = np.asarray(centre_px, dtype=np.float64)
    return Affine(linear, centre - linear @ centre)


def mirror(width_px: int) -> Affine:
    """Swap left and right of a picture ``width_px`` wide (its own inverse)."""
    return Affine(np.diag([-1.0, 1.0]), np.array([width_px - 1.0, 0.0]))


def fit_inside(size_px: tuple[int, int], box_px: tuple[int, int]) -> Affine:
    """Scale a picture of (width, height) to fit a box of (width, height), centred, aspect kept."""
    (width, height), (box_width, box_height) = size_px, box_px
    factor = min(box_width / width, box_height / height)
    margin_x = (box_width - width * factor) / 2
    margin_y = (box_height - height * factor) / 2
    return scaling(factor).then(translation(margin_x, margin_y))
