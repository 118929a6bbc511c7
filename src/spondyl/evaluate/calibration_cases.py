"""Labelled films as the networks saw them, and the bodies to calibrate on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Level, Status
from spondyl.evaluate.match import match_findings
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.read.calibration import logit
from spondyl.read.judge import (
    film_doubts,
    fracture_features,
    fracture_probability,
    judge_column,
)
from spondyl.read.measure import Losses, Measured, lost_heights
from spondyl.read.model import Finding
from spondyl.read.reader import Examined
from spondyl.read.site import Site

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """A labelled film and what the networks saw on it."""

    label: FilmLabel
    examined: Examined


class Truth(IntEnum):
    """What is under a finding that the reading judged."""

    NORMAL = 0
    FRACTURED = 1
    UNKNOWN = 2
    NO_BODY = 3


@dataclass(frozen=True)
class Judged:
    """A finding that the reading judged, and what is under it.

    Attributes
    ----------
    film : int
        Row of its film.
    truth : Truth
    headline : bool
        It lies on a T11-L5 body: these make up sensitivity and specificity.
    measured : Measured
    losses : Losses
    true_loss : float or None
    """

    film: int
    truth: Truth
    headline: bool
    measured: Measured
    losses: Losses
    true_loss: float | None


@dataclass(frozen=True)
class Cases:
    """Findings and films as arrays: n findings that were judged, on m films.

    Attributes
    ----------
    logits : ndarray, shape (n,)
        Log odds by the site's fracture model, before any calibration.
    features : ndarray, shape (n, 3)
        What that model weighs.
    film : ndarray of int, shape (n,)
    truth : ndarray of int, shape (n,)
        Values of :class:`Truth`.
    headline : ndarray of bool, shape (n,)
    patient : ndarray of int, shape (m,)
        Patient of each film, counted from 0.
    film_truth : ndarray of int, shape (m,)
        NORMAL, FRACTURED or UNKNOWN.
    lost_fractured, lost_normal : ndarray of int, shape (m,)
        Labelled T11-L5 bodies that no judged finding lies on: never called, at any threshold.
    """

    logits: FloatArray
    features: FloatArray
    film: NDArray[np.int64]
    truth: NDArray[np.int64]
    headline: NDArray[np.bool_]
    patient: NDArray[np.int64]
    film_truth: NDArray[np.int64]
    lost_fractured: NDArray[np.int64]
    lost_normal: NDArray[np.int64]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Findings on a body of known status: what probabilities are fitted to."""
        return self.truth <= Truth.FRACTURED

    @property
    def fractured(self) -> NDArray[np.bool_]:
        """Findings on a fractured body."""
        return self.truth == Truth.FRACTURED

    @property
    def patients(self) -> int:
        """How many there are."""
        return int(self.patient.max(initial=-1)) + 1


def without_pixels(examined: Examined) -> Examined:
    """The same with empty pictures of the same size: a thousand films fit into memory."""
    empty = np.broadcast_to(np.float32(0), examined.film.pixels.shape)
    canonical = np.broadcast_to(np.float32(0), examined.found.pixels.shape)
    return replace(
        examined,
        film=replace(examined.film, pixels=empty),
        found=replace(examined.found, pixels=canonical),
    )


