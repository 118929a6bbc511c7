"""Samples of the film network: one view of a film, its maps, and its bodies as a table."""

import numpy as np

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.geometry import POINT_NAMES, Affine, translation
from spondyl.labels import FilmLabel
from spondyl.network.placed import bodies_in_network
from spondyl.network.targets import finder_targets
from spondyl.read.prepare import FINDER_SIZE_PX, finder_channels
from spondyl.train.collapsing import collapsed
from spondyl.train.config import FramingSettings
from spondyl.train.framing import draw_framing
from spondyl.train.sources import Scene
from spondyl.train.types import Sample

_ROWS = len(Level)
#: A view with fewer labelled bodies is not a film to read.
MINIMUM_BODIES = 2
#: Targets that only the decoder for bodies learns from.
_BODY_FIELDS = frozenset({"heat", "heat_mask", "offsets", "offset_weight"})


def usable(scene: Scene) -> bool:
    """The scene has enough labelled bodies."""
    return sum(v.corners_px is not None for v in scene.label.vertebrae.values()) >= MINIMUM_BODIES


def finder_sample(
    scene: Scene,
    rng: np.random.Generator,
    settings: FramingSettings,
    stride: int,
    collapse_share: float = 0.0,
    size_px: tuple[int, int] = FINDER_SIZE_PX,
    bodies: bool = True,
) -> Sample:
    """Draw a view, make its film, prepare it as a reader does, and draw its targets.

    ``collapse_share`` is the share of films into which fractures are pressed (``collapsed``).
    Without ``bodies`` the targets of that decoder, most of a sample's size, are left out.

    Returns
    -------
    dict of ndarray
        ``film`` (2, height, width), the fields of ``FinderTargets``, and the table of
        :func:`body_table`.
    """
    framing = draw_framing(rng, scene.label, size_px, settings)
    picture = collapsed(scene.picture(framing, rng), rng, collapse_share)
    channels = finder_channels(picture.pixels)
    height, width = picture.pixels.shape
    left, top = (size_px[0] - width) // 2, (size_px[1] - height) // 2
    film = np.zeros((2, size_px[1], size_px[0]), np.float32)
    film[:, top : top + height, left : left + width] = channels
    # Windows are estimated; the network must not depend on their last percent.
    film[0] *= np.float32(np.exp(rng.normal(0, 0.06)))
    to_network = translation(left, top)
    targets = vars(
        finder_targets(picture.label, to_network, size_px, stride, picture.complete, bodies)
    )
    if not bodies:
        targets = {name: targets[name] for name in targets.keys() - _BODY_FIELDS}
    return {"film": film, **targets, **body_table(picture.label, to_network, size_px)}


def body_table(
    label: FilmLabel, to_network: Affine, size_px: tuple[int, int] = FINDER_SIZE_PX
) -> Sample:
    """The film's whole bodies for metrics, padded to one row per level.

    Returns
    -------
    dict of ndarray
        ``table_points`` (12, 6, 2) network pixels (NaN where unknown), ``table_centre`` (12, 2),
        ``table_height`` (12,) pixels, ``table_channel`` (12,) channel of the level map (-1 without
        one), ``table_status`` (12,) 1 fractured, 0 normal, -1 unknown or not judged,
        ``table_used`` (12,) bool.
    """
    table: Sample = {
        "table_points": np.full((_ROWS, len(POINT_NAMES), 2), np.nan, np.float32),
        "table_centre": np.zeros((_ROWS, 2), np.float32),
        "table_height": np.ones(_ROWS, np.float32),
        "table_channel": np.full(_ROWS, -1, np.int64),
        "table_status": np.full(_ROWS, -1, np.int64),
        "table_used": np.zeros(_ROWS, bool),
    }
    row = 0
    for body in bodies_in_network(label, to_network, size_px):
        if body.inside < 1:
            continue
        info = LEVELS[body.label.level]
        quad = body.quad
        table["table_points"][row] = body.points
        table["table_centre"][row] = quad.mean(axis=0)
        sides = quad[[0, 1]] - quad[[3, 2]]
        table["table_height"][row] = np.hypot(sides[:, 0], sides[:, 1]).mean()
        table["table_channel"][row] = -1 if info.channel is None else info.channel
        if info.judged and body.label.assessable and body.label.status is not Status.UNKNOWN:
            table["table_status"][row] = body.label.status is Status.FRACTURED
        table["table_used"][row] = True
        row += 1
    return table
