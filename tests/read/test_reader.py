"""The whole way with networks that know the answer."""

import numpy as np
import pytest
from ideal_maps import IdealEngine, spine

from spondyl.anatomy import GenantGrade, Level, Shape
from spondyl.film.model import Film
from spondyl.read.prepare import finder_input
from spondyl.read.reader import Reader
from spondyl.read.site import Site

SIZE = (900, 1400)


def _film(pixels: np.ndarray | None = None, **header: object) -> Film:
    if pixels is None:
        rng = np.random.default_rng(0)
        pixels = rng.random((SIZE[1], SIZE[0])).astype(np.float32)
    return Film(pixels=pixels, **header)


def _engine(**options: object) -> IdealEngine:
    _, to_network = finder_input(_film().pixels)
    losses = {
        "L1": {"anterior_loss": 0.35},
        "L3": {"middle_loss": 0.30},
    }
    bodies = {k: to_network.inverse()(v) for k, v in spine(**losses).items()}
    options.setdefault("fractured", (Level.L1, Level.L3))
    return IdealEngine(bodies, to_network, **options)


def test_reading_of_an_ideal_film() -> None:
    engine = _engine()
    reading = Reader(Site(), networks=engine).read(_film())
    assert [f.level for f in reading.findings] == list(engine.bodies)
    for finding in reading.findings:
        truth = engine.bodies[finding.level]
        assert np.abs(finding.corners_px - truth[:4]).max() < 1.0
    assert reading.assessable
    assert reading.fractured
    assert reading.reasons == ()
    fractured = {f.level for f in reading.findings if f.fractured}
    assert fractured == {Level.L1, Level.L3}
    by_level = {f.level: f for f in reading.findings}
    assert by_level[Level.L1].shape is Shape.WEDGE
    assert by_level[Level.L1].genant_grade >= GenantGrade.MODERATE
    assert by_level[Level.L2].genant_grade is GenantGrade.NORMAL
    assert by_level[Level.L2].shape is Shape.NORMAL
    assert not by_level[Level.S1].assessable
    assert by_level[Level.S1].reasons
    assert reading.fracture_probability == max(
        f.fracture_probability for f in reading.findings if f.assessable
    )
    assert reading.numbering.confidence > 0.9
    assert reading.warnings == ()
    assert engine.calls == ["view", "finder", "body"]


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
def test_mirrored_and_negative_films_read_the_same(mirrored: bool, inverted: bool) -> None:
    plain = Reader(Site(), networks=_engine()).read(_film())
    pixels = _film().pixels
    if mirrored:
        pixels = pixels[:, ::-1]
    if inverted:
        pixels = pixels.min() + pixels.max() - pixels
    engine = _engine(side=8.0 if mirrored else -8.0, inverted=8.0 if inverted else -8.0)
    turned = Reader(Site(), networks=engine).read(_film(np.ascontiguousarray(pixels)))
    assert turned.posterior_side == ("right" if mirrored else "left")
    assert turned.inverted == inverted
    assert bool(turned.warnings) == inverted
    for one, two in zip(plain.findings, turned.findings, strict=True):
        corners = two.corners_px.copy()
        if mirrored:
            corners[:, 0] = SIZE[0] - 1 - corners[:, 0]
        assert np.allclose(corners, one.corners_px, atol=1e-6)
        assert two.fracture_probability == pytest.approx(one.fracture_probability)
    reference = _engine()
    Reader(Site(), networks=reference).read(_film())
    assert np.allclose(engine.channels, reference.channels, atol=1e-3)


def test_header_decides_where_the_picture_is_unsure() -> None:
    engine = _engine(side=0.3)
    film = _film(header_posterior_side="left")
    reading = Reader(Site(), networks=engine).read(film)
    assert reading.posterior_side == "left"
    assert engine.calls.count("finder") == 1
    assert reading.warnings == ()


def test_header_that_disagrees_is_told() -> None:
    reading = Reader(Site(), networks=_engine()).read(_film(header_posterior_side="right"))
    assert reading.posterior_side == "left"
    assert any("header says" in warning for warning in reading.warnings)


def test_without_any_hint_both_sides_are_tried() -> None:
    engine = _engine(side=0.2)
    Reader(Site(), networks=engine).read(_film())
    assert engine.calls.count("finder") == 2


def test_not_a_lumbar_film() -> None:
    reading = Reader(Site(), networks=_engine(lumbar=-6.0)).read(_film())
    assert not reading.assessable
    assert "lateral lumbar spine" in reading.reasons[0]
    assert not reading.fractured
    assert reading.fracture_probability == 0.0
    assert not any(f.fractured or f.assessable for f in reading.findings)


def test_no_spine_at_all() -> None:
    engine = _engine()
    engine.hidden = tuple(engine.bodies)
    reading = Reader(Site(), networks=engine).read(_film())
    assert not reading.assessable
    assert reading.findings == ()
    assert reading.numbering.confidence == 0.0
    assert engine.calls.count("finder") == 4, "each orientation was tried"


def test_missed_body_leaves_its_name_free() -> None:
    engine = _engine(hidden=(Level.L2,))
    levels = [f.level for f in Reader(Site(), networks=engine).read(_film()).findings]
    assert Level.L2 not in levels
    assert levels[-4:] == [Level.L3, Level.L4, Level.L5, Level.S1]
    assert levels[:3] == [Level.T11, Level.T12, Level.L1]


def test_unclear_bodies_are_not_called_fractured() -> None:
    engine = _engine(spread_px=12.0)
    reading = Reader(Site(), networks=engine).read(_film())
    assert not reading.assessable
    assert not reading.fractured
    assert all("sharply" in f.reasons[0] for f in reading.findings if f.level is not Level.S1)


def test_body_at_the_edge_is_not_judged() -> None:
    engine = _engine(fractured=(Level.T11,))
    top = min(float(points[:, 1].min()) for points in engine.bodies.values())
    cut = int(top + 25)
    film = _film(_film().pixels[cut:])
    _, to_network = finder_input(film.pixels)
    engine.bodies = {k: v - [0, cut] for k, v in engine.bodies.items()}
    engine.to_network = to_network
    first = Reader(Site(), networks=engine).read(film).findings[0]
    assert first.level is Level.T11
    assert not first.assessable
    assert not first.fractured
    assert "edge" in first.reasons[0]
    assert first.fracture_probability > 0.5
