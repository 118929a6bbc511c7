"""Films of a project that two readers have decided, held against each other."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.serve.projects.agreement import Agreement, Pair, agreement
from spondyl.serve.projects.chains import project_decisions
from spondyl.serve.projects.kappa import Weights
from spondyl.serve.projects.progress import (
    bare_label,
    levels_of,
    outcome_of,
    patient_of,
    readings_of,
)
from spondyl.serve.store.tables import Decision, Film, Project


def project_pairs(session: Session, project: Project) -> list[Pair]:
    """Every film that two readers have decided, in a fixed order."""
    touched = select(Decision.film_id).where(Decision.project_id == project.id).distinct()
    films = list(session.scalars(select(Film).where(Film.id.in_(touched)).order_by(Film.id)))
    decisions = project_decisions(session, project.id, [film.id for film in films])
    readings = readings_of(
        session,
        [
            *(d.reading_id for chain in decisions.values() for d in chain),
            *(film.reading_id for film in films),
        ],
    )
    pairs = []
    for film in films:
        outcome = outcome_of(project, decisions[film.id], bare_label(film), readings)
        if len(outcome.views) < 2:
            continue
        (one, first), (other, second) = list(outcome.views.items())[:2]
        reading = readings.get(film.reading_id or "")
        spacing = None if reading is None else _spacing(reading.body)
        pairs.append(Pair(film.id, patient_of(film), first, second, spacing, (one, other)))
    return pairs


def project_agreement(
    session: Session, project: Project, weights: Weights, in_mm: bool
) -> tuple[list[Pair], Agreement]:
    """Agreement on a project's films."""
    pairs = project_pairs(session, project)
    return pairs, agreement(pairs, levels_of(project), weights, in_mm)


def _spacing(reading: dict[str, Any]) -> tuple[float, float] | None:
    """Calibrated row and column spacing: at the detector bodies look larger than they are."""
    film = reading.get("film") or {}
    spacing = film.get("spacing_mm")
    if film.get("spacing_source") != "calibrated" or not spacing:
        return None
    row, column = (float(value) for value in spacing)
    return (row, column) if row > 0 and column > 0 else None
