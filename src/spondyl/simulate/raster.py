"""Path lengths through closed surfaces and ellipsoids, by rasterising (numba).

A ray's length inside a closed surface is the sum of the depths at which it leaves minus the sum of
those at which it enters. Rasterising every triangle once with its sign gives that sum for all
pixels together, sharp to the pixel and without voxels.
"""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, fastmath=False, error_model="numpy")
def add_surface(
    out_mm: NDArray[np.float32],
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    weight: float,
    also_mm: NDArray[np.float32] | None = None,
    also_weight: float = 0.0,
) -> None:
    """Add ``weight`` times the path length through one closed surface to ``out_mm``.

    Parameters
    ----------
    out_mm : ndarray, shape (height, width), float32
        Changed in place.
    points : ndarray, shape (n, 3), float64
        Projected vertices: column px, row px, depth along the ray in mm (growing away from the
        source).
    faces : ndarray, shape (m, 3), int32
        Closed and consistently oriented; the orientation's sign does not matter to the caller,
        since outward faces seen from behind count positive (rows run down).
    weight : float
    also_mm : ndarray, shape (height, width), float32, optional
        A second map, which the same path length is added to ``also_weight`` times.
    also_weight : float
    """
    height, width = out_mm.shape
    for f in range(faces.shape[0]):
        # From the highest vertex to the lowest.
        top, mid, low = faces[f, 0], faces[f, 1], faces[f, 2]
        a, b, c = top, mid, low
        if points[mid, 1] < points[top, 1]:
            top, mid = mid, top
        if points[low, 1] < points[mid, 1]:
            mid, low = low, mid
            if points[mid, 1] < points[top, 1]:
                top, mid = mid, top
        first = max(0, int(np.ceil(points[top, 1])))
        last = min(height, int(np.ceil(points[low, 1])))
        if first >= last:
            continue
        xa, ya, da = points[a, 0], points[a, 1], points[a, 2]
        xb, yb, db = points[b, 0], points[b, 1], points[b, 2]
        xc, yc, dc = points[c, 0], points[c, 1], points[c, 2]
        if max(xa, xb, xc) < 0.0 or min(xa, xb, xc) > width:
            continue
        area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
        if area == 0.0:
            continue
        d_low = min(da, db, dc)
        d_high = max(da, db, dc)
        gx = ((db - da) * (yc - ya) - (dc - da) * (yb - ya)) / area
        gy = ((dc - da) * (xb - xa) - (db - da) * (xc - xa)) / area
        sign = 1.0 if area > 0.0 else -1.0
        signed, also_signed = sign * weight, sign * also_weight
        turn = int(np.ceil(points[mid, 1]))
        # Each edge is always computed from its lower vertex number, so that two triangles sharing
        # it agree to the last bit and no pixel is counted twice or left out.
        i, j = (top, low) if top < low else (low, top)
        x_long, y_long = points[i, 0], points[i, 1]
        slope_long = (points[j, 0] - x_long) / (points[j, 1] - y_long)
        for half in range(2):
            if half == 0:
                start_row, stop_row = first, min(last, turn)
                i, j = (top, mid) if top < mid else (mid, top)
            else:
                start_row, stop_row = max(first, turn), last
                i, j = (mid, low) if mid < low else (low, mid)
            if start_row >= stop_row:
                continue
            x_short, y_short = points[i, 0], points[i, 1]
            slope_short = (points[j, 0] - x_short) / (points[j, 1] - y_short)
            for row in range(start_row, stop_row):
                x0 = x_long + (row - y_long) * slope_long
                x1 = x_short + (row - y_short) * slope_short
                if x1 < x0:
                    x0, x1 = x1, x0
                start = max(0, int(np.ceil(x0)))
                stop = min(width, int(np.ceil(x1)))
                along_row = da - gx * xa + gy * (row - ya)
                for column in range(start, stop):
                    # A sliver's plane is steep; its depth never leaves that of its vertices.
                    depth = min(max(along_row + gx * column, d_low), d_high)
                    out_mm[row, column] += signed * depth
                    if also_mm is not None:
                        also_mm[row, column] += also_signed * depth


