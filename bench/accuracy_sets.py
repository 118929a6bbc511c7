"""From an evaluation of a set to its table: figures with goals first, the told ones after them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bench.goals import Figure, Section

if TYPE_CHECKING:
    from spondyl.evaluate.metrics import Evaluation
    from spondyl.evaluate.outcome import FilmOutcome
    from spondyl.evaluate.run import EvaluationRun
    from spondyl.evaluate.statistics import Figure as Measured


@dataclass(frozen=True)
class Row:
    """One figure of an evaluation and, where there is one, its goal.

    Attributes
    ----------
    group, key : str
        Of ``spondyl.evaluate.Evaluation``.
    words : str
    goal : float or None
        In the unit of the row.
    at_most : bool
    percent : bool
        Shown times 100, in %.
    """

    group: str
    key: str
    words: str
    goal: float | None = None
    at_most: bool = False
    percent: bool = False


_BODY_SENSITIVITY = Row("fracture_body", "sensitivity", "sensitivity per body")
_BODY_SPECIFICITY = Row("fracture_body", "specificity", "specificity per body")
_FILM_SENSITIVITY = Row("fracture_film", "sensitivity", "sensitivity per film")
_FILM_SPECIFICITY = Row("fracture_film", "specificity", "specificity per film")
_ALARMS = Row("fracture_body", "false_alarms_per_film", "false alarms per film")
# A reader of real films leaves out bodies that he cannot judge: a call there is told apart.
_ALARMS_ON_NORMAL = Row(
    "fracture_body",
    "false_alarms_on_normal_per_film",
    "false alarms per film, on bodies labelled normal",
)
_CALLS_UNLABELLED = Row(
    "fracture_body",
    "false_alarms_on_no_body_per_film",
    "calls per film where no body is labelled",
)
_FOUND = Row("finding", "found", "bodies T11-L5 found")
_RIGHT = Row("numbering", "films_wholly_right", "films wholly right")
_RIGHT_SACRUM = Row("numbering", "films_wholly_right_sacrum", "films wholly right, sacrum in view")
_RIGHT_ORDINARY = Row(
    "numbering",
    "films_wholly_right_sacrum_ordinary",
    "films wholly right, sacrum in view, no transitional anatomy",
)
_RATIO = Row(
    "shape", "compression_ratio_mae", "compression ratios, mean absolute error", percent=True
)
_CORNER_MEDIAN = Row(
    "finding", "corner_error_median", "corner error, median, of posterior height", percent=True
)
_CALIBRATION = Row("fracture_body", "calibration_error", "expected calibration error per body")

SEEN_GOALS = (
    replace(_BODY_SENSITIVITY, goal=0.90),
    replace(_BODY_SPECIFICITY, goal=0.985),
    replace(_FILM_SENSITIVITY, goal=0.97),
    replace(_FILM_SPECIFICITY, goal=0.95),
    replace(_RIGHT_SACRUM, goal=0.99),
)
UNSEEN_GOALS = (
    replace(_BODY_SENSITIVITY, goal=0.87),
    replace(_BODY_SPECIFICITY, goal=0.97),
    replace(_FILM_SENSITIVITY, goal=0.95),
    replace(_FILM_SPECIFICITY, goal=0.90),
    replace(_RATIO, goal=2.0, at_most=True),
    replace(_CALIBRATION, goal=0.03, at_most=True),
)
REAL_GOALS = (
    replace(_FOUND, goal=0.99),
    replace(_RIGHT, goal=1.0),
    replace(_CORNER_MEDIAN, goal=6.0, at_most=True),
    replace(_ALARMS_ON_NORMAL, goal=0.08, at_most=True),
)
_TOLD_OF_ALL = (
    _FOUND,
    Row("finding", "found_and_named_right", "bodies found and named right"),
    Row("numbering", "named_right_of_found", "found bodies named right"),
    _RIGHT,
    _RIGHT_SACRUM,
    _RIGHT_ORDINARY,
    Row("numbering", "side_right", "films with the posterior side recognised"),
    _CORNER_MEDIAN,
    Row("finding", "corner_error", "corner error, mean, of posterior height", percent=True),
    Row("shape", "anterior_posterior_mae", "Ha/Hp, mean absolute error", percent=True),
)
_TOLD_SIMULATED = (
    Row("shape", "middle_posterior_mae", "Hm/Hp, mean absolute error", percent=True),
    _RATIO,
    Row(
        "shape", "compression_ratio_mae_fractured",
        "compression ratios of fractured bodies, the same", percent=True,
    ),
    Row("shape", "height_loss_mae", "height loss, mean absolute error", percent=True),
    Row(
        "shape", "height_loss_mae_fractured",
        "height loss of fractured bodies, the same", percent=True,
    ),
    Row("fracture_body", "auc", "AUC per body"),
    Row("fracture_film", "auc", "AUC per film"),
    _ALARMS,
    _CALIBRATION,
    Row("fracture_film", "calibration_error", "expected calibration error per film"),
)  # fmt: skip
_TOLD_REAL = (
    _CALLS_UNLABELLED,
    _BODY_SPECIFICITY,
    _FILM_SPECIFICITY,
    Row("fracture_body", "films_with_false_alarm", "films with a false alarm"),
)


def simulated_section(
    title: str, run: "EvaluationRun", goals: Sequence[Row], facts: Mapping[str, object]
) -> Section:
    """The table of a simulated set; its mix decides whether it counts."""
    figures = run.figures
    made = [held(figures, row) for row in (*goals, *_left(_TOLD_OF_ALL + _TOLD_SIMULATED, goals))]
    least = next(row.goal for row in goals if row.key == "specificity")
    made.append(at_specificity(run, least or 0.0))
    for group, words in (("by_grade", "grade"), ("by_shape", "shape"), ("by_level", "level")):
        made += _breakdown(figures, group, "sensitivity", f"sensitivity, {words} ")
    made += _breakdown(figures, "by_mimic", "specificity", "specificity, ")
    for key in ("sensitivity", "specificity"):
        made += _breakdown(figures, "by_site", key, f"{key} per body, site ")
    return Section(
        title,
        tuple(made),
        {**facts, **set_facts(run), **_mix_facts(run)},
        complaints=figures.mix.complaints,
    )


def real_section(title: str, run: "EvaluationRun", facts: Mapping[str, object]) -> Section:
    """The table of a set of real films, with the reason of every miss."""
    from spondyl.evaluate.metrics import summarise

    made = [held(run.figures, row) for row in (*REAL_GOALS, *_left(_TOLD_OF_ALL, REAL_GOALS))] + [
        held(run.figures, row) for row in _TOLD_REAL
    ]
    kinds = Counter(kind_of(film.film) for film in run.outcomes)
    for kind in kinds if len(kinds) > 1 else ():
        part = summarise([film for film in run.outcomes if kind_of(film.film) == kind])
        for row in (_FOUND, _RIGHT, _CORNER_MEDIAN, _ALARMS_ON_NORMAL):
            made.append(held(part, replace(row, words=f"{kind}: {row.words}")))
    return Section(
        title, tuple(made), {**facts, **set_facts(run)}, remarks=tuple(misses(run.outcomes))
    )


def kind_of(film: str) -> str:
    """The first word of a film's name: ``standing-04.png`` is a standing one."""
    return film.partition("-")[0]


