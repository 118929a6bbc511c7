"""Fractures pressed into drawn films: the height of a body is then all that tells them."""

from dataclasses import replace

import numpy as np

from spondyl.anatomy import Level, Shape
from spondyl.simulate.collapse import Collapse, collapse_film, draw_collapses
from spondyl.train.sources import Picture

#: Lost heights of bodies that stay normal: a network must not take the warp itself for a fracture.
_HARMLESS = (0.03, 0.14)
_HARMLESS_SHARE = 0.35
#: Healthy bodies at the bend of the spine are often wedged, and hard to see under diaphragm and
#: ribs: harmless wedges here come close to the 20 % that make a fracture.
_WEDGED = frozenset({Level.T10, Level.T11, Level.T12, Level.L1})
_HARMLESS_WEDGE = (0.06, 0.185)
_HARMLESS_WEDGE_SHARE = 0.5


def collapsed(picture: Picture, rng: np.random.Generator, share: float) -> Picture:
    """The film with one to three normal bodies pressed together, in ``share`` of all cases.

    A third of the bodies loses so little height that it stays normal; half, where bodies are
    often wedged.

    Parameters
    ----------
    picture : Picture
    rng : numpy Generator
    share : float
        0 leaves every film, and the generator, as they are.
    """
    if share <= 0 or rng.random() >= share:
        return picture
    count = int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2]))
    bodies = draw_collapses(picture.label, rng, count)
    if not bodies:
        return picture
    collapses = [_harmless(body, rng) for body in bodies]
    pixels, label = collapse_film(picture.pixels, picture.label, collapses, rng)
    return replace(picture, pixels=pixels, label=label)


def _harmless(body: Collapse, rng: np.random.Generator) -> Collapse:
    """The body with a loss that leaves it normal, by chance; else as it is."""
    if body.level in _WEDGED:
        if rng.random() >= _HARMLESS_WEDGE_SHARE:
            return body
        return replace(body, shape=Shape.WEDGE, loss=float(rng.uniform(*_HARMLESS_WEDGE)))
    if rng.random() >= _HARMLESS_SHARE:
        return body
    return replace(body, loss=float(rng.uniform(*_HARMLESS)))
