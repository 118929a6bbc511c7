"""Whole reports: the project's own sets reach the goals; rules by one case each."""

import json
from pathlib import Path

import pytest

pytest.importorskip("negspacy", reason="needs the extra [reports]")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.reports import GOALS, figures, judge, load
from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.labels.reports import read_report

SETS = sorted((Path(__file__).parents[2] / "data" / "reports").glob("*.jsonl"))
STYLES = {
    "terse", "structured", "dictated", "impression", "comparison", "british", "template",
    "history", "typo", "negative",
}  # fmt: skip


def marks(text: str) -> str:
    """T11 to L5 as letters: F fractured, N normal, S suspected, - unknown."""
    labels = read_report(text).levels
    names = {Status.FRACTURED: "F", Status.NORMAL: "N", Status.UNKNOWN: "-"}
    return "".join("S" if labels[v].suspected else names[labels[v].status] for v in JUDGED_LEVELS)


def test_at_least_150_reports_in_ten_styles():
    reports = [report for path in SETS for report in load(path)]
    assert len(reports) >= 150
    assert {report["style"] for report in reports} == STYLES
    assert len({report["text"] for report in reports}) == len(reports)


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_goals_are_reached(path):
    found = figures([judge(r, read_report(r["text"])) for r in load(path)])
    for status, goal in GOALS.items():
        for kind, figure in found[status].items():
            assert figure.value is not None
            assert figure.value >= goal, f"{kind} of {status}: {figure}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wedge fracture of L1.", "--F----"),
        ("No compression fracture.", "NNNNNNN"),
        ("Vertebral body heights are preserved.", "NNNNNNN"),
        ("No compression fracture in the lumbar spine.", "--NNNNN"),
        ("No fracture of T12 or L1.", "-NN----"),
        ("L1 fracture cannot be excluded.", "--S----"),
        ("r/o compression fx, L1", "--S----"),
        ("Wedge # L1, ?old.", "--F----"),
        ("Fracture of L1, L2 is normal.", "--FN---"),
        ("No fracture, old wedge deformity of L1.", "NNFNNNN"),
        ("Vertebral bodies intact except L3.", "NNNNFNN"),
        ("No fracture other than the known L1 fracture.", "NNFNNNN"),
        ("L1 compression fracture, no retropulsion, L3 compression fracture.", "--F-F--"),
        ("T12 and L1 wedge fractures. Remaining bodies intact.", "NFFNNNN"),
        ("Narrowing at L4-5. Fracture of the right L2 transverse process.", "-------"),
        ("Fractured pedicle screw at L4. Vertebral bodies intact.", "NNNNNNN"),
        ("Decreased height at L4-5 and L5-S1.", "-------"),
        ("Compression fractures of L4-5.", "-----FF"),
        ("HISTORY: L3 compression fracture.\nFINDINGS: Normal study.", "NNNNNNN"),
        ("FINDINGS: Possible L1 fracture.\nIMPRESSION: No fracture.", "NNNNNNN"),
        ("FINDINGS: L1 compression fracture.\nIMPRESSION: Possible L1 fracture.", "--S----"),
        ("FINDINGS: L3 deformity.\nIMPRESSION: L3 is projectional. No fracture.", "NNNNNNN"),
        ("No fracture. T11 is not included.", "-NNNNNN"),
        ("Multiple compression fractures, most severe at L1. No new fracture.", "--F----"),
        ("Multiple compression fractures. No new fracture.", "-------"),
        ("Compression fracture at the thoracolumbar junction. L4 intact.", "-----N-"),
        ("Mild wedging of T12, likely physiologic. No fracture.", "NNNNNNN"),
        ("Vertebroplasty could be considered for the L2 compression fracture.", "---F---"),
        ("No change in the L1 compression fracture.", "--F----"),
        ("Degenerative disc disease.", "-------"),
        ("", "-------"),
    ],
)  # fmt: skip
def test_rules(text, expected):
    assert marks(text) == expected


def test_flags_and_words():
    text = "Old wedge fracture of L1. Prior vertebroplasty of L3.\r\nL4 \u2013 new fx."
    labels = read_report(text)
    assert {v for v, x in labels.levels.items() if x.old} == {Level.L1}
    assert {v for v, x in labels.levels.items() if x.treated} == {Level.L3}
    evidence = labels.evidence(Level.L1)
    assert evidence["words"] == "wedge fracture of L1"
    start, end = evidence["span"]
    assert text[start:end] == evidence["words"]
    assert evidence["sentence"] == "Old wedge fracture of L1."
    assert labels.evidence(Level.L2) is None


def test_words_of_misspelt_reports_are_the_reports_own():
    text = "Comprsion fracutre of L1"
    start, end = read_report(text).evidence(Level.L1)["span"]
    assert text[start:end] == text


def test_suspicion_is_doubtful_and_plain_words_are_not():
    assert read_report("Possible L1 fracture.").doubts == ("L1: suspected",)
    assert read_report("Compression fracture of L1.").doubts == ()
    assert read_report("Mild scoliosis.").doubts == ("nothing found",)


_PIECES = (
    "no fracture of L1 T12-L3 , . ; : and or wedge # ? r/o normal intact except heights preserved "
    "L4-5 disc narrowing possible old the but IMPRESSION: HISTORY: remaining bodies ( ) % 30 T L "
    "vertebroplasty cannot be excluded other"
)
_WORDS = st.sampled_from((*_PIECES.split(), "\n"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(max_size=200), st.lists(_WORDS, max_size=40).map(" ".join)))
def test_any_text_is_read_and_its_words_are_in_it(text):
    labels = read_report(text)
    assert set(JUDGED_LEVELS) <= set(labels.levels)
    for level, label in labels.levels.items():
        assert not (label.suspected and label.status is not Status.UNKNOWN)
        assert not ((label.old or label.treated) and label.status is not Status.FRACTURED)
        if label.status is not Status.UNKNOWN:
            start, end = labels.evidence(level)["span"]
            assert 0 <= start < end <= len(text)
    json.dumps(labels.to_json())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(list(JUDGED_LEVELS)), st.integers(1, 6), st.booleans())
def test_level_named_fractured_or_denied_is_read_so(levels, count, denied):
    named = sorted(levels[:count], key=list(Level).index)
    text = f"{'No compression' if denied else 'Compression'} fracture of {', '.join(named)}."
    expected = Status.NORMAL if denied else Status.FRACTURED
    labels = read_report(text).levels
    assert {v for v in JUDGED_LEVELS if labels[v].status is expected} == set(named)


def test_long_reports_take_time_in_proportion():
    import time

    text = "Wedge fracture of L1 with 30% loss of height. L4-5 disc narrowing is seen. "
    read_report(text)
    start = time.process_time()
    read_report(text * 200)
    assert time.process_time() - start < 10
