"""Film to reading: the one call that the rest of the package uses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spondyl.anatomy import MAPPED_LEVELS
from spondyl.film.model import Film
from spondyl.geometry import Affine
from spondyl.read.calibration import other_model_warnings
from spondyl.read.column import room_below
from spondyl.read.decode import Candidate
from spondyl.read.engine import Engine, Networks
from spondyl.read.find import Found, find_column
from spondyl.read.judge import film_doubts, judge_column
from spondyl.read.measure import Measured, NamedBody, measure_bodies
from spondyl.read.model import Finding, ModelIdentity, Numbering, Reading
from spondyl.read.orient import (
    Orientation,
    View,
    likely_orientations,
    look_at,
    orientation_warnings,
    other_orientations,
)
from spondyl.read.sequence import Sequence as Names
from spondyl.read.sequence import name_column
from spondyl.read.sequence_scores import ColumnEvidence
from spondyl.read.site import DEFAULT_SITE, Site, load_site, site_sha256

#: A column that scores less has fewer than three clear bodies: another orientation is tried.
_POOR_COLUMN = 2.0
_CLEARLY_BETTER = 1.5
#: Share of people with five lumbar bodies and an ordinary sacrum: lumbarisation in 6.2 %,
#: sacralisation in 2.7 % (226 CTs, PMC3948909). A lumbar film cannot see who is among them, so that
#: no numbering is surer than this.
_ORDINARY_SHARE = 1 - 0.062 - 0.027
#: Numbering confidence under which the reading warns.
_UNSURE_NUMBERING = 0.7


@dataclass(frozen=True)
class Examined:
    """A film as the networks see it, before anything is judged.

    Attributes
    ----------
    film : Film
    view : View
    found : Found
        Orientation and column.
    names : Sequence
        The column's names and how sure they are.
    measured : tuple of Measured
        Named bodies, top to bottom, canonical film px.
    """

    film: Film
    view: View
    found: Found
    names: Names
    measured: tuple[Measured, ...]


class Reader:
    """Reads lateral lumbar films.

    Parameters
    ----------
    site : str, Path or Site
        Name of a packaged site, a site file, or a site.
    threads : int
        Worker threads of a network run; 0 takes every core.
    weights : Path, optional
        Folder of other weights than the packaged ones.
    networks : Networks, optional
        In place of ONNX Runtime (tests, other runtimes).

    Examples
    --------
    >>> reading = Reader().read("film.dcm")  # doctest: +SKIP
    """

    def __init__(
        self,
        site: str | Path | Site = DEFAULT_SITE,
        threads: int = 2,
        weights: Path | None = None,
        networks: Networks | None = None,
    ) -> None:
        self.site = site if isinstance(site, Site) else load_site(site)
        self.networks: Networks = networks or Engine(threads, weights)

    @property
    def model(self) -> ModelIdentity:
        """Name, version and checksum of the networks."""
        return self.networks.identity

    def read(self, film: Film | str | Path) -> Reading:
        """Read one film.

        Raises
        ------
        FilmError
            If a path cannot be read as a film.
        WeightsError
            If the networks are missing or damaged.
        """
        return self.judge(self.examine(film))

    def examine(self, film: Film | str | Path) -> Examined:
        """Find, name and measure the bodies of a film; the part that needs the networks.

        Raises
        ------
        FilmError, WeightsError
            As :meth:`read`.
        """
        if not isinstance(film, Film):
            from spondyl.film import load_film

            film = load_film(Path(film))
        view = look_at(film.pixels, self.networks)
        found = self._found(film, view)
        names = name_column(column_evidence(found.column, found.bottom_px))
        measured = measure_bodies(found.pixels, _named_bodies(found, names), self.networks)
        return Examined(film, view, found, names, measured)

    def judge(self, examined: Examined) -> Reading:
        """Turn an examined film into a reading, by the site's settings alone."""
        film, found, names = examined.film, examined.found, examined.names
        height, width = found.pixels.shape
        back = found.to_canonical.inverse()
        findings = tuple(
            _moved(finding, back)
            for finding in judge_column(examined.measured, (width, height), self.site)
        )
        reasons = film_doubts(findings, examined.view.lumbar, self.site.judge)
        if reasons:
            findings = tuple(_not_judged(finding) for finding in findings)
        probability = max((f.fracture_probability for f in findings if f.assessable), default=0.0)
        sure = _ORDINARY_SHARE * names.numbering_confidence
        numbering = Numbering(sure, names.assumption, names.alternative_shift)
        return Reading(
            film=film,
            posterior_side=found.orientation.posterior_side,
            inverted=found.orientation.inverted,
            model=self.networks.identity,
            site=self.site.name,
            assessable=not reasons,
            reasons=reasons,
            fracture_probability=probability,
            threshold=self.site.threshold,
            fractured=any(finding.fractured for finding in findings),
            numbering=numbering,
            findings=findings,
            warnings=(
                *film.warnings,
                *orientation_warnings(
                    found.orientation, film.header_posterior_side, film.header_inverted
                ),
                *_numbering_warnings(findings, numbering),
                *other_model_warnings(self.site.name, self.site.made_from, self.model),
            ),
            site_sha256=site_sha256(self.site),
        )

    def _found(self, film: Film, view: View) -> Found:
        """The best column over the orientations that picture and header leave open."""

        def best_of(ways: Sequence[Orientation]) -> Found:
            looks = (find_column(film.pixels, way, self.networks) for way in ways)
            return max(looks, key=lambda found: found.score)

        likely = likely_orientations(view, film.header_posterior_side)
        found = best_of(likely)
        others = other_orientations(likely)
        poor = found.score < _POOR_COLUMN and view.lumbar >= self.site.judge.lumbar_floor
        if poor and others:
            turned = best_of(others)
            # Only a clear column speaks against what the picture and its header say.
            if turned.score > found.score + _CLEARLY_BETTER:
                found = turned
        return found


