"""Figures of parts of a set: by level and grade of the bodies; by sex, age, site and view."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import pairwise

from spondyl.anatomy import GenantGrade, Level
from spondyl.evaluate.calibration_target import Unit
from spondyl.evaluate.diagnostics import (
    Interval,
    case_figures,
    diagnostics,
    recalled,
    share,
)
from spondyl.evaluate.fracture import Figures, body_cases
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.evaluate.statistics import Clusters
from spondyl.labels import FilmLabel

#: Of films whose label is silent, where others speak.
UNKNOWN = "unknown"
#: Lower ends of the age bands, in years.
AGE_BANDS = (50, 60, 70, 80)
_SEXES = {"f": "female", "female": "female", "w": "female", "m": "male", "male": "male"}
#: DICOM's age string: 067Y, 011M.
_AGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([ymwd]?)(?:ears|rs|r)?\.?\s*", re.IGNORECASE)
_PER_YEAR = {"y": 1.0, "": 1.0, "m": 12.0, "w": 52.1775, "d": 365.25}


class Grouping(StrEnum):
    """What a set is parted by."""

    LEVEL = "level"
    GRADE = "grade"
    SEX = "sex"
    AGE = "age"
    SITE = "site"
    VIEW = "view"


#: These part the bodies of a film, the others whole films.
OF_BODIES = (Grouping.LEVEL, Grouping.GRADE)


def subgroups(
    outcomes: Sequence[FilmOutcome],
    by: Grouping | str,
    labels: Iterable[FilmLabel] = (),
    unit: Unit | str = Unit.BODY,
    threshold: float | None = None,
    *,
    interval: Interval | str = Interval.AUTO,
) -> dict[str, Figures]:
    """The figures of each part.

    Parameters
    ----------
    outcomes : sequence of FilmOutcome
    by : Grouping
        Level and grade are of bodies, whatever ``unit`` says, and have no false alarms per film.
        A grade's bodies are all of one status, so that grade 0 has a specificity alone and the
        others a sensitivity alone. A set without any grade has no part.
    labels : iterable of FilmLabel
        Of these films: sex, age and view are read from ``extra`` (``"sex"``, ``"age"`` or
        ``"age_years"``, ``"view"``), the site from the label or else the outcome.
    unit : Unit
    threshold, interval
        As of :func:`~spondyl.evaluate.diagnostics.diagnostics`.

    Returns
    -------
    dict of str to dict of str to Figure
        Parts in their natural order, :data:`UNKNOWN` last; empty where nothing is known.

    Raises
    ------
    ValueError
        If ``by`` is none of :class:`Grouping`.
    """
    try:
        grouping = Grouping(by)
    except ValueError:
        known = ", ".join(f'"{one}"' for one in Grouping)
        raise ValueError(f"A set can be parted by {known}; found {by!r}.") from None
    if grouping in OF_BODIES:
        return _of_bodies(outcomes, grouping, threshold, Interval(interval))
    of = {label.name: label for label in labels}
    parts = _parts(outcomes, lambda film: film_group(film, of.get(film.film), grouping))
    return {
        name: diagnostics(films, unit, threshold, interval=interval)
        for name, films in parts.items()
    }


def all_subgroups(
    outcomes: Sequence[FilmOutcome],
    labels: Iterable[FilmLabel] = (),
    unit: Unit | str = Unit.BODY,
    threshold: float | None = None,
    *,
    interval: Interval | str = Interval.AUTO,
) -> dict[Grouping, dict[str, Figures]]:
    """Every grouping of which at least two parts are known."""
    labels = tuple(labels)
    found = {
        grouping: subgroups(outcomes, grouping, labels, unit, threshold, interval=interval)
        for grouping in Grouping
    }
    return {grouping: parts for grouping, parts in found.items() if len(set(parts) - {UNKNOWN}) > 1}


def film_group(film: FilmOutcome, label: FilmLabel | None, by: Grouping) -> str | None:
    """The part that a film belongs to; None where its label is silent."""
    extra = {} if label is None else label.extra
    if by is Grouping.SITE:
        return (label.site if label is not None else None) or film.site
    if by is Grouping.AGE:
        years = age_years(extra.get("age_years", extra.get("age")))
        return None if years is None else age_band(years)
    value = extra.get(str(by))
    if value is None or not str(value).strip():
        return None
    text = str(value).strip()
    return _SEXES.get(text.lower()) if by is Grouping.SEX else text


def age_years(value: object) -> float | None:
    """Years out of a number, a text or DICOM's age string; None where it is none of them.

    Examples
    --------
    >>> age_years("067Y"), age_years(71), age_years("018M"), age_years("old")
    (67.0, 71.0, 1.5, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) and value >= 0 else None
    match = _AGE.fullmatch(str(value))
    return None if match is None else float(match[1]) / _PER_YEAR[match[2].lower()]


def age_band(years: float) -> str:
    """The band of an age.

    Examples
    --------
    >>> age_band(49.5), age_band(50), age_band(79), age_band(93)
    ('under 50', '50-59', '70-79', '80 and over')
    """
    if years < AGE_BANDS[0]:
        return f"under {AGE_BANDS[0]}"
    for low, high in pairwise(AGE_BANDS):
        if years < high:
            return f"{low}-{high - 1}"
    return f"{AGE_BANDS[-1]} and over"


def _order(name: str) -> tuple[int, str]:
    """Names by the alphabet, the youngest band first, the unknown last."""
    return (2 if name == UNKNOWN else 0 if name.startswith("under ") else 1, name)


def _parts(
    outcomes: Sequence[FilmOutcome], of: Callable[[FilmOutcome], str | None]
) -> dict[str, list[FilmOutcome]]:
    parts: dict[str, list[FilmOutcome]] = {}
    for film in outcomes:
        parts.setdefault(of(film) or UNKNOWN, []).append(film)
    if set(parts) <= {UNKNOWN}:
        return {}
    return {name: parts[name] for name in sorted(parts, key=_order)}


def _of_bodies(
    outcomes: Sequence[FilmOutcome], by: Grouping, threshold: float | None, interval: Interval
) -> dict[str, Figures]:
    def name(body: BodyOutcome) -> str | None:
        if by is Grouping.LEVEL:
            return str(body.level)
        return None if body.genant_grade is None else GenantGrade(body.genant_grade).name.lower()

    names = (
        [str(one) for one in Level]
        if by is Grouping.LEVEL
        else [grade.name.lower() for grade in GenantGrade]
    )
    groups: dict[str, list[BodyOutcome]] = {one: [] for one in names}
    for film in outcomes:
        for body in film.judged:
            key = name(body)
            if key is not None:
                groups[key].append(body)
    return {
        key: _body_figures(bodies, threshold, interval) for key, bodies in groups.items() if bodies
    }


def _body_figures(
    bodies: Sequence[BodyOutcome], threshold: float | None, interval: Interval
) -> Figures:
    cases = body_cases(bodies)
    if threshold is not None:
        cases = [recalled(case, threshold) for case in cases]
    patients = [body.patient for body in bodies]
    draws = Clusters(patients)
    return case_figures(cases, interval, draws) | {
        "level_success": share([body.named_right for body in bodies], patients, interval, draws)
    }
