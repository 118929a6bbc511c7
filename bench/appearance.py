"""Measures of how a film looks, by its labels: contrasts, edges, texture, greys, shape.

All contrasts are in deviations of the film inside the square about a body that the body network
sees, so that they do not depend on the greys of a film; all lengths are in body heights.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level, Status
from spondyl.geometry import Affine, body_frame, heights
from spondyl.labels import FilmLabel

Picture = NDArray[np.float32]
Points = NDArray[np.float64]

#: Bodies that are measured.
LEVELS = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)
#: Twice the resolution of the body network's crop.
CROP_PX, DEPTH_PX = 224, 104.0
#: The part of a crop whose mean and deviation make it comparable.
_MIDDLE = slice(32, 192)
#: Bands of the noise spectrum, cycles per body height.
BANDS = ((2, 4), (4, 8), (8, 16), (16, 32))
_STEPS = 81


@dataclass(frozen=True)
class Measures:
    """Values of one film by the name of the measure: one value per body, or one per film."""

    values: Mapping[str, tuple[float, ...]]


def measure(film: Picture, label: FilmLabel) -> Measures:
    """Measure one film.

    Parameters
    ----------
    film : ndarray, shape (height, width), float32
        Any range of greys, bone bright; either side posterior.
    label : FilmLabel
        Bodies without four corners, cut off, or not of ``LEVELS`` are left out.
    """
    found: dict[str, list[float]] = defaultdict(list)
    bodies = {
        level: body
        for level, body in label.vertebrae.items()
        if level in LEVELS and body.has_quad and body.assessable
    }
    corners = [body.corners_px for body in bodies.values() if body.corners_px is not None]
    for (level, body), points in zip(bodies.items(), corners, strict=True):
        for name, value in _body(film, points).items():
            found[name].append(value)
            if name.startswith("endplate"):
                found[f"{name}, {level}"].append(value)
        if body.status is not Status.FRACTURED:
            for name, value in _shape(points, body.mid_endplates_px).items():
                found[f"{name}, {level}"].append(value)
    if corners:
        for name, value in _whole(film, corners).items():
            found[name].append(value)
    return Measures({name: tuple(values) for name, values in found.items()})


def gather(measured: Iterable[Measures]) -> dict[str, NDArray[np.float64]]:
    """Values of many films, by measure; what could not be measured (NaN) is left out."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in measured:
        for name, values in one.values.items():
            found[name].extend(value for value in values if np.isfinite(value))
    return {name: np.array(values) for name, values in found.items()}


def _shape(corners: Points, mids: Points | None) -> dict[str, float]:
    sizes, frame = heights(corners), body_frame(corners)
    made = {
        "shape: anterior / posterior height": sizes.anterior_posterior,
        "shape: depth / posterior height": frame.depth_px / sizes.posterior,
        "shape: lower / upper depth": float(
            np.hypot(*(corners[2] - corners[3])) / np.hypot(*(corners[1] - corners[0]))
        ),
    }
    if mids is not None and np.isfinite(mids).all():
        made["shape: middle / posterior height"] = heights(
            np.vstack([corners, mids])
        ).middle_posterior
    return made


