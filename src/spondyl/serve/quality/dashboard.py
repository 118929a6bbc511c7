"""The figures of quality: per day, per month and site, and what should be looked at.

The reference of a site is its first films (``REFERENCE_FILMS``): what the room was taken into use
with. Later months are held against it; films of the reference itself are left out of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spondyl.serve.quality.disagreement import Verdict
from spondyl.serve.quality.drift import (
    LEAST_REFERENCE,
    Drift,
    Reference,
    Shift,
    drift_of,
    reference_of,
)
from spondyl.serve.quality.rows import FilmRow, between, month_of
from spondyl.serve.quality.shares import Share, apart, share_of

REFERENCE_FILMS = 200
_OLD = 70


@dataclass(frozen=True)
class Day:
    """Films that came in on a day."""

    day: date
    films: int
    assessable: int
    positive: Share


@dataclass(frozen=True)
class Month:
    """A site's month.

    Attributes
    ----------
    month, site : str
    films : int
        That came in, and were read.
    positive, not_assessable : Share
        Of assessable films those that the model calls fractured; of all those it could not judge.
    decided : int
        Films that readers decided in this month, whenever they came in.
    disagreed : Share
    rejected, missed, false_alarms : int
        Of the films that readers see otherwise.
    bodies, bodies_changed : int
    drift : Drift
    """

    month: str
    site: str
    films: int
    positive: Share
    not_assessable: Share
    decided: int
    disagreed: Share
    rejected: int
    missed: int
    false_alarms: int
    bodies: int
    bodies_changed: int
    drift: Drift


@dataclass(frozen=True)
class SiteReference:
    """What a site's months are held against."""

    site: str
    first: date
    last: date
    films: int
    distribution: Reference
    positive: Share
    not_assessable: Share


@dataclass(frozen=True)
class Notice:
    """Something that should be looked at."""

    kind: str
    site: str
    month: str
    sentence: str


@dataclass(frozen=True)
class Dashboard:
    """All figures."""

    days: tuple[Day, ...]
    months: tuple[Month, ...]
    references: tuple[SiteReference, ...]
    warnings: tuple[Notice, ...]


def dashboard(
    rows: Sequence[FilmRow], verdicts: Sequence[Verdict], first: date, last: date
) -> Dashboard:
    """The figures of some days.

    Parameters
    ----------
    rows : sequence of FilmRow
        All films, also earlier ones: the reference is among them.
    verdicts : sequence of Verdict
        All, also earlier ones.
    first, last : date
        Both included.
    """
    by_site: dict[str, list[FilmRow]] = defaultdict(list)
    for row in rows:
        by_site[row.site].append(row)
    verdicts_of: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        verdicts_of[verdict.site].append(verdict)
    months: list[Month] = []
    references: list[SiteReference] = []
    warnings: list[Notice] = []
    for site in sorted({*by_site, *verdicts_of}):
        known = by_site[site]
        reference = _reference(site, known)
        if reference is not None:
            references.append(reference)
        own = _months(site, known, verdicts_of[site], reference)
        shown = [m for m in own if f"{first:%Y-%m}" <= m.month <= f"{last:%Y-%m}"]
        months += shown
        for month in shown:
            warnings += _warnings(month, reference, known, own)
    return Dashboard(
        tuple(_days(between(rows, first, last))),
        tuple(sorted(months, key=lambda m: (m.month, m.site))),
        tuple(references),
        tuple(sorted(warnings, key=lambda w: (w.month, w.site, w.kind), reverse=True)),
    )


def _days(rows: Sequence[FilmRow]) -> list[Day]:
    found: dict[date, list[FilmRow]] = defaultdict(list)
    for row in rows:
        found[row.day].append(row)
    return [
        Day(day, len(films), sum(f.assessable for f in films), _positive(films))
        for day, films in sorted(found.items())
    ]


def _positive(films: Iterable[FilmRow]) -> Share:
    judged = [film for film in films if film.assessable]
    return share_of(sum(film.fractured for film in judged), len(judged))


def _not_assessable(films: Sequence[FilmRow]) -> Share:
    return share_of(sum(not film.assessable for film in films), len(films))


