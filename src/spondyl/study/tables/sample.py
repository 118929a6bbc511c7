"""Table 1: patients, films, fractures and sites, for each side of the split and each set."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean, stdev
from typing import TypeVar

from spondyl.anatomy import JUDGED_LEVELS, GenantGrade, Level, Status
from spondyl.evaluate.subgroups import age_years
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.study.flow.model import patients_of
from spondyl.study.tables.table import Column, Count, Row, Table, Value

#: Sites beyond so many are counted together.
_SITES = 12
_Case = TypeVar("_Case")
_SEXES = {"f": "Women", "female": "Women", "w": "Women", "m": "Men", "male": "Men"}


def sex_of(label: FilmLabel) -> str | None:
    """Women, Men, or None where the label does not say (DICOM's codes and plain words)."""
    return _SEXES.get(str(label.extra.get("sex", "")).strip().lower())


def age_of(label: FilmLabel) -> float | None:
    """Age in years; None where the label does not say."""
    return age_years(label.extra.get("age_years", label.extra.get("age")))


def sample_table(sets: Mapping[str, Sequence[FilmLabel]]) -> Table:
    """Table 1.

    Parameters
    ----------
    sets : mapping
        Head of the column -> labels of its films, in the order shown.
    """
    groups = list(sets.values())
    lines = [*_LINES, *_site_lines(groups)]
    return Table(
        key="table-1",
        title="Patients, films and fractures",
        columns=(Column(""), *(Column(name, "count") for name in sets)),
        rows=tuple(
            Row((line.words, *(line.value(labels) for labels in groups)), line.group)
            for line in lines
        ),
        notes=(
            "Counts with per cent of the group. A film is fractured where one of its bodies is; a "
            "status is unknown where report and reader are silent, and is left out of every figure "
            "of fracture. SD: standard deviation.",
        ),
    )


@dataclass(frozen=True)
class _Line:
    group: str
    words: str
    value: Callable[[Sequence[FilmLabel]], Value]


def _counted(
    group: str,
    words: str,
    cases: Callable[[Sequence[FilmLabel]], Sequence[_Case]],
    wanted: Callable[[_Case], bool],
) -> _Line:
    """So many of the cases are as wanted."""
    return _Line(
        group, words, lambda labels: Count(sum(map(wanted, cases(labels))), len(cases(labels)))
    )


def _films(labels: Sequence[FilmLabel]) -> Sequence[FilmLabel]:
    return labels


_GRADES: tuple[tuple[str, GenantGrade | None], ...] = (
    ("Mild", GenantGrade.MILD),
    ("Moderate", GenantGrade.MODERATE),
    ("Severe", GenantGrade.SEVERE),
    ("Not stated", None),
)


def _bodies(labels: Sequence[FilmLabel]) -> list[VertebraLabel]:
    return [
        body
        for label in labels
        for body in label.vertebrae.values()
        if body.level in JUDGED_LEVELS and body.assessable
    ]


def _fractured(labels: Sequence[FilmLabel]) -> list[VertebraLabel]:
    return [body for body in _bodies(labels) if body.status is Status.FRACTURED]


def _fractures_per_film(labels: Sequence[FilmLabel]) -> list[int]:
    """Of the films with any."""
    return [count for label in labels if (count := len(_fractured([label])))]


def _first_films(labels: Sequence[FilmLabel]) -> list[FilmLabel]:
    """One film per patient: sex and age are the patient's."""
    return list({label.patient or label.name: label for label in reversed(labels)}.values())


def _ages(labels: Sequence[FilmLabel]) -> list[float]:
    return [age for film in _first_films(labels) if (age := age_of(film)) is not None]


def _age(labels: Sequence[FilmLabel]) -> str | None:
    ages = _ages(labels)
    if not ages:
        return None
    return f"{mean(ages):.1f} ({stdev(ages):.1f})" if len(ages) > 1 else f"{ages[0]:.1f}"


def _age_range(labels: Sequence[FilmLabel]) -> str | None:
    ages = _ages(labels)
    return f"{min(ages):.0f}–{max(ages):.0f}" if ages else None


def _site_lines(groups: Sequence[Sequence[FilmLabel]]) -> list[_Line]:
    """The sites with most films of all sets; the rarest beyond a dozen are left out."""
    counts = Counter(label.site or "" for labels in groups for label in labels)
    return [
        _counted(
            "Films by site",
            site or "Not stated",
            _films,
            partial(_is_of_site, site),
        )
        for site, _ in counts.most_common(_SITES)
    ]


def _is_of_site(site: str, label: FilmLabel) -> bool:
    return (label.site or "") == site


def _lines() -> list[_Line]:
    """Every line but those of sites."""
    films, bodies = "Films", "Bodies T11–L5 with a label"
    levels, grades = "Fractured bodies by level", "Fractured bodies by grade (Genant)"
    several = "Fractured films by number of fractures"
    age, sex = "Age, per patient", "Sex, per patient"
    return [
        _Line("Size", "Patients", patients_of),
        _Line("Size", "Films", len),
        _counted(sex, "Women", _first_films, lambda label: sex_of(label) == "Women"),
        _counted(sex, "Men", _first_films, lambda label: sex_of(label) == "Men"),
        _counted(sex, "Not stated", _first_films, lambda label: sex_of(label) is None),
        _Line(age, "Mean (SD), years", _age),
        _Line(age, "Range, years", _age_range),
        _counted(age, "Not stated", _first_films, lambda label: age_of(label) is None),
        _counted(films, "Fractured", _films, lambda label: label.fractured is True),
        _counted(films, "Normal", _films, lambda label: label.fractured is False),
        _counted(films, "Unknown", _films, lambda label: label.fractured is None),
        *(
            _counted(bodies, str(status).capitalize(), _bodies, partial(_has_status, status))
            for status in (Status.FRACTURED, Status.NORMAL, Status.UNKNOWN)
        ),
        *(
            _counted(levels, str(level), _fractured, partial(_has_level, level))
            for level in JUDGED_LEVELS
        ),
        *(
            _counted(grades, words, _fractured, partial(_has_grade, grade))
            for words, grade in _GRADES
        ),
        _counted(several, "One", _fractures_per_film, lambda count: count == 1),
        _counted(several, "Two", _fractures_per_film, lambda count: count == 2),
        _counted(several, "Three or more", _fractures_per_film, lambda count: count > 2),
    ]


def _has_status(status: Status, body: VertebraLabel) -> bool:
    return body.status is status


def _has_level(level: Level, body: VertebraLabel) -> bool:
    return body.level is level


def _has_grade(grade: GenantGrade | None, body: VertebraLabel) -> bool:
    # a fractured body of grade 0 has no grade that could be shown
    return (GenantGrade(body.genant_grade) if body.genant_grade else None) is grade


_LINES = tuple(_lines())
