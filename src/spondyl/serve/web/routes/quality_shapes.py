"""Shapes of quality as they are asked for and sent."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from spondyl.serve.quality.drift import Shift
from spondyl.serve.quality.recalibrate import Stage


class DayOut(BaseModel):
    """Films that came in on a day, and the share that the model calls fractured."""

    day: date
    films: int
    assessable: int
    positive: int
    rate: float | None
    low: float | None
    high: float | None


class MonthOut(BaseModel):
    """A site's month; shares with Wilson's 95 % intervals."""

    month: str = Field(examples=["2026-11"])
    site: str
    films: int
    positive: int
    rate: float | None
    not_assessable: int
    decided: int = Field(description="Films that readers decided in this month.")
    disagreed: int
    share: float | None = Field(description="Of decided films those seen otherwise.")
    low: float | None
    high: float | None
    rejected: int
    missed: int = Field(description="Fractured to the reader alone.")
    false_alarms: int = Field(description="Fractured to the model alone.")
    bodies: int
    bodies_changed: int
    compared: int = Field(description="Films held against the reference.")
    psi: float | None
    psi_limit: float | None = Field(description="What chance stays under in 99 %.")
    ks: float | None
    ks_p: float | None
    drift: Shift


class ReferenceOut(BaseModel):
    """A site's first films, which later ones are held against."""

    site: str
    first: date
    last: date
    films: int
    edges: list[float] = Field(description="Inner bounds of the bins.")
    shares: list[float]


class WarningOut(BaseModel):
    """Something that should be looked at."""

    kind: Literal["drift", "positive_rate", "not_assessable", "sex", "age", "disagreement"]
    site: str
    month: str
    sentence: str


class QualityOut(BaseModel):
    """The figures of quality; reference and warnings of each site."""

    first: date
    last: date
    days: list[DayOut]
    months: list[MonthOut]
    references: list[ReferenceOut]
    warnings: list[WarningOut]
    sites: list[str]


class NewRecalibration(BaseModel):
    """What the new threshold is to keep, and on which decisions it is fitted."""

    goal: Literal["false_alarms", "sensitivity", "specificity"] = "false_alarms"
    value: float = Field(
        default=0.08,
        ge=0,
        le=10,
        allow_inf_nan=False,
        description="False alarms per film, or a share below 1.",
    )
    unit: Literal["body", "film"] = "body"
    site: str | None = Field(default=None, max_length=100)
    first: date | None = Field(default=None, description="First day of the decisions.")
    last: date | None = None


class ExpectedOut(BaseModel):
    """A figure to expect on new films, with its 95 % interval."""

    value: float
    low: float | None
    high: float | None
    n: int


class SiteFileOut(BaseModel):
    """A site, what it was made from, and what to expect of it."""

    which: Literal["accepted", "proposed"]
    sha256: str
    name: str
    threshold: float
    target: str
    made_at: datetime
    films: int
    patients: int
    bodies: int
    fractured: int
    method: str
    note: str
    expected: dict[str, ExpectedOut]
    warnings: list[str]
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    site: dict[str, Any] = Field(description="A spondyl.site/1, as `--site` takes it.")


class RecalibrationOut(BaseModel):
    """How far the newest recalibration is."""

    state: Stage
    done: int
    total: int
    reason: str
    started_at: datetime | None = None
    proposal: SiteFileOut | None = None


class AcceptSite(BaseModel):
    """The site that one has looked at."""

    sha256: str = Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")
