"""Last steps of a simulated film: crop, scale, mirror, invert; labels follow exactly."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.geometry import Affine, mirror, translation
from spondyl.labels import FilmLabel, VertebraLabel

_LUMBAR = (Level.L1, Level.L2, Level.L3, Level.L4, Level.L5, Level.L6)


class Crop(StrEnum):
    """What part of the view a film keeps."""

    WHOLE = "whole"
    RANDOM = "random"
    LUMBAR = "lumbar"
    NO_SACRUM = "no-sacrum"
    NO_THORAX = "no-thorax"
    TIGHT = "tight"


@dataclass(frozen=True)
class FinishSettings:
    """How films are finished.

    Attributes
    ----------
    crops : tuple of (Crop, float)
        Crops and their shares.
    mirror_share, invert_share : float
        Share of films with their posterior side right, and of films with bone dark.
    height_px : (int, int) or None
        Range of film heights; None keeps the resolution of the maps.
    """

    crops: tuple[tuple[Crop, float], ...] = (
        (Crop.WHOLE, 0.6),
        (Crop.RANDOM, 0.2),
        (Crop.LUMBAR, 0.04),
        (Crop.NO_SACRUM, 0.04),
        (Crop.NO_THORAX, 0.06),
        (Crop.TIGHT, 0.06),
    )
    mirror_share: float = 0.5
    invert_share: float = 0.05
    height_px: tuple[int, int] | None = None


@dataclass(frozen=True)
class Finish:
    """The drawn last steps of one film, in their order.

    Attributes
    ----------
    crop : Crop
    box_px : (left, top, right, bottom)
        Part of the picture that is kept, ends exclusive.
    size_px : (width, height)
        Size of the film after scaling.
    mirrored, inverted : bool
    """

    crop: Crop
    box_px: tuple[int, int, int, int]
    size_px: tuple[int, int]
    mirrored: bool = False
    inverted: bool = False

    @property
    def to_film(self) -> Affine:
        """From pixels of the picture before to pixels of the film after."""
        left, top, right, bottom = self.box_px
        factors = np.array([self.size_px[0] / (right - left), self.size_px[1] / (bottom - top)])
        # Pixel areas map onto pixel areas: the outer edge lies at -0.5 in both frames.
        scaled = Affine(np.diag(factors), 0.5 * factors - 0.5)
        to_film = translation(-left, -top).then(scaled)
        return to_film.then(mirror(self.size_px[0])) if self.mirrored else to_film


def keep_box(
    vertebrae: Mapping[Level, VertebraLabel], size_px: tuple[int, int]
) -> tuple[float, float, float, float] | None:
    """Box (left, top, right, bottom) about the labelled bodies with some margin, for ``expose``.

    None without corners.
    """
    corners = [v.corners_px for v in vertebrae.values() if v.corners_px is not None]
    points = np.concatenate(corners) if corners else np.empty((0, 2))
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    margin = 0.35 * _body_height_px(vertebrae)
    low = np.maximum(points.min(axis=0) - margin, 0)
    high = np.minimum(points.max(axis=0) + margin, size_px)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def draw_finish(
    rng: np.random.Generator,
    size_px: tuple[int, int],
    vertebrae: Mapping[Level, VertebraLabel],
    settings: FinishSettings | None = None,
) -> Finish:
    """Draw the last steps for a picture of (width, height) with these labels."""
    settings = settings or FinishSettings()
    kinds = [kind for kind, _ in settings.crops]
    shares = np.array([share for _, share in settings.crops])
    crop = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    box = _crop_box(rng, crop, size_px, vertebrae)
    if box is None:
        crop, box = Crop.WHOLE, (0, 0, *size_px)
    width, height = box[2] - box[0], box[3] - box[1]
    if settings.height_px is not None:
        wanted = int(rng.integers(settings.height_px[0], settings.height_px[1] + 1))
        width, height = max(1, round(width * wanted / height)), wanted
    return Finish(
        crop=crop,
        box_px=box,
        size_px=(width, height),
        mirrored=bool(rng.random() < settings.mirror_share),
        inverted=bool(rng.random() < settings.invert_share),
    )


def finish_film(film: NDArray[np.float32], finish: Finish) -> NDArray[np.float32]:
    """Apply the last steps to the pixels.

    Raises
    ------
    ValueError
        If the box does not lie inside the picture.
    """
    left, top, right, bottom = finish.box_px
    height, width = film.shape
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(
            f"The box {finish.box_px} to keep must lie inside the picture of {width} x {height}."
        )
    part = film[top:bottom, left:right]
    if finish.size_px != (right - left, bottom - top):
        shrinks = finish.size_px[1] < bottom - top
        part = cv2.resize(
            part,
            finish.size_px,
            interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC,
        )
        part = np.clip(part, 0.0, 1.0)
    if finish.mirrored:
        part = part[:, ::-1]
    if finish.inverted:
        part = np.float32(1.0) - part
    return np.ascontiguousarray(part, dtype=np.float32)


def finish_label(label: FilmLabel, finish: Finish) -> FilmLabel:
    """Apply the last steps to the label.

    Bodies whose centre is cut off are left out; those that are cut through stay with
    ``assessable`` False. The extra ``inverted`` is set where the film's bone is dark.
    """
    to_film = finish.to_film
    vertebrae = {}
    for level, body in label.vertebrae.items():
        moved = _moved(body, to_film, finish.size_px)
        if moved is not None:
            vertebrae[level] = moved
    side = label.posterior_side
    if finish.mirrored:
        side = "left" if side == "right" else "right"
    extra = dict(label.extra)
    inverted = bool(extra.pop("inverted", False)) != finish.inverted
    if inverted:
        extra["inverted"] = True
    return replace(
        label, size_px=finish.size_px, posterior_side=side, vertebrae=vertebrae, extra=extra
    )


def finish(
    film: NDArray[np.float32],
    label: FilmLabel,
    rng: np.random.Generator,
    settings: FinishSettings | None = None,
) -> tuple[NDArray[np.float32], FilmLabel]:
    """Draw and apply the last steps to a film and its label."""
    steps = draw_finish(rng, (film.shape[1], film.shape[0]), label.vertebrae, settings)
    return finish_film(film, steps), finish_label(label, steps)


def _moved(body: VertebraLabel, to_film: Affine, size_px: tuple[int, int]) -> VertebraLabel | None:
    if body.corners_px is None:
        return body
    corners = to_film(body.corners_px)
    mids = None if body.mid_endplates_px is None else to_film(body.mid_endplates_px)
    end = np.array(size_px) - 0.5
    known = corners[np.isfinite(corners).all(axis=1)]
    if not len(known):
        return body
    centre = known.mean(axis=0)
    if not ((centre > -0.5) & (centre < end)).all():
        return None
    points = known if mids is None else np.vstack([known, mids])
    inside = bool(((points >= -0.5) & (points <= end)).all())
    return replace(
        body, corners_px=corners, mid_endplates_px=mids, assessable=body.assessable and inside
    )


def _body_height_px(vertebrae: Mapping[Level, VertebraLabel]) -> float:
    heights = [
        float(np.hypot(*(body.corners_px[0] - body.corners_px[3])))
        for body in vertebrae.values()
        if body.has_quad and body.corners_px is not None
    ]
    return float(np.median(heights)) if heights else 0.0


def _crop_box(
    rng: np.random.Generator,
    crop: Crop,
    size_px: tuple[int, int],
    vertebrae: Mapping[Level, VertebraLabel],
) -> tuple[int, int, int, int] | None:
    """The box of a crop; None where the crop makes no sense for this view."""
    width, height = size_px
    if crop is Crop.WHOLE:
        return None
    if crop is Crop.RANDOM:
        left, right = rng.uniform(0, 0.12, 2) * width
        top, bottom = rng.uniform(0, 0.12, 2) * height
        return _whole(left, top, width - right, height - bottom, size_px)
    quads = {
        level: body.corners_px
        for level, body in vertebrae.items()
        if body.has_quad and body.corners_px is not None
    }
    lumbar = [quads[level] for level in _LUMBAR if level in quads]
    body_px = _body_height_px(vertebrae)
    if len(lumbar) < 4:
        return None
    first, last = lumbar[0][:, 1].min(), lumbar[-1][:, 1].max()
    left, top, right, bottom = 0.0, 0.0, float(width), float(height)
    if crop in (Crop.LUMBAR, Crop.NO_THORAX, Crop.TIGHT):
        top = first - rng.uniform(0.1, 1.5) * body_px
    if crop in (Crop.LUMBAR, Crop.NO_SACRUM, Crop.TIGHT):
        bottom = last + rng.uniform(-0.3, 1.2) * body_px
    if crop in (Crop.LUMBAR, Crop.TIGHT):
        spine = np.concatenate(lumbar)
        reach = (1.0, 3.0) if crop is Crop.TIGHT else (2.0, 6.0)
        left = spine[:, 0].min() - rng.uniform(*reach) * body_px
        right = spine[:, 0].max() + rng.uniform(0.6 * reach[0], reach[1]) * body_px
    return _whole(left, top, right, bottom, size_px)


def _whole(
    left: float, top: float, right: float, bottom: float, size_px: tuple[int, int]
) -> tuple[int, int, int, int] | None:
    box = (
        max(0, round(left)),
        max(0, round(top)),
        min(size_px[0], round(right)),
        min(size_px[1], round(bottom)),
    )
    return box if box[2] - box[0] >= 16 and box[3] - box[1] >= 16 else None
