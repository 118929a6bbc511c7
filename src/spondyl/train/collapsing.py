"""Fractures pressed into drawn films: the height of a body is then all that tells them."""

from dataclasses import replace

import numpy as np

from spondyl.simulate.collapse import collapse_film, draw_collapses
from spondyl.train.sources import Picture

#: Lost heights of bodies that stay normal: a network must not take the warp itself for a fracture.
_HARMLESS = (0.03, 0.14)
_HARMLESS_SHARE = 0.35


def collapsed(picture: Picture, rng: np.random.Generator, share: float) -> Picture:
    """The film with one to three normal bodies pressed together, in ``share`` of all cases.

    A third of the bodies loses so little height that it stays normal.

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
    collapses = [
        replace(body, loss=float(rng.uniform(*_HARMLESS)))
        if rng.random() < _HARMLESS_SHARE
        else body
        for body in bodies
    ]
    pixels, label = collapse_film(picture.pixels, picture.label, collapses, rng)
    return replace(picture, pixels=pixels, label=label)
