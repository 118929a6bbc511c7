"""Labels from reports against the hand-made truth of reports in ten styles.

Precision and recall of each status per level (T11-L5, and others that the truth names), with the
95 % bootstrap interval over reports; where that has no width, Wilson's.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/reports.py` finds `bench`

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.evaluate.statistics import Clusters, percentile_interval, wilson
from spondyl.labels.reports import ReportLabels, read_report

SETS = Path(__file__).parents[1] / "tests" / "data" / "reports"
#: Recall and precision of a status must both reach this.
GOALS = {"fractured": 0.97, "normal": 0.95}
CLASSES = ("fractured", "normal", "suspected", "unknown")
FLAGS = ("old", "treated")


@dataclass(frozen=True)
class Figure:
    """A share of levels with its interval."""

    hits: int
    n: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.hits / self.n if self.n else None


@dataclass(frozen=True)
class Outcome:
    """A report's truth beside what was read."""

    id: str
    style: str
    truth: dict[str, str]
    read: dict[str, str]
    flags: dict[str, tuple[set[str], set[str]]]

    @property
    def right(self) -> bool:
        """Every level is read as it is."""
        return self.truth == self.read


def load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judge(report: dict[str, Any], labels: ReportLabels) -> Outcome:
    """Truth and reading of one report, level by level."""
    truth = {level: status for status in CLASSES[:3] for level in report[status]}
    read = {
        str(level): "suspected" if label.suspected else str(label.status)
        for level, label in labels.levels.items()
    }
    levels = [str(v) for v in Level if v in JUDGED_LEVELS or v in truth or v in read]
    flags = {
        flag: (set(report[flag]), {str(v) for v, x in labels.levels.items() if getattr(x, flag)})
        for flag in FLAGS
    }
    unknown = str(Status.UNKNOWN)
    return Outcome(
        report["id"],
        report["style"],
        {level: truth.get(level, unknown) for level in levels},
        {level: read.get(level, unknown) for level in levels},
        flags,
    )


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Figure]]:
    """Recall and precision by status, and of the flags."""
    clusters = Clusters([outcome.id for outcome in outcomes])
    counts: dict[str, list[tuple[int, int, int]]] = {}
    for name in CLASSES:
        counts[name] = [
            (
                sum(t == name == o.read[level] for level, t in o.truth.items()),
                sum(t == name for t in o.truth.values()),
                sum(r == name for r in o.read.values()),
            )
            for o in outcomes
        ]
    for flag in FLAGS:
        counts[flag] = [
            (len(told & read), len(told), len(read))
            for told, read in (o.flags[flag] for o in outcomes)
        ]
    ids = [outcome.id for outcome in outcomes]
    return {
        name: {
            "recall": _figure([(h, t) for h, t, _ in rows], ids, clusters),
            "precision": _figure([(h, r) for h, _, r in rows], ids, clusters),
        }
        for name, rows in counts.items()
    }


def _figure(rows: Sequence[tuple[int, int]], ids: Sequence[str], clusters: Clusters) -> Figure:
    hits, n = sum(h for h, _ in rows), sum(n for _, n in rows)
    if not n:
        return Figure(hits, n, None, None)
    ratios = clusters.ratio([h for h, _ in rows], [t for _, t in rows], ids)
    interval = percentile_interval(ratios)
    if interval is None or interval[0] == interval[1]:
        interval = wilson(hits, n)
    return Figure(hits, n, *interval)


def missed(found: dict[str, dict[str, Figure]]) -> list[str]:
    """Goals that are not reached, as sentences."""
    return [
        f"{kind} of {name} {figure.value:.3f}, goal {goal}"
        for name, goal in GOALS.items()
        for kind, figure in found[name].items()
        if figure.value is not None and figure.value < goal
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, help="JSON lines; by default those of tests")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--strict", action="store_true", help="exit code 1 where a goal is missed")
    parser.add_argument("--errors", action="store_true", help="print each report read wrong")
    arguments = parser.parse_args()
    answers: dict[str, Any] = {}
    failed = []
    read_report("No fracture.")  # loads the library
    for path in arguments.sets or sorted(SETS.glob("*.jsonl")):
        reports = load(path)
        start = time.perf_counter()
        read = [read_report(report["text"]) for report in reports]
        seconds = time.perf_counter() - start
        outcomes = [judge(report, labels) for report, labels in zip(reports, read, strict=True)]
        found = figures(outcomes)
        failed += missed(found)
        speed = len(reports) / seconds
        answers[path.stem] = {
            "reports": len(reports),
            "wholly_right": sum(outcome.right for outcome in outcomes),
            "reports_per_second": round(speed, 1),
            "figures": {
                name: {kind: vars(f) | {"value": f.value} for kind, f in row.items()}
                for name, row in found.items()
            },
        }
        if not arguments.json:
            _print(path.stem, outcomes, found, speed)
            if arguments.errors:
                _print_errors(outcomes)
    if arguments.json:
        print(json.dumps(answers, indent=1))
    return 1 if arguments.strict and failed else 0


def _print(
    name: str, outcomes: Sequence[Outcome], found: dict[str, dict[str, Figure]], speed: float
) -> None:
    right = sum(outcome.right for outcome in outcomes)
    print(f"{name}: {len(outcomes)} reports, {right} wholly right, {speed:.0f} reports a second")
    for status, row in found.items():
        cells = []
        for kind, figure in row.items():
            if figure.value is None or figure.low is None or figure.high is None:
                cells.append(f"{kind}    -")
            else:
                cells.append(
                    f"{kind} {figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f}), n {figure.n}"
                )
        goal = f"   goal {GOALS[status]}" if status in GOALS else ""
        print(f"  {status:<10} {cells[0]:<38} {cells[1]}{goal}")


def _print_errors(outcomes: Sequence[Outcome]) -> None:
    for o in outcomes:
        wrong = [f"{v}: {t}, read {o.read[v]}" for v, t in o.truth.items() if t != o.read[v]]
        if wrong:
            print(f"  {o.id}: {'; '.join(wrong)}")


if __name__ == "__main__":
    sys.exit(main())
