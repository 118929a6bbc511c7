"""Labels of a hospital's films: status from the reports, trapezoids as drawn; what is left out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.film import FilmError, load_film
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.labels.dataset import UNKNOWN_SIZE_PX
from spondyl.labels.fault_rules import FaultKind
from spondyl.labels.faults import Fault, film_faults
from spondyl.labels.prints import Print, picture_print
from spondyl.labels.reports import ReportLabels, read_report
from spondyl.labels.reports.films import FilmFacts, label_film
from spondyl.study.films.gather import Entry, Gathered
from spondyl.study.plan.form import StudyError

#: Faults by which a film cannot be trained or tested on; the others are told.
SERIOUS = (
    FaultKind.SIZE, FaultKind.CROSSED, FaultKind.UPSIDE_DOWN, FaultKind.SIDE, FaultKind.ORDER,
    FaultKind.OVERLAP, FaultKind.OFF_FILM, FaultKind.PICTURE,
)  # fmt: skip
#: Film -> trapezoids by level, its size and side; what the installed reader sees.
DrawFilm = Callable[[Path], FilmLabel]

SILENT = "the report says nothing of any body"
SUSPECTED = "the report suspects a fracture and is sure of none"
UNDRAWN = "no trapezoids were drawn"
FAULTY = "a drawn trapezoid cannot be right"
UNREADABLE = "the film cannot be read"
UNKNOWN = "no body's status is known"


@dataclass(frozen=True)
class Rules:
    """What becomes of films that lack something; the keys of the study's plan."""

    silent: str = "exclude"
    suspected: str = "exclude"
    undrawn: str = "exclude"
    faults: str = "exclude"
    pictures: bool = True
    shared_patients: bool = False


@dataclass(frozen=True)
class Labelled:
    """A hospital's films that a study can use.

    Attributes
    ----------
    hospital : Gathered
    labels : tuple of FilmLabel
        Names begin with the hospital's.
    truth : tuple of FilmLabel
        Of those films of which more is known than the report; the same names.
    reports : mapping of str to ReportLabels
        By the film's name.
    left_out : mapping of str to str
        Name -> reason, of every film that is not in ``labels``.
    faults : tuple of Fault
    prints : mapping of str to ndarray
        By name; empty where pictures were not looked at.
    """

    hospital: Gathered
    labels: tuple[FilmLabel, ...]
    truth: tuple[FilmLabel, ...]
    reports: dict[str, ReportLabels]
    left_out: dict[str, str]
    faults: tuple[Fault, ...]
    prints: dict[str, Print]

    @property
    def reasons(self) -> Counter[str]:
        """How many films were left out, by reason."""
        return Counter(self.left_out.values())


def label_hospital(
    hospital: Gathered,
    rules: Rules | None = None,
    draw: DrawFilm | None = None,
    step: Callable[[], None] | None = None,
) -> Labelled:
    """Label every film of a hospital.

    Parameters
    ----------
    hospital : Gathered
    rules : Rules, optional
    draw : callable, optional
        Draws the trapezoids of films that have none, where the rules want it.
    step : callable, optional
        Called after each film.

    Raises
    ------
    StudyError
        If no film is left.
    """
    rules = rules or Rules()
    labels: list[FilmLabel] = []
    truths: list[FilmLabel] = []
    done = Labelled(hospital, (), (), {}, {}, (), {})
    faults: list[Fault] = []
    for entry in hospital.entries:
        name = f"{hospital.name}/{entry.name}"
        found = _label(hospital, entry, rules, draw, done, faults)
        if step is not None:
            step()
        if isinstance(found, str):
            done.left_out[name] = found
            continue
        labels.append(found)
        if entry.truth is not None:
            truths.append(_truth(entry.truth, found))
    done = replace(done, labels=tuple(labels), truth=tuple(truths), faults=tuple(faults))
    if not labels:
        reasons = "; ".join(f"{count}: {why}" for why, count in done.reasons.most_common())
        raise StudyError(f"Hospital {hospital.name!r} has no film that can be used ({reasons}).")
    return done


