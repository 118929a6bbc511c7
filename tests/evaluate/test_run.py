import json
import os

import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate import evaluate
from spondyl.evaluate.run import is_simulated
from spondyl.labels import DatasetError, FilmLabel, load_dataset
from tests.evaluate.makers import label, read_json, reading_json, right_call, write_set


class FakeReader:
    """Reads every film right, remembers which, and fails where it is told to."""

    def __init__(self, fails=()):
        self.fails = set(fails)
        self.seen = []

    def __call__(self, path):
        self.seen.append(path.name)
        if path.name in self.fails:
            raise ValueError("The file is cut off.")
        return reading_json(right_call({Level.L1: 0.9}))


@pytest.fixture
def films(tmp_path):
    fractured = {Level.L1: Status.FRACTURED}
    labels = [label("a.png", fractured, "p1"), label("b.png", fractured, "p1"), label("c.png")]
    return write_set(tmp_path / "films", labels, "Simulated films.")


def run(films, out, reader, **settings):
    return evaluate(films, out, reader, progress=False, **settings)


def test_writes_figures_page_and_readings(films, tmp_path):
    out = tmp_path / "out"
    result = run(films, out, FakeReader())
    content = read_json(out / "evaluation.json")
    assert content["schema"] == "spondyl.evaluation/1"
    assert content["set"] == {"name": "films", "note": "Simulated films.", "simulated": True}
    assert content["model"] == {"name": "test", "version": "1", "sha256": "abc"}
    assert content["counts"]["films"] == 3
    assert content["counts"]["patients"] == 2
    assert content["figures"]["fracture_body"]["sensitivity"]["value"] == 1.0
    assert content["figures"]["fracture_body"]["false_alarms_per_film"]["value"] == pytest.approx(
        1 / 3, abs=1e-5
    )
    assert [film["film"] for film in content["films"]] == ["a.png", "b.png", "c.png"]
    assert sorted(p.name for p in (out / "readings").iterdir()) == [
        "a.png", "b.png", "c.png", "reader.txt",
    ]  # fmt: skip
    assert "simulated" in (out / "evaluation.html").read_text()
    assert result.figures.films == 3


def test_json_holds_no_nan(films, tmp_path):
    run(films, tmp_path / "out", FakeReader())
    text = (tmp_path / "out" / "evaluation.json").read_text()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"found {name}"))


def test_second_run_reads_nothing_again(films, tmp_path):
    run(films, tmp_path / "out", FakeReader())
    again = FakeReader()
    second = run(films, tmp_path / "out", again)
    assert again.seen == []
    assert second.figures.finding["found"].value == 1.0


def test_readings_of_another_reader_are_read_anew(films, tmp_path):
    run(films, tmp_path / "out", FakeReader(), fingerprint="one")
    # stopped after the first film: the others still lie there as the first reader left them
    run(films, tmp_path / "out", FakeReader(), fingerprint="two", limit=1)
    again = FakeReader()
    run(films, tmp_path / "out", again, fingerprint="two")
    assert again.seen == ["b.png", "c.png"]


def test_changed_film_is_read_anew(films, tmp_path):
    run(films, tmp_path / "out", FakeReader())
    later = (films / "a.png").stat().st_mtime + 100
    os.utime(films / "a.png", (later, later))
    again = FakeReader()
    run(films, tmp_path / "out", again)
    assert again.seen == ["a.png"]


def test_damaged_kept_reading_is_read_anew(films, tmp_path):
    run(films, tmp_path / "out", FakeReader())
    (tmp_path / "out" / "readings" / "b.png" / "reading.json").write_text("{")
    again = FakeReader()
    run(films, tmp_path / "out", again)
    assert again.seen == ["b.png"]


def test_readings_made_before_are_used(films, tmp_path):
    run(films, tmp_path / "first", FakeReader())
    none = FakeReader()
    run(films, None, none, readings=tmp_path / "first" / "readings", site="elsewhere")
    assert none.seen == []


def test_failed_film_is_named_and_counts_as_missed(films, tmp_path):
    result = run(films, tmp_path / "out", FakeReader(fails=["b.png"]))
    assert result.figures.films_failed == 1
    assert result.figures.fracture_body["sensitivity"].value == pytest.approx(0.5)
    assert result.outcomes[1].error == "The file is cut off."
    assert "The file is cut off." in (tmp_path / "out" / "evaluation.html").read_text()


def test_workers_do_not_change_the_figures(films):
    one = run(films, None, FakeReader())
    three = run(films, None, FakeReader(), workers=3)
    assert one.figures == three.figures
    assert [o.film for o in three.outcomes] == ["a.png", "b.png", "c.png"]


def test_split_and_limit(tmp_path):
    from dataclasses import replace

    films = write_set(
        tmp_path / "films",
        [replace(label("a.png"), split="train"), replace(label("b.png"), split="test")],
    )
    reader = FakeReader()
    run(films, None, reader, split="test")
    assert reader.seen == ["b.png"]
    with pytest.raises(DatasetError, match='split "other"'):
        run(films, None, reader, split="other")


@pytest.mark.parametrize(
    ("note", "said", "expected"),
    [
        ("Simulated films.", None, True),
        ("Real films", None, None),
        ("Real films", False, False),
        ("", True, True),
    ],
)
def test_is_simulated(tmp_path, note, said, expected):
    extra = {} if said is None else {"simulated": said}
    film = FilmLabel("a.png", (400, 400), "left", label().vertebrae, extra=extra)
    assert is_simulated(load_dataset(write_set(tmp_path, [film], note))) is expected
