"""Settings of made-up reports: how they are written, and how often they are wrong."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]


class Style(StrEnum):
    """How a report is written."""

    TERSE = "terse"
    STRUCTURED = "structured"
    PROSE = "prose"
    BRITISH = "british"
    TABLE = "table"
    IMPRESSION = "impression"
    COMPARISON = "comparison"


class ReportSettings(BaseModel):
    """How reports of simulated films are written.

    The shares of what reports get wrong or leave open are assumptions, chosen modest; they are
    there to be changed.

    Attributes
    ----------
    styles : mapping of Style to float
        How often each style is written; the others never.
    missed : float
        Share of fractured bodies that the report does not see; of mild ones (grade 1) half as
        many again, of the others half.
    shifted : float
        Share of the reports of a fracture that count one level too high or too low.
    hedged : float
        Share of fractured bodies that the report only suspects.
    overcalled : float
        Share of the normal bodies made to look like a fracture that the report calls one.
    old : float
        Share of fractures that are called old, healed or known.
    partial : float
        Share of reports that speak of some of the other bodies alone: of a region or a range.
    silent : float
        Share of reports that say nothing of the other bodies; where no body is fractured, nothing
        of any body.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    styles: dict[Style, Annotated[float, Field(ge=0)]] = Field(
        default_factory=lambda: dict.fromkeys(Style, 1.0)
    )
    missed: Share = 0.04
    shifted: Share = 0.02
    hedged: Share = 0.05
    overcalled: Share = 0.02
    old: Share = 0.3
    partial: Share = 0.12
    silent: Share = 0.05

    @model_validator(mode="after")
    def _usable(self) -> "ReportSettings":
        if sum(self.styles.values()) <= 0:
            raise ValueError("at least one style needs a share above 0")
        if self.partial + self.silent > 1:
            raise ValueError(f"partial and silent add up to {self.partial + self.silent:g}, over 1")
        return self