def _reference(site: str, rows: Sequence[FilmRow]) -> SiteReference | None:
    films = rows[:REFERENCE_FILMS]
    if len(films) < LEAST_REFERENCE:
        return None
    return SiteReference(
        site,
        films[0].day,
        films[-1].day,
        len(films),
        reference_of(_suspicions(films)),
        _positive(films),
        _not_assessable(films),
    )


def _suspicions(films: Iterable[FilmRow]) -> list[float]:
    return [film.suspicion for film in films if film.suspicion is not None]


def _months(
    site: str,
    rows: Sequence[FilmRow],
    verdicts: Sequence[Verdict],
    reference: SiteReference | None,
) -> list[Month]:
    came: dict[str, list[FilmRow]] = defaultdict(list)
    later: dict[str, list[FilmRow]] = defaultdict(list)
    for place, row in enumerate(rows):
        came[row.month].append(row)
        if place >= REFERENCE_FILMS:
            later[row.month].append(row)
    decided: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        decided[month_of(verdict.at)].append(verdict)
    distribution = reference.distribution if reference is not None else reference_of([])
    return [
        _month(month, site, came[month], decided[month], later[month], distribution)
        for month in sorted({*came, *decided})
    ]


def _month(
    month: str,
    site: str,
    films: Sequence[FilmRow],
    verdicts: Sequence[Verdict],
    later: Sequence[FilmRow],
    distribution: Reference,
) -> Month:
    return Month(
        month=month,
        site=site,
        films=len(films),
        positive=_positive(films),
        not_assessable=_not_assessable(films),
        decided=len(verdicts),
        disagreed=share_of(sum(v.disagrees for v in verdicts), len(verdicts)),
        rejected=sum(v.rejected for v in verdicts),
        missed=sum(v.missed for v in verdicts),
        false_alarms=sum(v.false_alarm for v in verdicts),
        bodies=sum(v.bodies for v in verdicts),
        bodies_changed=sum(v.changed for v in verdicts),
        drift=drift_of(_suspicions(later), distribution),
    )


def _warnings(
    month: Month,
    reference: SiteReference | None,
    rows: Sequence[FilmRow],
    months: Sequence[Month],
) -> list[Notice]:
    found: list[tuple[str, str]] = []
    drift = month.drift
    if drift.shift in (Shift.MODERATE, Shift.MARKED):
        found.append(
            (
                "drift",
                f"The model's probabilities have shifted ({drift.shift}, PSI {drift.psi:.2f}): "
                "look whether the films, or who is sent, have changed; then calibrate anew.",
            )
        )
    if reference is not None and month.month > f"{reference.last:%Y-%m}":
        found += _against(month, reference, rows)
    before = [m for m in months if m.month < month.month]
    usual = share_of(sum(m.disagreed.count for m in before), sum(m.disagreed.n for m in before))
    if apart(month.disagreed, usual) and _value(month.disagreed) > _value(usual):
        found.append(
            (
                "disagreement",
                f"Readers see {_value(month.disagreed):.0%} of films otherwise than the model, "
                f"{_value(usual):.0%} before.",
            )
        )
    return [Notice(kind, month.site, month.month, sentence) for kind, sentence in found]


def _against(
    month: Month, reference: SiteReference, rows: Sequence[FilmRow]
) -> list[tuple[str, str]]:
    then = rows[:REFERENCE_FILMS]
    now = [row for row in rows if row.month == month.month]
    pairs: Mapping[str, tuple[str, Share, Share]] = {
        "positive_rate": ("films called fractured", month.positive, reference.positive),
        "not_assessable": (
            "films that cannot be judged",
            month.not_assessable,
            reference.not_assessable,
        ),
        "sex": ("women among the patients", _women(now), _women(then)),
        "age": (f"patients of {_OLD} years and more", _old(now), _old(then)),
    }
    return [
        (kind, f"The share of {what} is {_value(one):.0%}, {_value(other):.0%} in the reference.")
        for kind, (what, one, other) in pairs.items()
        if apart(one, other)
    ]


def _women(rows: Sequence[FilmRow]) -> Share:
    known = [row for row in rows if row.sex in ("F", "M")]
    return share_of(sum(row.sex == "F" for row in known), len(known))


def _old(rows: Sequence[FilmRow]) -> Share:
    ages = [row.age for row in rows if row.age is not None]
    return share_of(sum(age >= _OLD for age in ages), len(ages))


def _value(share: Share) -> float:
    return share.value or 0.0
