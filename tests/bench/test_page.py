from pathlib import Path

import pytest

from bench import page

READING = {"vertebrae": [{"level": "L1", "fractured": True}]}


def test_median_is_held_against_the_goal_and_the_worst_is_told():
    median, worst = page.told("a page", [100.0, 500.0, 200.0], 300.0)
    assert (median.value, median.met, median.n) == (200.0, True, 3)
    assert (worst.name.strip(), worst.value, worst.met) == ("a page: worst of 3", 500.0, None)


def test_what_was_never_measured_misses_its_goal():
    (figure,) = page.told("a page", [], 300.0)
    assert figure.met is False


def test_without_chromium_a_sentence_is_said(monkeypatch, capsys):
    pytest.importorskip("fastapi")
    pytest.importorskip("playwright")
    monkeypatch.setattr(page, "chromium_here", lambda: None)
    monkeypatch.setattr("sys.argv", ["page"])
    assert page.main() == 2
    assert "Chromium was expected" in capsys.readouterr().err


def test_made_films_are_a_worklist(tmp_path: Path):
    pytest.importorskip("sqlalchemy")
    from bench.page_rows import fill
    from spondyl.serve.room import lines, worklist
    from spondyl.serve.room.shapes import FilmSort
    from spondyl.serve.store.engine import Database, sqlite_url

    fill(tmp_path, [READING], 30)
    database = Database(sqlite_url(tmp_path / "room.sqlite"))
    with database.session() as session:
        query = worklist.FilmQuery()
        rows = list(session.scalars(worklist.page_query(query, FilmSort.SUSPICION, None, 10)))
        items = lines.items(session, rows)
        total = worklist.total(session, query)
    database.close()
    assert total == 30
    suspicions = [item.suspicion for item in items]
    assert suspicions == sorted(suspicions, reverse=True)
    assert items[0].fractured
    assert items[0].levels == ["L1"]
    assert any(item.prior_id for item in items)
