"""Six points, heights and lost heights of named bodies. Canonical film px."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, NORMS, Level
from spondyl.geometry import Affine, BodyFrame, Heights, body_frame, heights, quad_area
from spondyl.read.engine import BodyOutputs, Networks
from spondyl.read.framing import CropSettings, frames_about
from spondyl.read.hidden import flat_share
from spondyl.read.prepare import body_input
from spondyl.read.seams import covered_share, find_seams
from spondyl.read.site import JudgeSettings

FloatArray = NDArray[np.float64]
FloatImage = NDArray[np.float32]

#: A second look that moves a body's centre by more than this share of its depth left the body.
_LOST_SHARE = 0.35


@dataclass(frozen=True)
class NamedBody:
    """A body of the column with its name, as the finder sees it.

    Attributes
    ----------
    level : Level
    points_px : ndarray, shape (6, 2)
        Canonical film px.
    heat : float
        The finder's centre heat, 0..1.
    fracture_logit : float
        The finder's fracture map over the body.
    level_confidence : float
    """

    level: Level
    points_px: FloatArray
    heat: float
    fracture_logit: float
    level_confidence: float

    @property
    def frame(self) -> BodyFrame:
        """The body's axes as the finder sees them."""
        return body_frame(self.points_px)


@dataclass(frozen=True)
class Measured:
    """A named body with the body network's answers and its heights.

    Attributes
    ----------
    body : NamedBody
    points_px : ndarray, shape (6, 2)
        Refined; canonical film px.
    spread_px : float
        Mean expected error of the points, canonical film px; NaN where no crop was read (S1).
    fracture_logit, body_logit : float
        The body network's; NaN where no crop was read.
    network_loss : ndarray, shape (3,)
        Lost shares of anterior, middle, posterior height as the network sees them.
    flat_share : float
        Share of its area where the film is of one grey, 0..1.
    seam_share : float
        Share of an endplate that lies under a cassette's seam, 0..1; the larger of both.
    """

    body: NamedBody
    points_px: FloatArray
    spread_px: float
    fracture_logit: float
    body_logit: float
    network_loss: FloatArray
    flat_share: float = 0.0
    seam_share: float = 0.0

    @property
    def level(self) -> Level:
        """The body's name."""
        return self.body.level

    @property
    def frame(self) -> BodyFrame:
        """The body's own axes."""
        return body_frame(self.points_px)

    @property
    def heights_px(self) -> Heights:
        """Anterior, middle and posterior height."""
        return heights(self.points_px)


@dataclass(frozen=True)
class Losses:
    """Lost shares of the expected heights: anterior, middle, posterior; negative where taller."""

    anterior: float
    middle: float
    posterior: float

    @property
    def largest(self) -> float:
        """The height loss: the largest of the three, at least 0 and at most 1."""
        return float(np.clip(max(self.anterior, self.middle, self.posterior), 0, 1))


def measure_bodies(
    canonical_pixels: FloatImage,
    bodies: Sequence[NamedBody],
    networks: Networks,
    settings: CropSettings | None = None,
) -> tuple[Measured, ...]:
    """Refine the six points of the judged bodies on their own crops.

    By default a body whose crop moved its frame is framed anew on the points found and read again.

    Parameters
    ----------
    canonical_pixels : ndarray, shape (H, W)
    bodies : sequence of NamedBody
        Top to bottom.
    networks : Networks
    settings : CropSettings, optional

    Returns
    -------
    tuple of Measured
        One per body, in order. Bodies that are not judged (S1) keep the finder's points.
    """
    settings = settings or CropSettings()
    answers = [_unread(body) for body in bodies]
    which = [k for k, body in enumerate(bodies) if LEVELS[body.level].judged]
    for number in range(settings.passes):
        if number:
            which = [k for k in which if settings.moved(bodies[k].frame, answers[k].frame)]
        read = _read_crops(canonical_pixels, answers, which, networks, settings.views)
        for k, measured in zip(which, read, strict=True):
            answers[k] = _mean(answers[k], measured) if number else measured
    seams = find_seams(canonical_pixels) if bodies else ()
    return tuple(
        replace(
            m,
            flat_share=flat_share(canonical_pixels, m.points_px[:4]),
            seam_share=covered_share(seams, m.points_px),
        )
        if LEVELS[m.level].judged
        else m
        for m in answers
    )


def _unread(body: NamedBody) -> Measured:
    return Measured(body, body.points_px, np.nan, np.nan, np.nan, np.zeros(3))


def _read_crops(
    pixels: FloatImage,
    bodies: Sequence[Measured],
    which: Sequence[int],
    networks: Networks,
    views: int,
) -> list[Measured]:
    """Read the crops of some bodies, framed on their present points."""
    if not which:
        return []
    prepared = [
        body_input(pixels, frame) for k in which for frame in frames_about(bodies[k].frame, views)
    ]
    out = networks.body(np.stack([crop for crop, _ in prepared]))
    to_film = [to_crop.inverse() for _, to_crop in prepared]
    return [
        _in_film(bodies[k].body, out, slice(row * views, (row + 1) * views), to_film)
        for row, k in enumerate(which)
    ]


