"""Labels from reports as a data set; what a set knew already is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.labels.dataset import UNKNOWN_SIDE, UNKNOWN_SIZE_PX
from spondyl.labels.model import FilmLabel, VertebraLabel
from spondyl.labels.reports.report import ReportLabels
from spondyl.labels.reports.sources import SourceReport

#: What a report adds to a body's label, beside its status.
FLAGS = ("suspected", "old", "treated")
_EVIDENCE = "evidence"
_FIELDS = ("patient", "split", "site")


@dataclass(frozen=True)
class FilmFacts:
    """What the film's file says, where it is at hand.

    Attributes
    ----------
    name : str
        Relative to the folder of films.
    size_px : (width, height)
    posterior_side : "left", "right" or ""
    """

    name: str
    size_px: tuple[int, int] = UNKNOWN_SIZE_PX
    posterior_side: str = UNKNOWN_SIDE


def label_film(
    report: SourceReport, labels: ReportLabels, facts: FilmFacts, known: FilmLabel | None = None
) -> FilmLabel:
    """A film's label by its report.

    Parameters
    ----------
    report, labels
        The report and what was read out of it.
    facts : FilmFacts
    known : FilmLabel, optional
        What a data set says of the film already: corners and all else are kept, and the status of
        bodies that the report is silent on.
    """
    bodies: dict[Level, VertebraLabel] = dict(known.vertebrae) if known else {}
    for level in labels.levels:
        bodies[level] = _label_body(level, labels, bodies.get(level))
    ordered = dict(sorted(bodies.items(), key=lambda item: LEVELS[item[0]].order))
    extra = {key: value for key, value in report.extra.items() if key not in _FIELDS}
    own: Mapping[str, object] = known.extra if known else {}
    label = FilmLabel(
        name=facts.name,
        size_px=facts.size_px,
        posterior_side=facts.posterior_side,
        vertebrae=ordered,
        report=labels.text.original,
        extra={**own, **extra},
    )
    if known is not None:
        label = replace(
            label,
            name=known.name,
            size_px=known.size_px if known.size_px != UNKNOWN_SIZE_PX else facts.size_px,
            posterior_side=known.posterior_side or facts.posterior_side,
            patient=known.patient, split=known.split, site=known.site,
        )  # fmt: skip
    given = {name: report.extra[name] for name in _FIELDS if name in report.extra}
    return replace(label, **given)  # type: ignore[arg-type]


def _label_body(level: Level, labels: ReportLabels, known: VertebraLabel | None) -> VertebraLabel:
    said = labels.level_json(level)
    status = Status(said.pop("status"))
    body = known or VertebraLabel(level)
    if status is Status.UNKNOWN and not said.get("suspected") and body.status is not status:
        return body
    kept = {
        key: item for key, item in body.extra.items() if key not in (*FLAGS, _EVIDENCE, "doubts")
    }
    return replace(body, status=status, extra={**kept, **said})
