"""Where readers decide otherwise than the model.

A reader disagrees with a reading if he turns it down, or if the film is fractured to one of them
and not to the other. Bodies are counted beside that: those that the model judged, and those whose
status the reader changed or that he took away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.serve.projects.progress import bare_label, readings_of
from spondyl.serve.projects.state import View, bodies_of, state_of_reading, view_of
from spondyl.serve.room.chain import standing
from spondyl.serve.store.tables import Decision, Film, ReadingRow

_BATCH = 500
#: Decisions and readings never change: a verdict is made once in the life of a program.
_KNOWN: dict[str, "Verdict"] = {}
_MOST_KNOWN = 100_000


@dataclass(frozen=True)
class Verdict:
    """A reader's decision on a film beside the model's reading.

    Attributes
    ----------
    film_id, site : str
    at : datetime
    rejected : bool
    model, reader : bool
        The film is fractured.
    bodies, changed : int
        Bodies that the model judged, and those of them that the reader sees otherwise.
    """

    film_id: str
    site: str
    at: datetime
    rejected: bool
    model: bool
    reader: bool
    bodies: int
    changed: int

    @property
    def disagrees(self) -> bool:
        """The reader sees the film otherwise."""
        return self.rejected or self.model != self.reader

    @property
    def missed(self) -> bool:
        """Fractured to the reader alone."""
        return not self.rejected and self.reader and not self.model

    @property
    def false_alarm(self) -> bool:
        """Fractured to the model alone."""
        return not self.rejected and self.model and not self.reader


def verdicts(session: Session, film_ids: Iterable[str]) -> list[Verdict]:
    """Verdicts on films whose decisions stand; projects' decisions are not counted.

    Parameters
    ----------
    session : Session
    film_ids : iterable of str
        Films that were decided.
    """
    wanted = list(dict.fromkeys(film_ids))
    found = []
    for start in range(0, len(wanted), _BATCH):
        found += _some(session, wanted[start : start + _BATCH])
    return found


def _some(session: Session, ids: list[str]) -> list[Verdict]:
    heads = standing_decisions(session, ids)
    new = {film_id: head for film_id, head in heads.items() if head.id not in _KNOWN}
    if len(_KNOWN) + len(new) > _MOST_KNOWN:
        _KNOWN.clear()
        new = heads
    films = {film.id: film for film in session.scalars(select(Film).where(Film.id.in_(list(new))))}
    readings = readings_of(session, [head.reading_id for head in new.values()])
    for film_id, head in new.items():
        reading = readings.get(head.reading_id or "")
        if film_id in films and reading is not None:
            _KNOWN[head.id] = verdict_on(films[film_id], head, reading)
    # A film's site may change when a data set brings it again.
    placed = session.execute(select(Film.id, Film.site).where(Film.id.in_(list(heads))))
    sites = {row.id: row.site for row in placed}
    return [
        replace(_KNOWN[head.id], site=sites[film_id])
        for film_id, head in heads.items()
        if head.id in _KNOWN
    ]


def standing_decisions(session: Session, ids: list[str]) -> dict[str, Decision]:
    """The decision that stands on each film, beside all projects; films without one are left out.

    At most some hundred ids at a time.
    """
    chains: dict[str, list[Decision]] = {}
    for row in session.scalars(
        select(Decision)
        .where(Decision.project_id.is_(None), Decision.film_id.in_(ids))
        .order_by(Decision.at, Decision.id)
    ):
        chains.setdefault(row.film_id, []).append(row)
    heads = {film_id: standing(chain) for film_id, chain in chains.items()}
    return {film_id: head for film_id, head in heads.items() if head is not None}


def verdict_on(film: Film, decision: Decision, reading: ReadingRow) -> Verdict:
    """One decision beside the reading that the reader had seen."""
    view = view_of(decision.kind, decision.body or {}, reading.body, bare_label(film))
    model = bodies_of(state_of_reading(reading.body)["vertebrae"])
    judged = [
        level
        for level in JUDGED_LEVELS
        if level in model and model[level].status is not Status.UNKNOWN
    ]
    changed = 0 if view.rejected else sum(
        _status(view, level) is not model[level].status for level in judged
    )  # fmt: skip
    return Verdict(
        film_id=film.id,
        site=film.site,
        at=decision.at,
        rejected=view.rejected,
        model=bool(reading.body.get("fractured")),
        reader=Status.FRACTURED in [body.status for body in view.label.vertebrae.values()],
        bodies=0 if view.rejected else len(judged),
        changed=changed,
    )


def _status(view: View, level: Level) -> Status:
    body = view.label.vertebrae.get(level)
    return Status.UNKNOWN if body is None else body.status