def _named_bodies(found: Found, names: Names) -> list[NamedBody]:
    to_film = found.to_network.inverse()
    return [
        NamedBody(
            level=level,
            points_px=to_film(candidate.points_px),
            heat=candidate.heat,
            fracture_logit=candidate.fracture_logit,
            level_confidence=float(confidence),
        )
        for candidate, level, confidence in zip(
            found.column, names.levels, names.level_confidence, strict=True
        )
        if level is not None
    ]


def column_evidence(column: Sequence[Candidate], bottom_px: float) -> ColumnEvidence:
    """What the sequence search needs of a column (network px)."""
    return ColumnEvidence(
        looks=np.array([candidate.looks for candidate in column])
        if column
        else np.zeros((0, 1 + len(MAPPED_LEVELS))),
        objectness=np.array([candidate.heat for candidate in column]),
        centres_px=np.array([candidate.centre_px for candidate in column]).reshape(-1, 2),
        depths_px=np.array([candidate.depth_px for candidate in column]),
        room_below=room_below(column, bottom_px),
    )


def _moved(finding: Finding, to_film: Affine) -> Finding:
    mids = finding.mid_endplates_px
    return replace(
        finding,
        corners_px=to_film(finding.corners_px),
        mid_endplates_px=None if mids is None else to_film(mids),
    )


def _not_judged(finding: Finding) -> Finding:
    if not finding.assessable:
        return finding
    return replace(
        finding,
        assessable=False,
        reasons=("The film as a whole could not be judged.",),
        fractured=False,
        genant_grade=None,
        shape=None,
        height_loss=None,
    )


def _numbering_warnings(findings: Sequence[Finding], numbering: Numbering) -> tuple[str, ...]:
    if not findings or numbering.confidence >= _UNSURE_NUMBERING:
        return ()
    doubt = f"The names of the levels are uncertain (confidence {numbering.confidence:.2f})"
    if numbering.alternative_shift:
        way = "down" if numbering.alternative_shift > 0 else "up"
        return (f"{doubt}; all may be one level further {way}.",)
    return (f"{doubt}.",)
