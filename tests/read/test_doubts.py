"""Bodies that are cut off, hidden or implausible are told, and neither called nor leant on."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from ideal_maps import IdealEngine, six_points, spine

from spondyl.anatomy import LEVELS, Level
from spondyl.film.model import Film
from spondyl.read.engine import BodyOutputs
from spondyl.read.prepare import finder_input
from spondyl.read.reader import Reader
from spondyl.read.site import JudgeSettings, Site

SIZE = (900, 1400)


@dataclass
class DoubtfulEngine(IdealEngine):
    """Perfect networks, but for what they say of one body's crop."""

    doubted: Level = Level.L2
    says: dict[str, float] = field(default_factory=dict)
    points: np.ndarray | None = None

    def body(self, crops: np.ndarray) -> BodyOutputs:
        out = super().body(crops)
        judged = [level for level in self.bodies if LEVELS[level].judged]
        k = judged.index(self.doubted)
        for name, value in self.says.items():
            getattr(out, name)[k] = value
        return out


def engine_of(bodies: dict[Level, np.ndarray], **options: object) -> DoubtfulEngine:
    _, to_network = finder_input(np.zeros((SIZE[1], SIZE[0]), np.float32))
    in_film = {level: to_network.inverse()(points) for level, points in bodies.items()}
    return DoubtfulEngine(in_film, to_network, fractured=(Level.L2,), **options)


def read(engine: IdealEngine, size: tuple[int, int] = SIZE, **judge: object):
    pixels = np.random.default_rng(0).random((size[1], size[0])).astype(np.float32)
    return Reader(Site(judge=JudgeSettings(**judge)), networks=engine).read(Film(pixels))


def told(reading, level: Level):
    """The body in question; all others are judged as ever."""
    by_level = {finding.level: finding for finding in reading.findings}
    others = [f for f in reading.findings if LEVELS[f.level].judged and f.level is not level]
    assert all(finding.assessable and finding.reasons == () for finding in others)
    body = by_level[level]
    assert not body.assessable
    assert not body.fractured
    assert body.genant_grade is None
    assert body.shape is None
    assert body.height_loss is None
    assert not reading.fractured, "nothing else is fractured here"
    return body


def test_the_same_body_is_called_where_nothing_is_doubted() -> None:
    reading = read(engine_of(spine(L2={"anterior_loss": 0.35})))
    assert [f.level for f in reading.findings if f.fractured] == [Level.L2]


@pytest.mark.parametrize(("says", "words", "judge"), [
    # both networks have their say in whether a body is there
    ({"body": -7.0}, "not seen clearly (confidence 0.49)", {"least_confidence": 0.6}),
    ({"spread_px": 9.0}, "not seen sharply", {}),
])  # fmt: skip
def test_hidden(says: dict[str, float], words: str, judge: dict[str, float]) -> None:
    """Metal, gas or the edge of the exposure: the crop's network does not see a body, or where."""
    reading = read(engine_of(spine(L2={"anterior_loss": 0.35}), says=says), **judge)
    assert words in told(reading, Level.L2).reasons[0]


def test_cut_off_by_the_edge() -> None:
    engine = engine_of(spine())
    engine = replace(engine, fractured=(Level.T11,))
    top = min(float(points[:, 1].min()) for points in engine.bodies.values())
    cut = int(top + 25)
    engine.bodies = {level: points - [0, cut] for level, points in engine.bodies.items()}
    _, engine.to_network = finder_input(np.zeros((SIZE[1] - cut, SIZE[0]), np.float32))
    body = told(read(engine, (SIZE[0], SIZE[1] - cut)), Level.T11)
    assert body.reasons == ("The body is cut off by the edge of the film.",)
    assert body.fracture_probability > 0.5, "what the networks say of it is still told"


@pytest.mark.parametrize(("shape", "words", "judge"), [
    ({"depth": 26.0, "height": 1.5}, "not one of a vertebral body", {}),
    ({"depth": 20.0, "height": 16.0}, "0.8 times as deep as the other bodies",
     {"size_ratio": (0.85, 1.6)}),
])  # fmt: skip
def test_implausible(shape: dict[str, float], words: str, judge: dict[str, object]) -> None:
    bodies = spine()
    centre = bodies[Level.L2][:4].mean(axis=0)
    bodies[Level.L2] = six_points(centre, tilt_deg=8.0, **shape)
    reading = read(engine_of(bodies), **judge)
    assert any(words in reason for reason in told(reading, Level.L2).reasons)


def test_a_doubted_body_is_no_yardstick_for_its_neighbours() -> None:
    """A small outline that is not trusted must not make its neighbours look tall."""
    bodies = spine()
    centre = bodies[Level.L2][:4].mean(axis=0)
    bodies[Level.L2] = six_points(centre, depth=20.0, height=14.0, tilt_deg=8.0)
    plain = read(replace(engine_of(spine()), fractured=()))
    doubted = read(replace(engine_of(bodies), fractured=()), size_ratio=(0.85, 1.6))
    before = {f.level: f.height_loss for f in plain.findings}
    judged = [finding for finding in doubted.findings if finding.assessable]
    assert Level.L2 not in {finding.level for finding in judged}
    for finding in judged:
        assert finding.height_loss == pytest.approx(before[finding.level], abs=0.02)


def test_too_few_bodies_in_a_row_judge_no_film() -> None:
    short = {level: points for level, points in spine().items() if level in (Level.L4, Level.L5)}
    engine = replace(engine_of(short, doubted=Level.L4), fractured=(Level.L4,))
    reading = read(engine)
    assert not reading.assessable
    assert "Only 2 neighbouring" in reading.reasons[0]
    assert not reading.fractured
    assert reading.fracture_probability == 0.0
