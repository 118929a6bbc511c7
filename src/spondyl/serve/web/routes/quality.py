"""Quality of a room, and the site that it reads with."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from spondyl.serve.quality import recalibrate
from spondyl.serve.quality.dashboard import Dashboard, Day, Month, dashboard
from spondyl.serve.quality.disagreement import verdicts
from spondyl.serve.quality.rows import read_films, sites_of
from spondyl.serve.quality.site_file import ACCEPTED, PROPOSED, accept, kept, withdraw
from spondyl.serve.room.errors import NotThereError
from spondyl.serve.store.tables import FilmStatus
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import Admin, SignedIn
from spondyl.serve.web.problems import Problem, problems
from spondyl.serve.web.reading import read_anew
from spondyl.serve.web.refusing import RefusingRoute
from spondyl.serve.web.room import DbSession, Room, TheRoom
from spondyl.serve.web.routes.quality_shapes import (
    AcceptSite,
    DayOut,
    MonthOut,
    NewRecalibration,
    QualityOut,
    RecalibrationOut,
    ReferenceOut,
    SiteFileOut,
    WarningOut,
)

router = APIRouter(tags=["quality"], route_class=RefusingRoute)

_YEAR = timedelta(days=365)
_LONGEST = timedelta(days=366 * 20)
_FIRST, _LAST = date(1990, 1, 1), date(2200, 1, 1)
_GOALS = {
    "false_alarms": "false alarms per film",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
}
SiteName = Annotated[str | None, Query(max_length=100, description="Of one site alone.")]


@router.get("/quality", response_model=QualityOut, responses=problems(401, 422))
def get_quality(
    _user: SignedIn,
    session: DbSession,
    first: Annotated[date | None, Query(alias="from", description="By default a year ago.")] = None,
    last: Annotated[date | None, Query(alias="to", description="By default today.")] = None,
    site: SiteName = None,
) -> object:
    """Get films per day, positive rate, drift and disagreement by month and site, and warnings."""
    last = last or datetime.now(UTC).date()
    _check_days(first, last)
    first = first or last - _YEAR
    if first > last or last - first > _LONGEST:
        raise Problem(422, "from, to: expected at most 20 years, the first day before the last.")
    everything = read_films(session)
    name = (site or "").replace("\0", "")
    rows = [row for row in everything if row.site == name] if name else everything
    decided = [row.id for row in rows if row.status is not FilmStatus.UNREAD]
    found = dashboard(rows, verdicts(session, decided), first, last)
    return _quality_out(found, first, last, sites_of(everything))


def _check_days(*days: date | None) -> None:
    if any(day is not None and not _FIRST <= day <= _LAST for day in days):
        raise Problem(422, f"A day between {_FIRST} and {_LAST} was expected.")


def _quality_out(found: Dashboard, first: date, last: date, sites: list[str]) -> QualityOut:
    return QualityOut(
        first=first,
        last=last,
        days=[_day(day) for day in found.days],
        months=[_month(month) for month in found.months],
        references=[
            ReferenceOut(
                site=each.site,
                first=each.first,
                last=each.last,
                films=each.films,
                edges=[round(float(edge), 4) for edge in each.distribution.edges],
                shares=[round(float(share), 4) for share in each.distribution.shares],
            )
            for each in found.references
        ],
        warnings=[
            WarningOut.model_validate(
                {"kind": w.kind, "site": w.site, "month": w.month, "sentence": w.sentence}
            )
            for w in found.warnings
        ],
        sites=sites,
    )


def _day(day: Day) -> DayOut:
    positive = day.positive
    return DayOut(
        day=day.day,
        films=day.films,
        assessable=day.assessable,
        positive=positive.count,
        rate=_short(positive.value),
        low=_short(positive.low),
        high=_short(positive.high),
    )


def _month(month: Month) -> MonthOut:
    drift = month.drift
    return MonthOut(
        month=month.month,
        site=month.site,
        films=month.films,
        positive=month.positive.count,
        rate=_short(month.positive.value),
        not_assessable=month.not_assessable.count,
        decided=month.decided,
        disagreed=month.disagreed.count,
        share=_short(month.disagreed.value),
        low=_short(month.disagreed.low),
        high=_short(month.disagreed.high),
        rejected=month.rejected,
        missed=month.missed,
        false_alarms=month.false_alarms,
        bodies=month.bodies,
        bodies_changed=month.bodies_changed,
        compared=drift.n,
        psi=_short(drift.psi),
        psi_limit=_short(drift.limit),
        ks=_short(drift.ks),
        ks_p=None if drift.ks_p is None else float(f"{drift.ks_p:.3g}"),
        drift=drift.shift,
    )


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


@router.post(
    "/quality/recalibration",
    response_model=RecalibrationOut,
    status_code=202,
    responses=problems(401, 403, 409, 413, 422),
)
def begin_recalibration(
    given: NewRecalibration, admin: Admin, session: DbSession, room: TheRoom
) -> object:
    """Begin to fit a site to accepted readings; what comes of it is a proposal."""
    if given.goal != "false_alarms" and not 0 < given.value < 1:
        raise Problem(422, "value: expected a share between 0 and 1; for 95 % write 0.95.")
    _check_days(given.first, given.last)
    site = (given.site or "").replace("\0", "") or None
    wish = recalibrate.Wish(
        goal=_GOALS[given.goal],
        value=given.value,
        unit=given.unit,
        name=site or "room",
        by=admin.id,
        site=site,
        first=given.first,
        last=given.last,
    )
    recalibrate.begin(session, wish)
    audit(session, admin, "quality.recalibrate", "site", {"goal": given.goal, "value": given.value})
    session.commit()
    settings = room.settings
    recalibrate.start(
        recalibrate.Means(
            room.database.url.render_as_string(hide_password=False),
            settings.films_url,
            settings.site,
            settings.weights,
            settings.threads,
        ),
        wish,
    )
    return _recalibration(session)


@router.get(
    "/quality/recalibration",
    response_model=RecalibrationOut,
    responses=problems(401, 403),
)
def get_recalibration(_admin: Admin, session: DbSession) -> object:
    """Get how far the newest recalibration is, and the site that it proposes."""
    return _recalibration(session)


def _recalibration(session: Session) -> RecalibrationOut:
    found = recalibrate.status_of(session)
    try:
        proposal = _site_out("proposed", kept(session, PROPOSED))
    except NotThereError:
        proposal = None
    return RecalibrationOut(
        state=found["stage"],
        done=found["done"],
        total=found["total"],
        reason=found["reason"],
        started_at=found.get("started_at"),
        proposal=proposal,
    )


@router.get(
    "/quality/site-file",
    response_model=SiteFileOut,
    responses={
        204: {"description": "There is none: the room reads with the one it was given."},
        **problems(401, 404, 422),
    },
)
def get_site_file(
    _user: SignedIn, session: DbSession, which: Literal["accepted", "proposed"] = "accepted"
) -> object:
    """Get the site that was accepted or is proposed, with the figures to expect."""
    try:
        return _site_out(which, kept(session, ACCEPTED if which == "accepted" else PROPOSED))
    except NotThereError:
        # Most rooms have none, which is nothing that a browser should call an error.
        return Response(status_code=204)


@router.post(
    "/quality/site-file/accept",
    response_model=SiteFileOut,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def accept_site_file(given: AcceptSite, admin: Admin, session: DbSession, room: TheRoom) -> object:
    """Read with the proposed site from now on; films read before keep their readings."""
    found = accept(session, given.sha256, admin.id)
    audit(session, admin, "quality.site_accept", "site", {"sha256": given.sha256})
    session.commit()
    _anew(room)
    return _site_out("accepted", found)


@router.delete("/quality/site-file", status_code=204, responses=problems(401, 403, 404))
def withdraw_site_file(admin: Admin, session: DbSession, room: TheRoom) -> None:
    """Read with the site that the room was given again."""
    withdraw(session)
    audit(session, admin, "quality.site_withdraw", "site")
    session.commit()
    _anew(room)


def _anew(room: Room) -> None:
    if room.reading is not None:
        read_anew(room)


def _site_out(which: Literal["accepted", "proposed"], found: dict[str, Any]) -> SiteFileOut:
    site = found["site"]
    made = site["made_from"]
    return SiteFileOut.model_validate(
        {
            "which": which,
            "sha256": found["sha256"],
            "name": site["name"],
            "threshold": site["threshold"],
            "note": site["note"],
            "made_at": found["made_at"],
            "accepted_by": found.get("accepted_by"),
            "accepted_at": found.get("accepted_at"),
            "site": site,
            **{
                key: made[key]
                for key in (
                    "target", "films", "patients", "bodies", "fractured", "method", "expected",
                    "warnings",
                )
            },
        }
    )  # fmt: skip