@numba.njit(cache=True, fastmath=True)
def add_ellipsoids(
    out_mm: NDArray[np.float32], ellipsoids: NDArray[np.float64], pitch_mm: float
) -> None:
    """Add the path lengths through ellipsoids seen from the side.

    Parameters
    ----------
    out_mm : ndarray, shape (height, width), float32
        Changed in place.
    ellipsoids : ndarray, shape (n, 6), float64
        Column px, row px, the two half axes in the picture in mm, angle of the first axis in rad
        (x towards y), full path through the middle in mm (negative takes away).
    pitch_mm : float
    """
    height, width = out_mm.shape
    for k in range(ellipsoids.shape[0]):
        x0, y0, a, b, angle, path = ellipsoids[k]
        a = max(a / pitch_mm, 1e-3)
        b = max(b / pitch_mm, 1e-3)
        cos, sin = np.cos(angle), np.sin(angle)
        half_x = np.sqrt((a * cos) ** 2 + (b * sin) ** 2)
        half_y = np.sqrt((a * sin) ** 2 + (b * cos) ** 2)
        for row in range(max(0, int(np.ceil(y0 - half_y))), min(height, int(y0 + half_y) + 1)):
            for column in range(
                max(0, int(np.ceil(x0 - half_x))), min(width, int(x0 + half_x) + 1)
            ):
                dx, dy = column - x0, row - y0
                u = (dx * cos + dy * sin) / a
                v = (-dx * sin + dy * cos) / b
                inside = 1.0 - u * u - v * v
                if inside > 0.0:
                    out_mm[row, column] += path * np.sqrt(inside)


@numba.njit(cache=True, fastmath=True)
def trunk(
    out_mm: NDArray[np.float32],
    back_px: NDArray[np.float64],
    front_px: NDArray[np.float64],
    path_mm: NDArray[np.float64],
    exponent: float,
) -> None:
    """Add a trunk whose cross-section in each row is a superellipse.

    Parameters
    ----------
    out_mm : ndarray, shape (height, width), float32
        Changed in place.
    back_px, front_px : ndarray, shape (height,), float64
        Columns of the skin behind and in front.
    path_mm : ndarray, shape (height,), float64
        Side-to-side thickness at its widest.
    exponent : float
        2 is an ellipse; larger is boxier.
    """
    height, width = out_mm.shape
    # Powers are dear: they are looked up along t = sqrt(1 - q), in which the edge rises gently.
    steps = 4096
    t = np.arange(steps + 2) / steps
    table = np.maximum(0.0, 1.0 - np.maximum(0.0, 1.0 - t * t) ** exponent) ** (1.0 / exponent)
    for row in range(height):
        middle = 0.5 * (back_px[row] + front_px[row])
        half = 0.5 * (front_px[row] - back_px[row])
        if half <= 0.0:
            continue
        for column in range(max(0, int(middle - half)), min(width, int(middle + half) + 2)):
            q = abs(column - middle) / half
            if q < 1.0:
                place = steps * np.sqrt(1.0 - q)
                below = int(place)
                share = place - below
                shape = table[below] + share * (table[below + 1] - table[below])
                out_mm[row, column] += path_mm[row] * shape


@numba.njit(cache=True, fastmath=True)
def lung(
    out_mm: NDArray[np.float32],
    dome_px: NDArray[np.float64],
    back_px: float,
    front_px: float,
    path_mm: float,
    recess_px: float,
    lean: float,
) -> None:
    """Add the air of one lung above its half of the diaphragm.

    Parameters
    ----------
    out_mm : ndarray, shape (height, width), float32
        Changed in place (give a negative ``path_mm`` to take soft tissue away).
    dome_px : ndarray, shape (width,), float64
        Row of the diaphragm in each column; air lies above.
    back_px, front_px : float
        Columns of the lung's back and front at the dome.
    path_mm : float
        Air at the thickest place.
    recess_px : float
        Over how many rows above the dome the lung reaches its full thickness.
    lean : float
        Columns that the lung moves backwards per row upwards.
    """
    height, width = out_mm.shape
    for row in range(height):
        shift = lean * (height - row)
        middle = 0.5 * (back_px + front_px) - shift
        half = 0.5 * (front_px - back_px)
        for column in range(max(0, int(middle - half)), min(width, int(middle + half) + 1)):
            above = dome_px[column] - row
            if above <= 0.0:
                continue
            q = (column - middle) / half
            if q * q >= 1.0:
                continue
            full = min(1.0, above / recess_px)
            out_mm[row, column] += path_mm * np.sqrt(1.0 - q * q) * np.sqrt(full * (2.0 - full))