def _label(
    hospital: Gathered,
    entry: Entry,
    rules: Rules,
    draw: DrawFilm | None,
    done: Labelled,
    faults: list[Fault],
) -> FilmLabel | str:
    """A film's label, or why it is left out."""
    name = f"{hospital.name}/{entry.name}"
    path = hospital.films / entry.name
    label = entry.drawn
    if entry.report is not None:
        read = read_report(entry.report.text)
        done.reports[name] = read
        # Of a label file beside reports the trapezoids are taken: the status is the report's.
        label = label_film(entry.report, read, FilmFacts(entry.name), _outlines(entry.drawn))
        if not read.known and rules.silent == "exclude":
            return SILENT
        hedged = any(read.levels[level].suspected for level in JUDGED_LEVELS)
        if hedged and label.fractured is not True and rules.suspected == "exclude":
            return SUSPECTED
    assert label is not None
    if label.fractured is None and rules.silent == "exclude":
        return UNKNOWN
    pixels = None
    if rules.pictures or label.size_px == UNKNOWN_SIZE_PX:
        try:
            pixels = load_film(path).pixels
        except FilmError as error:
            faults.append(Fault(name, None, FaultKind.PICTURE, " ".join(str(error).split())))
            return UNREADABLE
    if _drawn_bodies(label) < 2:
        if draw is None:
            return UNDRAWN
        label = _with_outlines(label, draw(path))
        if _drawn_bodies(label) < 2:
            return UNDRAWN
    size = label.size_px if pixels is None else (pixels.shape[1], pixels.shape[0])
    if label.size_px == UNKNOWN_SIZE_PX:
        label = replace(label, size_px=size)
    if not label.posterior_side:
        label = replace(label, posterior_side=side_of(label))
    label = _named(label, hospital, name, rules)
    found = film_faults(label, picture_px=size)
    faults += found
    if rules.faults == "exclude" and any(fault.kind in SERIOUS for fault in found):
        return FAULTY
    if pixels is not None and rules.pictures:
        done.prints[name] = picture_print(pixels)
    return label


def _outlines(drawn: FilmLabel | None) -> FilmLabel | None:
    """A label without any status, grade or shape."""
    if drawn is None:
        return None
    bodies = {
        level: VertebraLabel(
            level, body.corners_px, body.mid_endplates_px, assessable=body.assessable
        )
        for level, body in drawn.vertebrae.items()
    }
    return replace(drawn, vertebrae=bodies)


def _with_outlines(label: FilmLabel, drawn: FilmLabel) -> FilmLabel:
    """A label with the outlines, size and side of another."""
    bodies = dict(label.vertebrae)
    for level, body in drawn.vertebrae.items():
        old = bodies.get(level, VertebraLabel(level))
        bodies[level] = replace(old, corners_px=body.corners_px, assessable=body.assessable)
    ordered = {level: bodies[level] for level in Level if level in bodies}
    extra = {**label.extra, "corners_by": "reader"}
    return replace(
        label, vertebrae=ordered, size_px=drawn.size_px, posterior_side=drawn.posterior_side,
        extra=extra,
    )  # fmt: skip


def _drawn_bodies(label: FilmLabel) -> int:
    return sum(body.has_quad for body in label.vertebrae.values())


def side_of(label: FilmLabel) -> str:
    """The side of the posterior corners, by where they were drawn."""
    forward = [
        body.corners_px[1, 0] - body.corners_px[0, 0]
        for body in label.vertebrae.values()
        if body.has_quad and body.corners_px is not None
    ]
    return "left" if float(np.mean(forward)) > 0 else "right"


def _named(label: FilmLabel, hospital: Gathered, name: str, rules: Rules) -> FilmLabel:
    """A label with the name, patient and site that the study gives it."""
    patient = label.patient
    if patient and not rules.shared_patients:
        patient = f"{hospital.name}:{patient}"
    extra = dict(label.extra)
    if isinstance(age := extra.get("age"), str):
        # DICOM writes years as "074Y".
        digits = age.strip().upper().removesuffix("Y")
        if digits.isdigit():
            extra["age"] = int(digits)
    extra["hospital"] = hospital.name
    if hospital.simulated is not None:
        extra["simulated"] = hospital.simulated
    return replace(
        label, name=name, patient=patient or None, site=label.site or hospital.site, split=None,
        extra=extra,
    )  # fmt: skip


def _truth(truth: FilmLabel, label: FilmLabel) -> FilmLabel:
    """The truth under the study's name; outlines are the study's, so that both ask the same."""
    bodies = {}
    for level, body in label.vertebrae.items():
        true = truth.vertebrae.get(level)
        if true is None:
            bodies[level] = replace(body, status=Status.UNKNOWN)
        else:
            bodies[level] = replace(true, corners_px=body.corners_px, assessable=body.assessable)
    return replace(truth, name=label.name, patient=label.patient, site=label.site, vertebrae=bodies)


def draw_by_reader() -> DrawFilm:
    """Trapezoids by the installed reader."""
    from spondyl.read.reader import Reader

    reader = Reader()

    def draw(path: Path) -> FilmLabel:
        film = load_film(path)
        reading = reader.read(film)
        bodies = {
            finding.level: VertebraLabel(finding.level, finding.corners_px)
            for finding in reading.findings
        }
        return FilmLabel(path.name, film.size_px, reading.posterior_side, bodies)

    return draw