def misses(outcomes: Iterable["FilmOutcome"]) -> list[str]:
    """Why films are not wholly right, and which normal bodies were called fractured."""
    said = []
    for film in outcomes:
        if film.misses:
            said.append(f"{film.film}: {', '.join(film.misses)}.")
        alarms = [
            f"{body.level} ({body.fracture_probability:.2f})"
            for body in film.bodies
            if body.called_fractured and body.status == "normal"
        ]
        if film.false_alarms_on_no_body:
            alarms.append(f"{film.false_alarms_on_no_body} where no body is labelled")
        if alarms:
            said.append(f"{film.film}: false alarm on {', '.join(alarms)}.")
    return said


def held(figures: "Evaluation", row: Row) -> Figure:
    """A row of the table."""
    measured: Mapping[str, Measured] = getattr(figures, row.group)
    return _figure(measured[row.key], row)


def _figure(measured: "Measured", row: Row) -> Figure:
    factor = 100.0 if row.percent else 1.0
    value, low, high = (
        None if number is None else factor * number
        for number in (measured.value, measured.low, measured.high)
    )
    return Figure(
        row.words, value, "%" if row.percent else "", row.goal, row.at_most,
        low=low, high=high, n=measured.n, method=measured.method,
    )  # fmt: skip


def _left(rows: Iterable[Row], goals: Sequence[Row]) -> list[Row]:
    """Rows that no goal is set for."""
    taken = {(row.group, row.key) for row in goals}
    return [row for row in rows if (row.group, row.key) not in taken]


def _breakdown(figures: "Evaluation", group: str, key: str, words: str) -> list[Figure]:
    parts: Mapping[str, Mapping[str, Measured]] = getattr(figures, group)
    return [
        _figure(part[key], Row(group, key, words + name)) for name, part in parts.items()
        if part[key].n
    ]  # fmt: skip


def at_specificity(run: "EvaluationRun", least: float) -> Figure:
    """Sensitivity that the same probabilities reach at the goal's specificity on this very set."""
    from spondyl.evaluate.fracture import body_cases
    from spondyl.evaluate.statistics import WILSON, wilson

    cases = body_cases([body for film in run.outcomes for body in film.judged])
    normal = np.sort([case.probability for case in cases if not case.fractured])[::-1]
    fractured = np.array([case.probability for case in cases if case.fractured])
    name = f"sensitivity per body, were the cut at specificity {least:g}"
    if not len(normal) or not len(fractured):
        return Figure(name, None, n=len(fractured))
    allowed = int(np.floor((1 - least) * len(normal) + 1e-9))
    cut = normal[allowed] if allowed < len(normal) else -1.0
    hit = int((fractured > cut).sum())
    low, high = wilson(hit, len(fractured))
    note = f"above {cut:.3f} on this set"
    return Figure(
        name, hit / len(fractured), note=note, low=low, high=high, n=len(fractured), method=WILSON
    )


def set_facts(run: "EvaluationRun") -> dict[str, object]:
    """How large a set is."""
    figures = run.figures
    facts: dict[str, object] = {
        "set": f"{figures.films:,} films, {figures.patients:,} patients, "
        f"{figures.bodies:,} bodies T11-L5",
    }
    if figures.films_failed or figures.films_not_assessable:
        facts["films not readable / not assessable"] = (
            f"{figures.films_failed} / {figures.films_not_assessable}"
        )
    return facts


def _mix_facts(run: "EvaluationRun") -> dict[str, object]:
    mix = run.figures.mix
    graded = max(1, mix.mild + mix.moderate + mix.severe)
    by_name = ", ".join(f"{count} {name}" for name, count in mix.by_mimic.items()) or "none"
    sites = Counter(film.site or "unnamed" for film in run.outcomes)
    return {
        "sites": ", ".join(f"{name} {count}" for name, count in sorted(sites.items())),
        "fractures": f"{mix.fractured} bodies: {mix.mild} mild ({mix.mild / graded:.0%}), "
        f"{mix.moderate} moderate, {mix.severe} severe",
        "normal bodies": f"{mix.normal:,}, of them {mix.mimics} mimics "
        f"({mix.mimics / max(1, mix.normal):.1%}): {by_name}",
    }
