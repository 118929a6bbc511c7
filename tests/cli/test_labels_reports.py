"""``spondyl labels from-reports``."""

import json
import sys

import cv2
import numpy as np
import pytest

pytest.importorskip("negspacy", reason="needs the extra [reports]")

from spondyl.anatomy import Level, Status
from spondyl.cli.main import main
from spondyl.labels import load_dataset

TABLE = (
    'film,text,patient\na/1.png,"Wedge fracture of L1, others intact.",p1\n2.png,r/o fx T12,p2\n'
)


@pytest.fixture
def call(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["spondyl", "labels", "from-reports", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        said = capsys.readouterr()
        return int(code), said.out, said.err

    return run


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text(TABLE)
    return path


def test_writes_a_data_set_and_a_page(call, table, tmp_path):
    code, out, _ = call(table, "--out", tmp_path / "set", "--review", tmp_path / "r.html")
    assert code == 0
    assert "L1" in out
    films = load_dataset(tmp_path / "set").films
    assert [film.name for film in films] == ["a/1.png", "2.png"]
    assert films[0].patient == "p1"
    assert films[0].vertebrae[Level.L1].status is Status.FRACTURED
    assert films[0].vertebrae[Level.L2].status is Status.NORMAL
    assert films[1].vertebrae[Level.T12].extra["suspected"] is True
    assert films[0].report == "Wedge fracture of L1, others intact."
    page = (tmp_path / "r.html").read_text()
    assert page.index("2.png") < page.index("a/1.png")


def test_json_lines_and_nothing_else(call, table):
    code, out, _ = call(table, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["film"] for line in lines] == ["a/1.png", "2.png"]
    assert lines[0]["levels"]["L1"]["status"] == "fractured"
    assert lines[1]["doubts"] == ["T12: suspected"]


def test_one_bad_row_is_named_and_the_rest_done(call, table, tmp_path):
    table.write_text(TABLE + "3.png,,p3\n")
    code, _, err = call(table, "--out", tmp_path / "set")
    assert code == 1
    assert "line 4: the report of '3.png' is empty" in err
    assert len(load_dataset(tmp_path / "set")) == 2


def test_a_broken_table_writes_nothing(call, table, tmp_path):
    table.write_text(TABLE + '3.png,"cut in ha')
    code, out, err = call(table, "--out", tmp_path / "set", "--review", tmp_path / "r.csv")
    assert code == 2
    assert out == ""
    assert "line 4" in err
    assert not (tmp_path / "set").exists()
    assert not (tmp_path / "r.csv").exists()


def test_missing_films_are_named_where_films_are_asked_for(call, table, tmp_path):
    code, _, err = call(table, "--films", tmp_path, "--out", tmp_path / "set")
    assert code == 3
    assert "line 2" in err
    assert "'a/1.png' is not in" in err
    assert not (tmp_path / "set").exists()


def test_a_film_at_hand_gives_its_size(call, tmp_path, monkeypatch):
    class Right:
        posterior_right = 3.0

    monkeypatch.setattr("spondyl.read.orient.look_at", lambda pixels, networks: Right())
    noise = np.random.default_rng(1).integers(0, 255, (900, 700), dtype=np.uint8)
    cv2.imwrite(
        str(tmp_path / "f.png"),
        cv2.normalize(cv2.GaussianBlur(noise, None, 25), None, 0, 255, cv2.NORM_MINMAX),
    )
    (tmp_path / "f.txt").write_text("No fracture.")
    code, _, _ = call(tmp_path, "--out", tmp_path)
    (film,) = load_dataset(tmp_path).films
    assert code == 0
    assert (film.name, film.size_px, film.posterior_side) == ("f.png", (700, 900), "right")


def test_a_second_run_keeps_other_labels(call, table, tmp_path):
    call(table, "--out", tmp_path / "set")
    (tmp_path / "more.csv").write_text("film,text\n2.png,Compression fracture of L5.\n")
    call(tmp_path / "more.csv", "--out", tmp_path / "set")
    films = load_dataset(tmp_path / "set").films
    assert [film.name for film in films] == ["a/1.png", "2.png"]
    assert films[1].vertebrae[Level.L5].status is Status.FRACTURED
    assert films[1].patient == "p2"


def test_wrong_ending_of_the_review(call, table):
    code, _, err = call(table, "--review", "r.pdf")
    assert code == 2
    assert ".html or .csv" in err
