"""Sacrum, pelvis, ribs and implants."""

import numpy as np
import pytest

from spondyl.anatomy import Level
from spondyl.simulate.shapes import (
    PelvisParameters,
    SacrumParameters,
    Surface,
    VertebraShape,
    anterior_plate,
    build_pelvis,
    build_ribs,
    build_sacrum,
    build_vertebra,
    cage,
    cement,
    draw_pelvis,
    draw_sacrum,
    draw_vertebra,
    hip_prosthesis,
    is_closed,
    pedicle_screws,
    rod,
    surgical_clips,
)


def check(surfaces: tuple[Surface, ...]) -> None:
    assert surfaces
    for surface in surfaces:
        assert is_closed(surface.faces)
        assert np.isfinite(surface.vertices_mm).all()
        assert surface.volume_mm3 > 0
        assert 0 < surface.inner().volume_mm3 <= surface.volume_mm3


@pytest.mark.parametrize("seed", range(4))
def test_drawn_sacra_and_pelves_are_closed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sacrum = build_sacrum(draw_sacrum(1.0, rng))
    check(sacrum.surfaces)
    check(build_pelvis(draw_pelvis(1.0, rng), sacrum))


def test_sacrum_hangs_down_and_bends() -> None:
    straight = build_sacrum(SacrumParameters(kyphosis_deg=10.0))
    bent = build_sacrum(SacrumParameters(kyphosis_deg=90.0))
    assert straight.level is Level.S1
    assert straight.points_mm[0, 2] > straight.points_mm[3, 2]
    low_straight = straight.surfaces[4].vertices_mm.mean(axis=0)
    low_bent = bent.surfaces[4].vertices_mm.mean(axis=0)
    assert low_straight[2] < -70
    assert low_bent[0] > low_straight[0] + 15


def test_sacral_endplate_points_are_on_the_first_body() -> None:
    sacrum = build_sacrum(SacrumParameters())
    gap = np.linalg.norm(
        sacrum.surfaces[0].vertices_mm[:, None] - sacrum.points_mm[None], axis=-1
    ).min(axis=0)
    assert gap.max() < 1.0


@pytest.mark.parametrize("incidence", [35.0, 52.0, 75.0])
def test_hips_lie_at_the_pelvic_incidence(incidence: float) -> None:
    sacrum = build_sacrum(SacrumParameters())
    surfaces = build_pelvis(PelvisParameters(incidence_deg=incidence), sacrum)
    balls = [s for s in surfaces if np.ptp(s.vertices_mm[:, 0]) == pytest.approx(47.0, abs=1.5)]
    heads = [
        s.vertices_mm.mean(axis=0) for s in balls if s.volume_mm3 < 1.02 * 4 / 3 * np.pi * 23.5**3
        and np.ptp(s.vertices_mm[:, 2]) == pytest.approx(47.0, abs=1.5)
    ]  # fmt: skip
    assert len(heads) == 2
    axis = np.mean(heads, axis=0)
    points = sacrum.points_mm
    ends, middle = points[1] - points[0], (points[0] + points[1]) / 2
    perpendicular = np.array([ends[2], 0.0, -ends[0]])
    line = axis - middle
    cosine = line @ perpendicular / np.linalg.norm(line) / np.linalg.norm(perpendicular)
    assert np.rad2deg(np.arccos(cosine)) == pytest.approx(incidence, abs=1.5)
    assert line[0] > 0


def test_ribs_are_closed_and_the_twelfth_varies() -> None:
    spans = []
    for seed in range(14):
        ribs = build_ribs(np.random.default_rng(seed))
        for pair in ribs.values():
            if pair:
                check(pair)
        spans.append(np.ptp(ribs[Level.T12][0].vertices_mm[:, 1]) if ribs[Level.T12] else 0.0)
    assert min(spans) < 30 < 80 < max(spans)


@pytest.fixture
def shape() -> VertebraShape:
    return build_vertebra(draw_vertebra(Level.L4, 1.0, np.random.default_rng(2)))


def test_implants_are_closed_and_in_place(shape: VertebraShape) -> None:
    rng = np.random.default_rng(0)
    screws = pedicle_screws(shape, rng)
    check(screws.surfaces)
    assert screws.sides == (1, -1)
    assert screws.heads_mm[0, 1] > 5 > -5 > screws.heads_mm[1, 1]
    # The tip is in the body, the head behind the canal.
    reach = screws.surfaces[0].vertices_mm[:, 0].max()
    assert shape.points_mm[0, 0] < reach < shape.points_mm[1, 0]
    check((rod(np.add(screws.heads_mm[:1], [[0, 0, 30.0], [2, 0, 0], [0, 0, -30.0]])),))
    check(cage(shape, 9.0, rng))
    check(cage(shape, 9.0, rng, metal=False))
    check(anterior_plate(np.add(shape.points_mm, [0, 0, 36.0]), shape.points_mm, rng))
    check(hip_prosthesis((20, 85, -100), 1, rng))
    check(surgical_clips(rng, 4, (-10, -40, -40), (60, 40, 40)))


def test_cement_stays_in_the_body(shape: VertebraShape) -> None:
    blobs = cement(shape, np.random.default_rng(1))
    check(blobs)
    for blob in blobs:
        centre = blob.vertices_mm.mean(axis=0)
        assert abs(centre[2]) < shape.heights_mm[1] / 2
        assert shape.points_mm[0, 0] < centre[0] < shape.points_mm[1, 0]
