"""Agreement of two readers as it is sent."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from spondyl.serve.projects.agreement import Agreement, HeightAgreement
from spondyl.serve.projects.bland_altman import Interval
from spondyl.serve.projects.kappa import Kappa
from spondyl.serve.web.routes.project_shapes import (
    AgreementOut,
    CornersOut,
    HeightsAgreementOut,
    KappaOut,
    ReaderCount,
)

STATUS_LABELS = ("normal", "fractured")
GRADE_LABELS = ("0 normal", "1 mild", "2 moderate", "3 severe")
#: More points than a picture can show are thinned out evenly; figures are of all.
MOST_POINTS = 4000
_DIGITS = 4
_T = TypeVar("_T")


def agreement_out(
    found: Agreement, readers: Mapping[str, int], names: Mapping[str, str]
) -> AgreementOut:
    """An agreement as it is sent.

    Parameters
    ----------
    found : Agreement
    readers : mapping
        Films by reader's id.
    names : mapping
        By reader's id.
    """
    corners = found.corners
    return AgreementOut(
        films=found.films,
        patients=found.patients,
        turned_down=found.turned_down,
        readers=[
            ReaderCount(user_id=reader, name=names.get(reader, ""), films=count)
            for reader, count in sorted(readers.items(), key=lambda item: (-item[1], item[0]))
        ],
        weights=found.weights,
        fracture=_kappa(found.fracture, STATUS_LABELS),
        grade=_kappa(found.grade, GRADE_LABELS),
        corners=CornersOut(
            n=corners.n,
            median=_short(corners.median),
            low=_short(corners.low),
            high=_short(corners.high),
            p90=_short(corners.p90),
            values=[round(value, 2) for value in _thinned(corners.values)],
        ),
        heights=[_heights(name, each) for name, each in found.heights.items()],
        notes=list(found.notes),
    )


def _kappa(found: Kappa, labels: Sequence[str]) -> KappaOut:
    return KappaOut(
        kappa=_short(found.value),
        low=_short(found.low),
        high=_short(found.high),
        standard_error=_short(found.standard_error),
        method=found.method,
        n=found.n,
        observed=_short(found.observed),
        expected=_short(found.expected),
        positive_agreement=_short(found.positive_agreement),
        negative_agreement=_short(found.negative_agreement),
        labels=list(labels),
        table=[list(row) for row in found.table],
    )


def _heights(name: str, found: HeightAgreement) -> HeightsAgreementOut:
    limits, points = found.limits, _thinned(found.points)
    ends: dict[str, Any] = {}
    for key in ("bias", "lower", "upper"):
        figure: Interval | None = getattr(limits, key)
        ends[key] = None if figure is None else _short(figure.value)
        ends[f"{key}_low"] = None if figure is None else _short(figure.low)
        ends[f"{key}_high"] = None if figure is None else _short(figure.high)
    return HeightsAgreementOut.model_validate(
        {
            "height": name,
            "unit": found.unit,
            "mean_unit": found.mean_unit,
            "n": limits.n,
            "mean": [round(point.mean, 2) for point in points],
            "difference": [round(point.difference, 3) for point in points],
            "level": [str(point.level) for point in points],
            "film_id": [point.film_id for point in points],
            "sd": _short(limits.sd),
            **ends,
        }
    )


def _thinned(items: Sequence[_T]) -> Sequence[_T]:
    step = -(-len(items) // MOST_POINTS)
    return items[:: max(1, step)]


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DIGITS)
