from dataclasses import dataclass, replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from bench.warped import apart, measure_warped
from bench.warped_figures import Case, Warped, figures_of, save_cases, section_of
from spondyl.anatomy import JUDGED_LEVELS, Level, Shape, Status
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset

SIZE = (220, 460)
LEVELS = JUDGED_LEVELS


@pytest.fixture
def films(tmp_path):
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    picture = 127 + 50 * np.sin(rows / 7) + 50 * np.cos(columns / 9)
    cv2.imwrite(str(tmp_path / "a.png"), picture.astype(np.uint8))
    vertebrae = {}
    for row, level in enumerate(LEVELS):
        x, y = 80.0 + 2 * row, 60.0 + 50 * row
        corners = np.array([[x, y], [x + 48, y + 1], [x + 48, y + 37], [x, y + 38]])
        status = Status.UNKNOWN if level is Level.L4 else Status.NORMAL
        vertebrae[level] = VertebraLabel(level, corners, status=status)
    save_dataset(tmp_path, [FilmLabel("a.png", SIZE, "left", vertebrae)])
    return tmp_path


@dataclass
class Found:
    level: Level
    corners_px: np.ndarray
    fracture_probability: float
    fractured: bool
    assessable: bool = True


class FakeReader:
    """Always finds the same bodies where they were, under wrong names, one of them fractured."""

    def __init__(self, films):
        from spondyl.labels import load_dataset

        self.read_count = 0
        self.findings = [
            Found(Level.T10, body.corners_px, 0.9 * (level is Level.L2), level is Level.L2)
            for level, body in load_dataset(films).films[0].vertebrae.items()
            if level is not Level.T12
        ]

    def read(self, film):
        assert film.pixels.shape == SIZE[::-1]
        self.read_count += 1
        return SimpleNamespace(findings=tuple(self.findings))


def test_bodies_are_matched_by_place_and_missing_ones_missed(films):
    reader = FakeReader(films)
    result = measure_warped(films, reader, losses=(0.25, 0.5), shapes=(Shape.BICONCAVE,))
    assert reader.read_count == 1 + 3 * 2
    assert result.films == 1
    assert result.alarms == 1
    assert result.left_out == ()
    warped = [case for case in result.cases if case.loss]
    assert len(warped) == 6 * 2
    for case in warped:
        assert case.found is (case.level is not Level.T12)
        assert case.fractured is (case.level is Level.L2)
        assert case.probability == (0.9 if case.level is Level.L2 else 0)
    assert {case.level for case in warped} == set(LEVELS) - {Level.L4}
    assert sum(case.shape is Shape.NORMAL for case in result.cases) == 6


def test_the_reader_sees_other_pixels_for_each_loss(films):
    reader = FakeReader(films)
    seen = []
    reader.read = lambda film: seen.append(film.pixels) or SimpleNamespace(findings=())
    measure_warped(films, reader, losses=(0.25, 0.5), shapes=(Shape.WEDGE,))
    assert len({pixels.tobytes() for pixels in seen}) == len(seen) == 7


def test_groups_hold_each_body_once_and_no_neighbours():
    groups = list(apart(LEVELS))
    assert sorted(level for group in groups for level in group) == sorted(LEVELS)
    for group in groups:
        assert all(gap >= 3 for gap in np.diff([LEVELS.index(level) for level in group]))
    assert list(apart([Level.L1])) == [(Level.L1,)]


def cases(called, loss=0.25, shape=Shape.WEDGE, assessable=True):
    return [
        Case(f"{i}.png", Level.L1, shape, loss, True, assessable, i < called, 0.9 - 0.05 * i)
        for i in range(10)
    ]


def normal():
    return [
        replace(case, loss=0.0, shape=Shape.NORMAL, fractured=False, probability=0.01)
        for case in cases(0)
    ]


def test_figures_beside_their_goals():
    result = Warped((*normal(), *cases(8), *cases(3, shape=Shape.CRUSH)), films=10, alarms=2)
    found = {figure.name: figure for figure in figures_of(result)}
    wedge = found["sensitivity, wedge, 25.0% lost"]
    assert (wedge.value, wedge.n, wedge.goal, wedge.met) == (0.8, 10, 0.8, True)
    assert wedge.low < 0.8 < wedge.high
    assert found["sensitivity, crush, 25.0% lost"].met is False
    assert found["AUC, 25.0% lost"].value == 1.0
    assert found["false alarms per film, unwarped"].value == 0.2
    assert found["sensitivity, 25-40 % lost"].value == 0.55
    assert found["sensitivity, over 40 % lost"].value is None
    assert found["these bodies unwarped, called"].value == 0.0
    assert found["at a threshold of 0.010: sensitivity, 25.0% lost"].value == 1.0


def test_bodies_not_assessable_are_listed():
    lost = [replace(case, fractured=False) for case in cases(0, assessable=False)]
    result = Warped((*normal(), *lost), films=10, alarms=0, left_out=("x.png: slants.",))
    section = section_of(result, {"folder": "real"})
    assert section.facts["warped bodies"] == 10
    assert any("0.png L1 (not assessable) 1x" in remark for remark in section.remarks)
    assert "Left out: x.png: slants." in section.remarks
    note = next(f.note for f in section.figures if f.name == "sensitivity, wedge, 25.0% lost")
    assert note == "10 not found or not assessable"


def test_probabilities_are_kept(tmp_path):
    save_cases(Warped(tuple(cases(1)), 10, 0), tmp_path / "kept" / "warped.csv")
    lines = (tmp_path / "kept" / "warped.csv").read_text().splitlines()
    assert lines[0] == "film,level,shape,loss,found,assessable,fractured,probability"
    assert lines[1] == "0.png,L1,wedge,0.25,True,True,True,0.90000"
    assert len(lines) == 11
