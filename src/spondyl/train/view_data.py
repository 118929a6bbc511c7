"""Samples of the view network: films as anyone might hand them in."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS
from spondyl.geometry import Affine
from spondyl.read.prepare import VIEW_SIZE_PX, view_input
from spondyl.train.config import FramingSettings
from spondyl.train.framing import Framing, draw_framing
from spondyl.train.sources import Picture, Scene
from spondyl.train.types import Sample

#: Films are exposed at twice the network's size: their noise is then averaged as a real one's is.
_EXPOSED_PX = 2 * VIEW_SIZE_PX
#: From so many whole judged bodies on, a view is a lateral lumbar film; with none it is not.
_ENOUGH_BODIES = 3
_TURNED_SHARE = 0.06
_AWAY_SHARE = 0.06
_NO_FILM_SHARE = 0.06


def view_sample(scene: Scene, rng: np.random.Generator, settings: FramingSettings) -> Sample:
    """Draw a view and hand it in mirrored, inverted, on its side, or beside the spine.

    Returns
    -------
    dict of ndarray
        ``film`` (1, 128, 128); ``side``, ``inverted``, ``lumbar``: 0, 1, or NaN where the
        question has no answer.
    """
    if rng.random() < _NO_FILM_SHARE:
        return {
            "film": view_input(no_film(rng)),
            "side": np.float32(np.nan),
            "inverted": np.float32(np.nan),
            "lumbar": np.float32(0.0),
        }
    framing = draw_framing(rng, scene.label, (_EXPOSED_PX, _EXPOSED_PX), settings)
    away = bool(scene.label.vertebrae) and rng.random() < _AWAY_SHARE
    if away:
        framing = _beside_the_spine(framing, rng)
    picture = scene.picture(framing, rng)
    pixels = picture.pixels
    lumbar = _lumbar(picture)
    side = 0.0
    if rng.random() < 0.5:
        pixels, side = pixels[:, ::-1], 1.0
    inverted = 0.0
    if rng.random() < 0.5:
        pixels, inverted = 1 - pixels, 1.0
    if rng.random() < _TURNED_SHARE:
        pixels, lumbar = np.rot90(pixels, int(rng.integers(1, 4))), 0.0
    if lumbar != 1.0:
        side = np.nan
    return {
        "film": view_input(np.ascontiguousarray(pixels, dtype=np.float32)),
        "side": np.float32(side),
        "inverted": np.float32(inverted),
        "lumbar": np.float32(lumbar),
    }


def no_film(rng: np.random.Generator) -> NDArray[np.float32]:
    """A grey picture that is no radiograph: clouds, shapes, a page of text, plain noise."""
    height, width = (int(rng.integers(96, 320)) for _ in range(2))
    picture = np.zeros((height, width), np.float32)
    for cells in (3, 7, 15, 40):
        coarse = rng.standard_normal((cells, cells), dtype=np.float32) / cells**0.5
        picture += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    kind = rng.integers(4)
    if kind == 1:
        for _ in range(int(rng.integers(3, 25))):
            centre = (int(rng.integers(width)), int(rng.integers(height)))
            axes = (int(rng.integers(3, 90)), int(rng.integers(3, 90)))
            grey, angle = float(rng.normal(0, 1.5)), float(rng.uniform(0, 180))
            if rng.random() < 0.5:
                cv2.ellipse(picture, centre, axes, angle, 0, 360, grey, -1, cv2.LINE_AA)
            else:
                cv2.rectangle(picture, centre, (centre[0] + axes[0], centre[1] + axes[1]), grey, -1)
    elif kind == 2:
        page = np.full((height, width), 255, np.uint8)
        for row in range(12, height, int(rng.integers(9, 22))):
            word = "".join(rng.choice(list("abcdefgh ijklmnop rstuvwxyz"), 40))
            cv2.putText(page, word, (8, row), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 0, 1, cv2.LINE_AA)
        picture = page.astype(np.float32)
    elif kind == 3:
        picture = 0.3 * picture + rng.standard_normal((height, width), dtype=np.float32)
    low, high = float(picture.min()), float(picture.max())
    return (picture - low) / max(high - low, 1e-6)


def _beside_the_spine(framing: Framing, rng: np.random.Generator) -> Framing:
    """A part of the view, at the upper or lower end, of a third to half of its size."""
    width, height = framing.size_px
    share = rng.uniform(0.25, 0.45)
    size = (max(32, int(width * share)), max(32, int(height * share)))
    low = np.array([rng.uniform(0, width - size[0]), rng.uniform(0, height - size[1])])
    zoom = _EXPOSED_PX / max(size)
    linear = zoom * framing.to_view.linear
    offset = zoom * (framing.to_view.offset_px - low + 0.5) - 0.5
    return Framing(Affine(linear, offset), (round(size[0] * zoom), round(size[1] * zoom)))


def _lumbar(picture: Picture) -> float:
    """1, 0, or NaN for views between, by the number of whole judged bodies in the picture."""
    width, height = picture.label.size_px
    whole = 0
    for level, body in picture.label.vertebrae.items():
        if body.corners_px is None or not LEVELS[level].judged:
            continue
        corners = body.corners_px
        if ((corners >= 0) & (corners <= [width - 1, height - 1])).all():
            whole += 1
    if whole >= _ENOUGH_BODIES:
        return 1.0
    if whole == 0 and picture.complete:
        return 0.0
    return float("nan")
