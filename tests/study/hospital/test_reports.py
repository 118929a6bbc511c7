"""Made-up reports: what they mean, and that the extractor reads it out of them."""

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("pydantic", reason="needs the extra [train]")

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Level, Shape, Status, grade_from_loss
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.study.hospital.reports import ReportSettings, Style, write_report
from spondyl.study.hospital.reports_names import name_levels
from spondyl.study.hospital.reports_opinion import Rest, form_opinion

PERFECT = ReportSettings(missed=0, shifted=0, hedged=0, overcalled=0, silent=0, partial=0)


def film(rng: np.random.Generator, fractured: int | None = None) -> FilmLabel:
    """A film's truth from T10, T11 or T12 to S1."""
    first = LEVELS[Level(str(rng.choice(["T10", "T11", "T12"])))].order
    levels = [v for v in Level if LEVELS[v].order >= first and v is not Level.L6]
    count = (
        int(rng.choice([0, 1, 2, 3], p=[0.5, 0.3, 0.14, 0.06])) if fractured is None else fractured
    )
    hit = set(rng.choice(levels[:-1], size=count, replace=False))
    bodies = {}
    for level in levels:
        loss = float(rng.uniform(0.2, 0.6)) if level in hit else 0.0
        bodies[level] = VertebraLabel(
            level,
            status=Status.FRACTURED if level in hit else Status.NORMAL,
            genant_grade=int(grade_from_loss(loss)),
            shape=Shape(str(rng.choice(["wedge", "biconcave", "crush"]))) if level in hit else None,
            height_loss=loss,
        )
    return FilmLabel("x.png", (10, 10), "left", bodies)


def test_extractor_reads_what_was_meant() -> None:
    pytest.importorskip("negspacy", reason="needs the extra [reports]")
    from spondyl.labels.reports import read_report

    right: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    styles: Counter[Style] = Counter()
    for number in range(250):
        rng = np.random.default_rng([2026, number])
        report = write_report(film(rng), rng)
        styles[report.style] += 1
        read = read_report(report.text).levels
        for level, status in report.intended.items():
            meant[status] += 1
            right[status] += level in read and read[level].status is status
    shares = {str(status): f"{right[status]} of {meant[status]}" for status in Status}
    print(f"Read as meant, level by level: {shares}")
    assert set(styles) == set(Style)
    assert right[Status.FRACTURED] >= 0.97 * meant[Status.FRACTURED]
    assert right[Status.NORMAL] >= 0.97 * meant[Status.NORMAL]
    assert right[Status.UNKNOWN] >= 0.9 * meant[Status.UNKNOWN]


def test_same_chance_same_report() -> None:
    truth = film(np.random.default_rng(1))
    texts = [write_report(truth, np.random.default_rng(9)).text for _ in range(2)]
    assert texts[0] == texts[1]
    assert texts[0] != write_report(truth, np.random.default_rng(10)).text


@pytest.mark.parametrize("style", Style)
def test_without_errors_the_truth_is_meant(style: Style) -> None:
    for number in range(40):
        rng = np.random.default_rng([3, number])
        truth = film(rng)
        opinion = form_opinion(truth, style, PERFECT, rng)
        for level, status in opinion.intended.items():
            if level in truth.vertebrae:
                assert status is truth.vertebrae[level].status


def test_shares_of_errors_are_kept() -> None:
    settings = ReportSettings(missed=0.3, shifted=0.25, hedged=0, overcalled=0)
    missed = total = shifted = 0
    films = 600
    for number in range(films):
        rng = np.random.default_rng([4, number])
        opinion = form_opinion(film(rng, fractured=2), Style.PROSE, settings, rng)
        missed += len(opinion.missed)
        total += 2
        shifted += opinion.shift != 0
    # Mild ones half as many again, others half: between 0.15 and 0.45.
    assert 0.15 * total < missed < 0.45 * total
    assert 0.18 * films < shifted < 0.3 * films


def test_silence_is_unknown() -> None:
    rng = np.random.default_rng(5)
    settings = ReportSettings(silent=1, partial=0)
    opinion = form_opinion(film(rng, fractured=0), Style.TERSE, settings, rng)
    assert opinion.rest is Rest.SILENT
    assert set(opinion.intended.values()) == {Status.UNKNOWN}


def test_shifted_name_is_the_neighbours() -> None:
    settings = ReportSettings(shifted=1, missed=0, hedged=0)
    truth = film(np.random.default_rng(0), fractured=0)
    bodies = dict(truth.vertebrae)
    bodies[Level.L2] = VertebraLabel(Level.L2, status=Status.FRACTURED, height_loss=0.3)
    truth = FilmLabel("x.png", (10, 10), "left", bodies)
    named = {
        form_opinion(truth, Style.TERSE, settings, np.random.default_rng(n)).called[0].level
        for n in range(20)
    }
    assert named == {Level.L1, Level.L3}


def test_names_of_levels() -> None:
    rng = np.random.default_rng(0)
    assert name_levels([Level.L3], rng) == "L3"
    assert name_levels([Level.T12, Level.L1, Level.L2], rng, dash="-") == "T12-L2"
    assert name_levels([Level.T11, Level.L1, Level.L4], rng) == "T11, L1 and L4"


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="over 1"):
        ReportSettings(partial=0.7, silent=0.7)
    with pytest.raises(ValueError, match="at least one style"):
        ReportSettings(styles={Style.TERSE: 0})


def test_judged_levels_are_always_answered() -> None:
    rng = np.random.default_rng(6)
    assert set(write_report(film(rng), rng).intended) >= set(JUDGED_LEVELS)