def _in_film(body: NamedBody, out: BodyOutputs, rows: slice, to_film: Sequence[Affine]) -> Measured:
    """One body from its views, averaged, in film px."""
    views = list(zip(to_film[rows], out.points_px[rows], out.spread_px[rows], strict=True))
    points = np.mean([back(crop_points) for back, crop_points, _ in views], axis=0)
    spread = np.mean([back.scale * spread.mean() for back, _, spread in views])
    shift = float(np.hypot(*(points[:4].mean(axis=0) - body.points_px[:4].mean(axis=0))))
    body_logit = float(out.body[rows].mean())
    if (
        not np.isfinite(points).all()
        or quad_area(points) == 0
        or shift > _LOST_SHARE * body.frame.depth_px
    ):
        # The crop led away to another body: keep the finder's points and trust the crop less.
        points, body_logit = body.points_px, min(body_logit, -1.0)
    return Measured(
        body=body,
        points_px=points,
        spread_px=float(spread),
        fracture_logit=float(out.fracture[rows].mean()),
        body_logit=body_logit,
        network_loss=out.loss[rows].mean(axis=0).astype(np.float64),
    )


def _mean(one: Measured, two: Measured) -> Measured:
    return replace(
        two,
        points_px=0.5 * (one.points_px + two.points_px),
        spread_px=0.5 * (one.spread_px + two.spread_px),
        fracture_logit=0.5 * (one.fracture_logit + two.fracture_logit),
        body_logit=0.5 * (one.body_logit + two.body_logit),
        network_loss=0.5 * (one.network_loss + two.network_loss),
    )


def lost_heights(
    column: Sequence[Measured], settings: JudgeSettings, trusted: Mapping[Level, bool] | None = None
) -> dict[Level, Losses]:
    """Lost shares of each judged body's heights against what is expected of it.

    What is expected follows from the level's norm (``anatomy.NORMS``) and the film's own normal
    bodies: ratios front/back and middle/back move with the median of the film's other bodies, the
    posterior height follows the nearest ones'. A front or middle is counted against the body's own
    posterior wall, or, where that wall has collapsed itself, against the neighbours'. Signed: a
    lumbar body taller in front than behind has lost nothing.

    Parameters
    ----------
    column : sequence of Measured
    settings : JudgeSettings
    trusted : mapping of Level to bool, optional
        Bodies that may serve as reference; all by default.

    Returns
    -------
    dict of Level to Losses
        For each body of a judged level with heights above 0.
    """
    judged = [m for m in column if LEVELS[m.level].judged and min(_triple(m.heights_px)) > 0]
    reference = [m for m in judged if (trusted or {}).get(m.level, True)]
    unsuspicious = [m for m in reference if _first_look(m) < settings.suspicious_loss]
    if len(unsuspicious) < 2:
        unsuspicious = sorted(reference, key=_first_look)[: max(2, len(reference) // 2)]
    losses = {}
    for m in judged:
        others = [other for other in unsuspicious if other is not m]
        geometry = _geometric(m, others, settings)
        share = settings.geometry_share if np.isfinite(m.body_logit) else 1.0
        blend = share * np.array(geometry) + (1 - share) * m.network_loss
        losses[m.level] = Losses(*(float(np.clip(value, -1, 1)) for value in blend))
    return losses


def _triple(size: Heights) -> tuple[float, float, float]:
    return size.anterior, size.middle, size.posterior


def _ratios(m: Measured) -> FloatArray:
    """Log of anterior/posterior and middle/posterior over the level's norm."""
    norm, size = NORMS[m.level], m.heights_px
    return np.log(
        [
            size.anterior_posterior / norm.anterior_posterior,
            size.middle_posterior / norm.middle_posterior,
        ]
    )


def _first_look(m: Measured) -> float:
    """Rough loss of a body without its neighbours: decides who may be a reference."""
    own = float(1 - np.exp(_ratios(m).min()))
    crush = 1 - m.heights_px.posterior * NORMS[m.level].depth_to_posterior / m.frame.depth_px
    # Depth is a weak yardstick for height: only a third of the posterior wall gone counts.
    return max(own, float(m.network_loss.max()), crush - 0.18)


def _geometric(
    m: Measured, others: Sequence[Measured], settings: JudgeSettings
) -> tuple[float, float, float]:
    norm, size = NORMS[m.level], m.heights_px
    film = np.zeros(2)
    if len(others) >= 2:
        limit = settings.film_ratio_limit
        film = np.clip(np.median([_ratios(o) for o in others], axis=0), -limit, limit)
    expected_posterior = _expected_posterior(m, others, settings)
    posterior_loss = 1 - size.posterior / expected_posterior
    wall = expected_posterior if posterior_loss >= settings.crush_from else size.posterior
    expected_anterior = wall * norm.anterior_posterior * float(np.exp(film[0]))
    expected_middle = wall * norm.middle_posterior * float(np.exp(film[1]))
    return 1 - size.anterior / expected_anterior, 1 - size.middle / expected_middle, posterior_loss


def _expected_posterior(m: Measured, others: Sequence[Measured], settings: JudgeSettings) -> float:
    """Posterior height by the nearest reference bodies; by the own depth where there are none."""
    place = _scale_of(m.level)
    order = list(NORMS)
    here = order.index(m.level)
    above = [o for o in others if order.index(o.level) < here]
    under = [o for o in others if order.index(o.level) > here]
    nearest = above[-settings.neighbours :] + under[: settings.neighbours]
    if not nearest:
        return m.frame.depth_px / NORMS[m.level].depth_to_posterior
    weights = np.array([1 / abs(order.index(o.level) - here) for o in nearest])
    logs = [np.log(o.heights_px.posterior * place / _scale_of(o.level)) for o in nearest]
    return float(np.exp(np.average(logs, weights=weights)))


def _scale_of(level: Level) -> float:
    """Normal posterior height of a level relative to L5's."""
    chain = [other for other in NORMS if other is not Level.L6]
    if level is Level.L6:
        return 1.0
    scale = 1.0
    for other in chain[chain.index(level) : chain.index(Level.L5)]:
        scale *= NORMS[other].posterior_to_below
    return scale
