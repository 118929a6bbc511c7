"""Table 1: patients, films, fractures and sites, for each side of the split and each set."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev

from spondyl.anatomy import JUDGED_LEVELS, GenantGrade, Status
from spondyl.evaluate.subgroups import age_years
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.study.flow import patients_of
from spondyl.study.tables import Column, Count, Row, Table, Value

#: Sites beyond so many are counted together.
_SITES = 12
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
    rows: list[Row] = []

    def add(group: str, words: str, value: Callable[[Sequence[FilmLabel]], Value]) -> None:
        rows.append(Row((words, *(value(labels) for labels in groups)), group))

    add("Size", "Patients", patients_of)
    add("Size", "Films", len)
    for words in ("Women", "Men", None):
        add(
            "Sex, per patient",
            words or "Not stated",
            lambda labels, words=words: _sex(labels, words),
        )
    add("Age, per patient", "Mean (SD), years", _age)
    add("Age, per patient", "Range, years", _age_range)
    add("Age, per patient", "Not stated", lambda labels: _patients_where(labels, age_of, None))
    for words, status in (("Fractured", True), ("Normal", False), ("Unknown", None)):
        add("Films", words, lambda labels, status=status: Count(
            sum(label.fractured is status for label in labels), len(labels)))  # fmt: skip
    for words, known in (
        ("Fractured", Status.FRACTURED), ("Normal", Status.NORMAL), ("Unknown", Status.UNKNOWN)
    ):  # fmt: skip
        add("Bodies T11–L5 with a label", words, lambda labels, known=known: Count(
            sum(body.status is known for body in _bodies(labels)), len(_bodies(labels))))  # fmt: skip
    for level in JUDGED_LEVELS:
        add("Fractured bodies by level", str(level), lambda labels, level=level: Count(
            sum(body.level is level for body in _fractured(labels)), len(_fractured(labels))))  # fmt: skip
    for words, grade in (*_GRADES, ("Grade not stated", None)):
        add("Fractured bodies by grade (Genant)", words, lambda labels, grade=grade: Count(
            sum(_grade(body) is grade for body in _fractured(labels)),
            len(_fractured(labels))))  # fmt: skip
    for words, number in (("One", 1), ("Two", 2), ("Three or more", 3)):
        add("Fractured films by number of fractures", words, lambda labels, number=number: _numbers(
            labels, number))  # fmt: skip
    for site in _sites(groups):
        add("Films by site", site or "Not stated", lambda labels, site=site: Count(
            sum((label.site or "") == site for label in labels), len(labels)))  # fmt: skip
    return Table(
        key="table-1",
        title="Patients, films and fractures",
        columns=(Column(""), *(Column(name, "count") for name in sets)),
        rows=tuple(rows),
        notes=(
            "Counts with per cent of the group. A film is fractured where one of its bodies is; a "
            "status is unknown where report and reader are silent, and is left out of every figure "
            "of fracture. SD: standard deviation.",
        ),
    )


_GRADES: tuple[tuple[str, GenantGrade], ...] = tuple(
    (grade.name.capitalize(), grade) for grade in GenantGrade if grade is not GenantGrade.NORMAL
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


def _grade(body: VertebraLabel) -> GenantGrade | None:
    return GenantGrade(body.genant_grade) if body.genant_grade else None


def _numbers(labels: Sequence[FilmLabel], number: int) -> Count:
    counts = [len(_fractured([label])) for label in labels]
    wanted = sum(count >= 3 if number == 3 else count == number for count in counts)
    return Count(wanted, sum(count > 0 for count in counts))


def _first_films(labels: Sequence[FilmLabel]) -> list[FilmLabel]:
    """One film per patient: sex and age are the patient's."""
    return list({label.patient or label.name: label for label in reversed(labels)}.values())


def _patients_where(
    labels: Sequence[FilmLabel], value: Callable[[FilmLabel], object], wanted: object
) -> Count:
    films = _first_films(labels)
    return Count(sum(value(film) == wanted for film in films), len(films))


def _sex(labels: Sequence[FilmLabel], words: str | None) -> Count:
    return _patients_where(labels, sex_of, words)


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


def _sites(groups: Sequence[Sequence[FilmLabel]]) -> list[str]:
    """The sites of all sets, most films first; the rarest beyond a dozen are left out."""
    counts = Counter(label.site or "" for labels in groups for label in labels)
    return [site for site, _ in counts.most_common(_SITES)]
