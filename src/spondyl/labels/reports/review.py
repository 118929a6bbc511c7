"""Every label with the words it came from, the doubtful first: for a reader to check."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from spondyl.anatomy import Level, Status
from spondyl.files import write_whole
from spondyl.labels.reports.report import ReportLabels

_TEMPLATE = "review.html.j2"
_COLUMNS = ("film", "level", "status", "suspected", "old", "treated", "words", "sentence", "doubts")


@dataclass(frozen=True)
class Reviewed:
    """One film, its report and what was read out of it."""

    film: str
    labels: ReportLabels

    @property
    def pieces(self) -> list[tuple[str, str, str]]:
        """The report in pieces: text, class of its marking ("" for none), levels it speaks of."""
        text = self.labels.text.original
        marks: dict[tuple[int, int], list[Level]] = {}
        for level, label in self.labels.levels.items():
            evidence = self.labels.evidence(level)
            if evidence is not None and label.statement is not None:
                marks.setdefault((evidence["span"][0], evidence["span"][1]), []).append(level)
        pieces: list[tuple[str, str, str]] = []
        at = 0
        for (start, end), levels in sorted(marks.items()):
            if end <= at:
                continue
            start = max(start, at)
            pieces.append((text[at:start], "", ""))
            pieces.append((text[start:end], self._class(levels[0]), ", ".join(levels)))
            at = end
        return [*pieces, (text[at:], "", "")]

    def _class(self, level: Level) -> str:
        label = self.labels.levels[level]
        return "suspected" if label.suspected else str(label.status)


def by_doubt(reviewed: Sequence[Reviewed]) -> list[Reviewed]:
    """The doubtful first, most reasons first; else in the order given."""
    return sorted(reviewed, key=lambda item: -len(item.labels.doubts))


def write_review(reviewed: Sequence[Reviewed], path: Path) -> None:
    """Write a page (``.html``, one file) or a table (``.csv``), whole or not at all."""
    text = review_csv(reviewed) if path.suffix.lower() == ".csv" else review_html(reviewed)
    write_whole(path, text, make_folder=True)


def review_csv(reviewed: Sequence[Reviewed]) -> str:
    """One row a level."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for item in by_doubt(reviewed):
        for level, label in item.labels.levels.items():
            evidence = item.labels.evidence(level) or {}
            rows.writerow(
                [
                    _plain(item.film), str(level), str(label.status),
                    *("yes" if f else "" for f in (label.suspected, label.old, label.treated)),
                    _plain(evidence.get("words", "")), _plain(evidence.get("sentence", "")),
                    "; ".join(label.doubts) or ("" if item.labels.known else "nothing found"),
                ]
            )  # fmt: skip
    return out.getvalue()


def _plain(cell: str) -> str:
    """Keep spreadsheets from taking a report's words for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def review_html(reviewed: Sequence[Reviewed]) -> str:
    """The page; all text of reports is escaped."""
    from jinja2 import Environment

    text = files("spondyl.labels.reports").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    ordered = by_doubt(reviewed)
    return environment.from_string(text).render(
        reviewed=ordered,
        doubtful=sum(bool(item.labels.doubts) for item in ordered),
        counts={
            str(status): sum(
                label.status is status for item in ordered for label in item.labels.levels.values()
            )
            for status in Status
        },
        suspected=sum(label.suspected for item in ordered for label in item.labels.levels.values()),
    )