def _body(film: Picture, corners: Points) -> dict[str, float]:
    frame = body_frame(corners)
    to_crop = frame.to_crop(CROP_PX, DEPTH_PX)
    crop = _sampled(film, to_crop, frame.depth_px / DEPTH_PX)
    middle = crop[_MIDDLE, _MIDDLE]
    crop = (crop - middle.mean()) / max(float(middle.std()), 1e-6)
    points = to_crop(corners)
    height = float(
        np.mean([np.hypot(*(points[0] - points[3])), np.hypot(*(points[1] - points[2]))])
    )
    down = np.array([0.0, 1.0])
    upper = _edge(crop, points[0], points[1], -down * height)
    lower = _edge(crop, points[3], points[2], down * height)
    front = _edge(crop, points[1], points[2], np.array([height, 0.0]))
    back = _edge(crop, points[0], points[3], np.array([-height, 0.0]))
    return {
        "endplate: line over bone": 0.5 * (upper["line"] + lower["line"]),
        "endplate: bone over disc": 0.5 * (upper["step"] + lower["step"]),
        "endplate: width": 0.5 * (upper["width"] + lower["width"]),
        "endplate: unevenness of its line": 0.5 * (upper["uneven"] + lower["uneven"]),
        "endplate: away from the corners' line": 0.5 * (upper["away"] + lower["away"]),
        "anterior wall: line over bone": front["line"],
        "anterior wall: bone over outside": front["step"],
        "posterior wall: line over bone": back["line"],
        "posterior wall: bone over outside": back["step"],
        "anterior wall less endplates: line": front["line"] - 0.5 * (upper["line"] + lower["line"]),
        "posterior wall less endplates: line": back["line"] - 0.5 * (upper["line"] + lower["line"]),
        **_texture(crop, points, height),
        "film: pixels per body depth": frame.depth_px,
    }


