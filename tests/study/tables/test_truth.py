"""Report labels and readers held against the truth."""

import pytest

pytest.importorskip("sklearn", reason="needs the extra [evaluate]")

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.evaluate.outcome import BodyOutcome, FilmOutcome
from spondyl.evaluate.statistics import Figure
from spondyl.study.tables.truth import body_pairs, report_labels, with_truth
from tests.study.study_cases import truth


def outcome(name: str, called: tuple[Level, ...], said: tuple[Level, ...]) -> FilmOutcome:
    bodies = tuple(
        BodyOutcome(
            name, name, level, Status.FRACTURED if level in said else Status.NORMAL, None, None,
            found=True, named=level, assessable=True, called_fractured=level in called,
            fracture_probability=0.9 if level in called else 0.1,
        )
        for level in JUDGED_LEVELS
    )  # fmt: skip
    return FilmOutcome(name, name, bodies, 0, 0, 0, bool(said), 0.9, bool(called), True, 1.0, True)


def test_labels_by_report_against_the_truth() -> None:
    by_report = [truth("a", (Level.L1,)), truth("b", ()), truth("c", (Level.L2,))]
    really = [truth("a", (Level.L1,)), truth("b", (Level.L3,)), truth("c", ())]
    pairs = body_pairs(by_report, really)
    assert len(pairs) == 21
    table = report_labels({"Internal": (by_report, really)})
    assert table is not None
    fractured, normal = table.rows
    assert fractured.cells[:3] == ("fractured", 2, 2)
    recall, precision = fractured.cells[3], fractured.cells[4]
    assert isinstance(recall, Figure)
    assert isinstance(precision, Figure)
    assert recall.value == pytest.approx(0.5)
    assert precision.value == pytest.approx(0.5)
    assert normal.cells[1] == 19


def test_without_truth_there_is_no_table() -> None:
    assert report_labels({"Internal": ([truth("a")], [])}) is None


def test_outcomes_by_the_truth() -> None:
    # The report has missed the fracture of L2 that the reader calls.
    by_report = [outcome("a", called=(Level.L2,), said=())]
    (judged,) = with_truth(by_report, [truth("a", (Level.L2,))])
    assert judged.fractured is True
    assert judged.bodies[3].status is Status.FRACTURED
    assert judged.bodies[3].called_fractured
    assert judged.false_alarms_on_normal == 0
    (alarm,) = with_truth(by_report, [truth("a")])
    assert alarm.fractured is False
    assert alarm.false_alarms_on_normal == 1
    assert with_truth(by_report, [truth("other")]) == ()
