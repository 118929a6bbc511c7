"""Figures of made-up films and verdicts."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from spondyl.serve.quality.dashboard import dashboard
from spondyl.serve.quality.disagreement import Verdict
from spondyl.serve.quality.drift import Shift
from spondyl.serve.quality.rows import FilmRow
from spondyl.serve.store.tables import FilmStatus

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def films(count: int, days: float, a: float = 1.0, site: str = "a", seed: int = 1, age: int = 75):
    values = np.random.default_rng(seed).beta(a, 6.0, count)
    return [
        FilmRow(
            f"{site}{seed}-{k}",
            site,
            START + timedelta(days=days + 0.05 * k),
            True,
            bool(v >= 0.3),
            float(v),
            "F",
            age,
            None,
            FilmStatus.UNREAD,
        )
        for k, v in enumerate(values)
    ]


def verdict(at: datetime, model: bool, reader: bool, rejected: bool = False) -> Verdict:
    return Verdict("x", "a", at, rejected, model, reader, 7, int(model != reader))


def test_days_and_rates() -> None:
    found = dashboard(films(40, 0), [], date(2026, 1, 1), date(2026, 1, 2))
    assert [day.day for day in found.days] == [date(2026, 1, 1), date(2026, 1, 2)]
    assert sum(day.films for day in found.days) == 30
    first = found.days[0].positive
    assert first.low <= first.value <= first.high
    assert found.references == ()
    assert found.months[0].drift.shift is Shift.TOO_FEW


def test_a_shift_of_the_mix_warns() -> None:
    rows = [*films(200, 0), *films(150, 40, seed=2), *films(150, 70, a=4.0, seed=3, age=50)]
    found = dashboard(rows, [], date(2026, 1, 1), date(2026, 12, 31))
    shifts = {month.month: month.drift.shift for month in found.months}
    assert shifts == {
        "2026-01": Shift.TOO_FEW, "2026-02": Shift.STEADY, "2026-03": Shift.MARKED,
    }  # fmt: skip
    kinds = {(w.month, w.kind) for w in found.warnings}
    assert kinds == {("2026-03", "drift"), ("2026-03", "positive_rate"), ("2026-03", "age")}
    assert found.references[0].films == 200


def test_sites_have_their_own_reference() -> None:
    rows = [
        *films(200, 0),
        *films(200, 0, a=4.0, site="b"),
        *films(100, 40, a=4.0, site="b", seed=5),
    ]
    found = dashboard(
        sorted(rows, key=lambda r: r.received_at), [], date(2026, 1, 1), date(2026, 12, 1)
    )
    assert found.warnings == ()


def test_disagreement_warns_where_it_grows() -> None:
    before = [verdict(START, True, k % 20 != 0) for k in range(100)]
    march = START + timedelta(days=65)
    later = [verdict(march, k % 3 == 0, False, rejected=k == 1) for k in range(60)]
    found = dashboard([], [*before, *later], date(2026, 1, 1), date(2026, 12, 1))
    january, then = found.months
    assert (january.decided, january.disagreed.count, january.false_alarms) == (100, 5, 5)
    assert (then.disagreed.count, then.rejected, then.missed) == (21, 1, 0)
    assert [(w.kind, w.month) for w in found.warnings] == [("disagreement", "2026-03")]
    assert found.warnings[0].sentence.startswith("Readers see 35% of films otherwise")