def collect(films: Sequence[Seen], site: Site) -> tuple[Cases, tuple[Judged, ...]]:
    """Judge every film as the site would, and hold the findings against the labels.

    Bodies are matched by place, as :mod:`spondyl.evaluate.match` does. A labelled body without
    corners (a report's) is matched by name; on a film of such labels a finding beside them is of
    unknown status, not a false alarm.

    Parameters
    ----------
    films : sequence of Seen
    site : Site
        Says which bodies are judged, and their uncalibrated probability.
    """
    rows = {name: k for k, name in enumerate(dict.fromkeys(_patient(f.label) for f in films))}
    judged: list[Judged] = []
    film_truth, lost = [], []
    for number, seen in enumerate(films):
        bodies, missed = _judge_film(number, seen, site)
        judged += bodies
        film_truth.append(film_truth_of(seen.label))
        lost.append([missed.count(Status.FRACTURED), missed.count(Status.NORMAL)])
    probabilities = [fracture_probability(j.measured, j.losses, site.fracture) for j in judged]
    features = [fracture_features(j.measured, j.losses) for j in judged]
    never_called = np.array(lost, dtype=np.int64).reshape(-1, 2)
    cases = Cases(
        logits=logit(np.array(probabilities, dtype=np.float64)),
        features=np.array(features, dtype=np.float64).reshape(len(judged), -1),
        film=np.array([j.film for j in judged], dtype=np.int64),
        truth=np.array([j.truth for j in judged], dtype=np.int64),
        headline=np.array([j.headline for j in judged], dtype=bool),
        patient=np.array([rows[_patient(f.label)] for f in films], dtype=np.int64),
        film_truth=np.array(film_truth, dtype=np.int64),
        lost_fractured=never_called[:, 0],
        lost_normal=never_called[:, 1],
    )
    return cases, tuple(judged)


def _patient(label: FilmLabel) -> str:
    return label.patient or label.name


def film_truth_of(label: FilmLabel) -> Truth:
    """Fractured if any judged and assessable body is; unknown where no status is known."""
    known = [body.status for body in label.vertebrae.values() if _asked(body)]
    if not known:
        return Truth.UNKNOWN
    return Truth.FRACTURED if Status.FRACTURED in known else Truth.NORMAL


def _asked(body: VertebraLabel) -> bool:
    return LEVELS[body.level].judged and body.assessable and body.status is not Status.UNKNOWN


def _judge_film(number: int, seen: Seen, site: Site) -> tuple[list[Judged], list[Status]]:
    """Judged findings, and the statuses of the T11-L5 bodies without one."""
    examined = seen.examined
    height, width = examined.found.pixels.shape
    found = judge_column(examined.measured, (width, height), site)
    to_film = examined.found.to_canonical.inverse()
    findings = [replace(finding, corners_px=to_film(finding.corners_px)) for finding in found]
    trusted = {finding.level: finding.assessable for finding in findings}
    losses: Mapping[Level, Losses] = lost_heights(examined.measured, site.judge, trusted)
    if film_doubts(findings, examined.view.lumbar, site.judge):
        losses = {}
    under = _bodies_under(findings, seen.label)
    drawn = all(body.has_quad for body in seen.label.vertebrae.values() if _asked(body))
    judged: list[Judged] = []
    answered: set[Level] = set()
    for k, finding in enumerate(findings):
        if not finding.assessable or finding.level not in losses:
            continue
        body = under.get(k)
        if body is None:
            truth = Truth.NO_BODY if drawn else Truth.UNKNOWN
        elif not body.assessable or body.status is Status.UNKNOWN:
            truth = Truth.UNKNOWN
        else:
            truth = Truth.FRACTURED if body.status is Status.FRACTURED else Truth.NORMAL
        headline = body is not None and truth <= Truth.FRACTURED and body.level in JUDGED_LEVELS
        if body is not None:
            answered.add(body.level)
        judged.append(
            Judged(
                film=number,
                truth=truth,
                headline=headline,
                measured=examined.measured[k],
                losses=losses[finding.level],
                true_loss=None if body is None else body.height_loss,
            )
        )
    missed = [
        body.status
        for level, body in seen.label.vertebrae.items()
        if _asked(body) and level in JUDGED_LEVELS and level not in answered
    ]
    return judged, missed


def _bodies_under(findings: Sequence[Finding], label: FilmLabel) -> dict[int, VertebraLabel]:
    """The labelled body of each finding: by place, and by name where it has no corners."""
    truths = list(label.vertebrae.values())
    under = {i: truths[j] for i, j in match_findings(findings, truths)}
    for i, finding in enumerate(findings):
        named = label.vertebrae.get(finding.level)
        if i not in under and named is not None and not named.has_quad:
            under[i] = named
    return under
