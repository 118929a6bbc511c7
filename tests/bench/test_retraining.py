"""The stand-in for a hospital's labels, and the table."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("sqlalchemy")

from bench.goals import Figure
from bench.retraining import drawn, print_table
from spondyl.anatomy import Level, Shape, Status
from spondyl.labels import FilmLabel, VertebraLabel, load_dataset, save_dataset

QUAD = np.array([[20.0, 30], [50, 30], [50, 52], [20, 52]])


def test_labels_hold_no_more_than_a_reader_draws(tmp_path):
    body = VertebraLabel(
        Level.L1, QUAD, np.array([[35.0, 31], [35, 51]]), Status.FRACTURED, 2, Shape.WEDGE,
        height_loss=0.3, height_losses=(0.3, 0.1, 0.0), extra={"mimic": "short"},
    )  # fmt: skip
    films = []
    for number in range(12):
        (tmp_path / f"{number}.png").write_bytes(b"film")
        films.append(
            FilmLabel(
                f"{number}.png", (80, 90), "right", {Level.L1: body}, patient=f"p{number // 2}",
                extra={"simulated": True, "view": "coned", "notes": ["L1: short"]},
            )
        )  # fmt: skip
    save_dataset(tmp_path, films)
    out = drawn(tmp_path, tmp_path / "out")
    found = load_dataset(out).films
    assert len(found) == 12
    for film in found:
        assert (out / film.name).read_bytes() == b"film"
        one = film.vertebrae[Level.L1]
        assert (one.height_loss, one.height_losses, dict(one.extra)) == (None, None, {})
        assert (one.status, one.genant_grade) == (Status.FRACTURED, 2)
        np.testing.assert_allclose(one.corners_px, QUAD)
        assert dict(film.extra) == {"simulated": True}
    sides = {film.patient: film.split for film in found}
    assert all(film.split == sides[film.patient] for film in found)
    assert sorted(sides.values()).count("validation") in (1, 2)
    drawn(tmp_path, out)  # again, without harm
    assert [film.split for film in load_dataset(out).films] == [film.split for film in found]


def test_columns_stand_side_by_side(capsys):
    before = [Figure("AUC per body", 0.9, low=0.85, high=0.95), Figure("corner error", 3.5, "%")]
    after = [Figure("AUC per body", None), Figure("corner error", 3.25, "%")]
    print_table({"site": "one"}, {"shipped": before, "retrained": after})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "site: one"
    assert lines[2].split("  ")[0] == "AUC per body"
    assert "0.900 (0.850-0.950)" in lines[2]
    assert lines[2].rstrip().endswith("-")
    assert "3.50 %" in lines[3]
    assert lines[1].index("retrained") == lines[3].index("3.25 %")
