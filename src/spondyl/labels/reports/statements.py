"""What a report states, one claim at a time."""

from dataclasses import dataclass
from enum import StrEnum

from spondyl.anatomy import Level
from spondyl.labels.reports.sections import Part


class Claim(StrEnum):
    """What is claimed of the levels."""

    FRACTURED = "fractured"
    SUSPECTED = "suspected"
    NORMAL = "normal"
    #: Cut off, hidden, not judged.
    UNSEEN = "unseen"
    #: A shape that the report itself explains without fracture, but not for sure.
    BENIGN = "benign"
    #: No fracture in a region: settles the levels that nothing else names.
    DENIED = "denied"
    #: A fracture somewhere: where, the report does not say here.
    SOMEWHERE = "somewhere"


@dataclass(frozen=True)
class Statement:
    """A claim and the words that make it.

    Attributes
    ----------
    claim : Claim
    levels : tuple of Level
        Those named; of ``DENIED`` and ``SOMEWHERE`` those of the region.
    part : Part
        Of the report.
    start, end : int
        The words, in the plain text: from the first to the last of level and finding.
    sentence : (int, int)
        The sentence, in the plain text.
    strong : bool
        Says fracture or compression, not only a changed shape.
    old, treated : bool
    qualified : bool
        A denial of what is acute, new or more only.
    others : bool
        A denial for the levels beside those named.
    partial : bool
        Names some levels of several.
    """

    claim: Claim
    levels: tuple[Level, ...]
    part: Part
    start: int
    end: int
    sentence: tuple[int, int]
    strong: bool = False
    old: bool = False
    treated: bool = False
    qualified: bool = False
    others: bool = False
    partial: bool = False
