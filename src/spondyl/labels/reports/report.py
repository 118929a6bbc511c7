"""A report, read: text in, labels out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.labels.reports.decide import LevelLabel, decide
from spondyl.labels.reports.extract import find_statements
from spondyl.labels.reports.text import PlainText, make_plain


@dataclass(frozen=True)
class ReportLabels:
    """What one report says of each level.

    Attributes
    ----------
    text : PlainText
    levels : mapping of Level to LevelLabel
        T11 to L5, and others that the report names.
    """

    text: PlainText
    levels: Mapping[Level, LevelLabel]

    @property
    def known(self) -> bool:
        """The report settles or suspects something."""
        return any(v.status is not Status.UNKNOWN or v.suspected for v in self.levels.values())

    @property
    def doubts(self) -> tuple[str, ...]:
        """Every reason to look again, once, with its levels."""
        reasons: dict[str, list[str]] = {}
        for level, label in self.levels.items():
            for doubt in label.doubts:
                reasons.setdefault(doubt, []).append(str(level))
        found = tuple(f"{', '.join(levels)}: {doubt}" for doubt, levels in reasons.items())
        return found if self.known else ("nothing found", *found)

    def evidence(self, level: Level) -> dict[str, Any] | None:
        """The words that a level's status rests on, as JSON values.

        Returns
        -------
        dict or None
            ``words``, ``sentence``, and ``span``: [start, end) of the words, counted in characters
            of the report's text.
        """
        label = self.levels[level]
        if label.statement is None:
            return None
        st = label.statement
        return {
            "words": self.text.words(st.start, st.end),
            "span": list(self.text.span(st.start, st.end)),
            "sentence": self.text.words(*st.sentence),
        }

    def to_json(self) -> dict[str, Any]:
        """Status, flags and words by level."""
        return {str(level): self.level_json(level) for level in self.levels}

    def level_json(self, level: Level) -> dict[str, Any]:
        """One level's status, flags and words."""
        label = self.levels[level]
        value: dict[str, Any] = {"status": str(label.status)}
        for flag in ("suspected", "old", "treated"):
            if getattr(label, flag):
                value[flag] = True
        if (evidence := self.evidence(level)) is not None:
            value["evidence"] = evidence
        if label.doubts:
            value["doubts"] = list(label.doubts)
        return value


def read_report(text: str) -> ReportLabels:
    """Read the status of each body out of a radiology report (free English text).

    Parameters
    ----------
    text : str

    Returns
    -------
    ReportLabels
        Levels that the report does not speak of are unknown.

    Raises
    ------
    ReportsError
        If the extra ``[reports]`` is not installed.

    Examples
    --------
    >>> labels = read_report("Old wedge fracture of L1. Remaining bodies intact.")  # doctest: +SKIP
    >>> labels.levels[Level.L1].status, labels.levels[Level.L2].status  # doctest: +SKIP
    (<Status.FRACTURED: 'fractured'>, <Status.NORMAL: 'normal'>)
    """
    plain = make_plain(text)
    return ReportLabels(plain, decide(find_statements(plain.plain)))


__all__ = ["JUDGED_LEVELS", "ReportLabels", "read_report"]
