"""Outcomes made up for tests: films of which only what is said of them matters."""

from dataclasses import replace

from spondyl.anatomy import Level, Status
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome

LEVELS = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)


def body(
    film: str,
    level: Level,
    fractured: bool | None,
    probability: float = 0.0,
    patient: str | None = None,
    **known,
) -> BodyOutcome:
    """Found and named right, called at 0.5."""
    status = {None: Status.UNKNOWN, True: Status.FRACTURED, False: Status.NORMAL}[fractured]
    values = {
        "genant_grade": None, "shape": None, "found": True, "named": level, "shift": 0,
        "assessable": True, "called_fractured": probability >= 0.5,
    }  # fmt: skip
    return BodyOutcome(
        film, patient or film, level, status, fracture_probability=probability, **(values | known)
    )


def film(
    name: str,
    truths: dict[Level, bool | None],
    probabilities: dict[Level, float] | None = None,
    patient: str | None = None,
    **known,
) -> FilmOutcome:
    """A film of which the bodies in ``truths`` are labelled."""
    said = probabilities or {}
    bodies = tuple(
        body(name, level, fractured, said.get(level, 0.1), patient)
        for level, fractured in truths.items()
    )
    statuses = [fractured for fractured in truths.values() if fractured is not None]
    top = max((one.fracture_probability for one in bodies), default=0.0)
    values = {
        "false_alarms_on_normal": sum(
            one.called_fractured and one.status is Status.NORMAL for one in bodies
        ),
        "false_alarms_on_no_body": 0, "extra_findings": 0,
        "fractured": any(statuses) if statuses else None, "fracture_probability": top,
        "called_fractured": top >= 0.5, "assessable": True, "numbering_confidence": 0.9,
        "side_right": True,
    }  # fmt: skip
    return FilmOutcome(name, patient or name, bodies, **(values | known))


def whole(name: str, fractured: bool, called: bool, patient: str | None = None) -> FilmOutcome:
    """A film of one body, L1."""
    return film(name, {Level.L1: fractured}, {Level.L1: 0.9 if called else 0.1}, patient)


def table(hits: int, misses: int, passes: int, alarms: int) -> list[FilmOutcome]:
    """Films by their counts, one of each patient."""
    kinds = [(True, True)] * hits + [(True, False)] * misses
    kinds += [(False, False)] * passes + [(False, True)] * alarms
    return [whole(f"{i:04d}", *kind) for i, kind in enumerate(kinds)]


def with_body(one: FilmOutcome, level: Level, **changes) -> FilmOutcome:
    """The film with one of its bodies changed."""
    bodies = tuple(replace(b, **changes) if b.level is level else b for b in one.bodies)
    return replace(one, bodies=bodies)