def _sampled(film: Picture, to_crop: Affine, step: float) -> Picture:
    """The crop; a film finer than it is smoothed first, so that its noise does not fold over."""
    if step > 1.2:
        low = np.floor(
            to_crop.inverse()(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * CROP_PX).min(0)
        )
        high = np.ceil(
            to_crop.inverse()(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * CROP_PX).max(0)
        )
        left, top = np.clip(low - 4, 0, None).astype(int)
        right, bottom = np.clip(high + 4, 1, None).astype(int)
        film = cv2.GaussianBlur(film[top:bottom, left:right], (0, 0), 0.4 * step)
        to_crop = Affine(to_crop.linear, to_crop.offset_px + to_crop.linear @ np.array([left, top]))
    matrix = np.hstack([to_crop.linear, to_crop.offset_px[:, None]])
    return cv2.warpAffine(
        film, matrix, (CROP_PX, CROP_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)


def _edge(crop: Picture, start: Points, end: Points, outwards: Points) -> dict[str, float]:
    """What the profile across a labelled edge shows; ``outwards`` is one body height long.

    The brightest place within 0.12 heights of the straight line between the corners is the edge;
    inside is 0.18 to 0.32 heights behind it, outside 0.06 to 0.14 heights beyond.
    """
    along = np.linspace(0.22, 0.78, 33)
    away = np.linspace(-0.45, 0.30, _STEPS)
    places = start + along[:, None] * (end - start)
    grid = (places[:, None] + away[None, :, None] * outwards).astype(np.float32)
    profiles = cv2.remap(crop, grid, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # Neighbours together find the edge, which a single noisy profile would miss.
    calm = cv2.GaussianBlur(profiles, (0, 0), sigmaX=0.7, sigmaY=2.0)
    near = np.flatnonzero(np.abs(away) <= 0.12)
    peak = near[0] + np.argmax(calm[:, near], axis=1)
    step = float(away[1] - away[0])
    reach = np.arange(-round(0.33 / step), round(0.15 / step) + 1)
    aligned = np.take_along_axis(profiles, np.clip(peak[:, None] + reach, 0, _STEPS - 1), axis=1)
    mean = aligned.mean(axis=0)
    offset = reach * step
    inside = float(np.median(mean[(offset <= -0.18) & (offset >= -0.32)]))
    outside = float(np.median(mean[(offset >= 0.06) & (offset <= 0.14)]))
    top = int(np.argmin(np.abs(offset)))
    level = 0.5 * (float(mean[top]) + max(inside, outside))
    width = float("nan")
    if mean[top] > max(inside, outside) + 0.1:
        before = np.flatnonzero(mean[:top] < level)
        after = np.flatnonzero(mean[top:] < level)
        if before.size and after.size:
            width = float(offset[top + after[0]] - offset[before[-1]])
    heights_of_line = cv2.GaussianBlur(
        calm.max(axis=1, where=_mask(near), initial=-9.0), (0, 0), 1.0
    )
    return {
        "line": float(mean[top]) - inside,
        "step": inside - outside,
        "width": width,
        "uneven": float(heights_of_line.std()),
        "away": float(np.abs(away[peak]).mean()),
    }


def _mask(near: NDArray[np.intp]) -> NDArray[np.bool_]:
    mask = np.zeros(_STEPS, dtype=bool)
    mask[near] = True
    return mask


def _texture(crop: Picture, points: Points, height: float) -> dict[str, float]:
    """Amplitude of the details inside a body by their frequency, and their direction."""
    middle = points.mean(axis=0)
    half = np.array([0.28 * DEPTH_PX, 0.28 * height])
    left, top = np.round(middle - half).astype(int)
    right, bottom = np.round(middle + half).astype(int)
    patch = crop[top:bottom, left:right].astype(np.float64)
    y, x = np.mgrid[: patch.shape[0], : patch.shape[1]]
    terms = np.stack([np.ones(patch.size), x.ravel(), y.ravel()], axis=1)
    patch = patch - (terms @ np.linalg.lstsq(terms, patch.ravel(), rcond=None)[0]).reshape(
        patch.shape
    )
    window = np.outer(np.hanning(patch.shape[0]), np.hanning(patch.shape[1]))
    power = np.abs(np.fft.fft2(patch * window)) ** 2 / (patch.size * (window**2).sum())
    down = np.abs(np.fft.fftfreq(patch.shape[0]) * height)[:, None]
    across = np.abs(np.fft.fftfreq(patch.shape[1]) * height)[None, :]
    frequency = np.hypot(down, across)
    made = {
        f"texture: {low}-{high} cycles": float(
            np.sqrt(power[(frequency >= low) & (frequency < high)].sum())
        )
        for low, high in BANDS
    }
    band = (frequency >= 3) & (frequency < 16)
    upright, lying = (
        power[band & (across > 2 * down)].sum(),
        power[band & (down > 2 * across)].sum(),
    )
    made["texture: upright over lying (log)"] = float(
        np.log(max(upright, 1e-12) / max(lying, 1e-12))
    )
    return made


def _whole(film: Picture, corners: list[Points]) -> dict[str, float]:
    """Greys of bodies and of what lies around them, as shares of the film's range; its size."""
    low, high = np.percentile(film[::4, ::4], [1, 99])
    mask = np.zeros(film.shape, dtype=np.uint8)
    front, back = np.zeros_like(mask), np.zeros_like(mask)
    frames = [body_frame(points) for points in corners]
    for points, frame in zip(corners, frames, strict=True):
        for canvas, shift in ((mask, 0.0), (front, 1.25), (back, -1.6)):
            moved = points + shift * frame.depth_px * frame.anterior
            cv2.fillConvexPoly(canvas, np.round(moved).astype(np.int32), 1)
    height = float(np.median([frame.height_px for frame in frames]))
    made = {
        "film: bodies T11-L5 in view": float(len(corners)),
        "film: height": film.shape[0] / height,
        "film: width": film.shape[1] / height,
        "greys: share of black (under 3 % of the range)": float(
            (film[::4, ::4] < low + 0.03 * (high - low)).mean()
        ),
    }
    inside = film[mask > 0]
    for name, percent in (("p5", 5), ("median", 50), ("p95", 95)):
        made[f"greys: bodies, {name}"] = float(
            (np.percentile(inside, percent) - low) / max(high - low, 1e-6)
        )
    for name, canvas in (("in front", front), ("behind", back)):
        if canvas.any():
            around = film[canvas > 0]
            made[f"greys: bodies over {name}"] = float(
                (np.median(inside) - np.median(around)) / max(high - low, 1e-6)
            )
            made[f"greys: spread {name}"] = float(
                (np.percentile(around, 95) - np.percentile(around, 5)) / max(high - low, 1e-6)
            )
    return made
