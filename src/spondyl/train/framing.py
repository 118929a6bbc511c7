"""Drawing views: which part of a picture a film shows, turned and stretched a little."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import Affine, fit_inside, rotation
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.maps import PathMaps
from spondyl.train.config import FramingSettings
from spondyl.train.types import FloatImage

_CHANNELS = ("cortical_mm", "trabecular_mm", "soft_mm", "metal_mm")


@dataclass(frozen=True)
class Framing:
    """A drawn view of a source picture.

    Attributes
    ----------
    to_view : Affine
        Source pixels to view pixels.
    size_px : (width, height)
        Of the view.
    """

    to_view: Affine
    size_px: tuple[int, int]


def label_box(label: FilmLabel) -> tuple[float, float, float, float] | None:
    """(left, top, right, bottom) of all known corners, None without any."""
    corners = [v.corners_px for v in label.vertebrae.values() if v.corners_px is not None]
    if not corners:
        return None
    points = np.vstack(corners)
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def draw_framing(
    rng: np.random.Generator,
    label: FilmLabel,
    box_px: tuple[int, int],
    settings: FramingSettings,
) -> Framing:
    """Draw a view of a film that fits a box of (width, height) tightly.

    The borders move in at random, so far as the column stays in view: the upper one may cut off
    bodies, the lower one does so rarely, because the sacrum anchors the count.
    """
    width, height = label.size_px
    left, top, right, bottom = -0.5, -0.5, width - 0.5, height - 0.5
    box = label_box(label)
    if box is not None and rng.random() < settings.trim:
        column = box[3] - box[1]
        pad = 0.04 * column
        room = np.maximum(
            [
                box[0] - pad - left,
                box[1] + 0.45 * column - top,
                right - box[2] - pad,
                bottom - box[3],
            ],
            0.0,
        )
        # The square makes small trims the usual ones.
        share = rng.random(4) ** 2 * 0.95
        left, top = left + share[0] * room[0], top + share[1] * room[1]
        right, bottom = right - share[2] * room[2], bottom - share[3] * room[3]
        if rng.random() < settings.cut_bottom:
            bottom = min(bottom, box[3] - rng.uniform(0.03, 0.3) * column)
    size = (max(8.0, right - left), max(8.0, bottom - top))
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    angle = np.deg2rad(np.clip(rng.normal(0, settings.rotation_deg), -15, 15))
    stretch = np.exp(rng.uniform(-settings.stretch, settings.stretch) / 2)
    shape = (size[0] * stretch, size[1] / stretch)
    fit = fit_inside(shape, box_px)
    view_size = tuple(
        int(np.clip(round(extent * fit.scale), 8, most))
        for extent, most in zip(shape, box_px, strict=True)
    )
    # ``left`` and ``top`` are outer edges, which must land on the view's edge at -0.5.
    factors = np.array([view_size[0] / size[0], view_size[1] / size[1]])
    window = Affine(np.diag(factors), -factors * [left, top] - 0.5)
    to_view = rotation(angle, centre).then(window)
    return Framing(to_view, (view_size[0], view_size[1]))


def warp(picture: NDArray[Any], framing: Framing) -> FloatImage:
    """Sample a picture (H, W) in a view, averaged where it shrinks; its edge is repeated."""
    picture = np.asarray(picture, dtype=np.float32)
    to_view = framing.to_view
    scale = to_view.scale
    if scale < 0.95:
        height, width = picture.shape
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
        factors = np.array([width / small[0], height / small[1]])
        to_view = Affine(np.diag(factors), 0.5 * factors - 0.5).then(to_view)
    return cv2.warpAffine(
        picture,
        to_view.matrix,
        framing.size_px,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def warp_maps(maps: PathMaps, framing: Framing) -> PathMaps:
    """Path maps as seen in a view; the pitch follows the scale."""
    width, height = framing.size_px
    channels = {}
    for name in _CHANNELS:
        source = getattr(maps, name)
        # Most films have no metal at all.
        if name == "metal_mm" and not np.any(source):
            channels[name] = np.zeros((height, width), np.float32)
        else:
            channels[name] = warp(source, framing)
    return PathMaps(
        **channels,
        pitch_mm=maps.pitch_mm / framing.to_view.scale,
        magnification=maps.magnification,
    )


def move_label(label: FilmLabel, to_view: Affine, size_px: tuple[int, int]) -> FilmLabel:
    """The label in the pixels of a view; nothing is dropped, bodies may lie outside."""

    def move(body: VertebraLabel) -> VertebraLabel:
        return replace(
            body,
            corners_px=None if body.corners_px is None else to_view(body.corners_px),
            mid_endplates_px=(
                None if body.mid_endplates_px is None else to_view(body.mid_endplates_px)
            ),
        )

    vertebrae = {level: move(body) for level, body in label.vertebrae.items()}
    return replace(label, size_px=size_px, vertebrae=vertebrae)
