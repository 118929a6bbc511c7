"""Several trainings as one reader."""

import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate.match import judge_film
from spondyl.study.results.mean import averaged
from spondyl.study.results.model import ComparisonError, SystemOnSet
from tests.evaluate.makers import call, finding, label, right_call


def result(tmp_path, outcomes, body=0.5, film=0.5, system="a", seed=1):
    return SystemOnSet(system, seed, None, "internal", False, tuple(outcomes), body, film, tmp_path)


def judged(*calls):
    broken = label("a.png", {Level.L1: Status.FRACTURED}, patient="p")
    return [(judge_film(broken, one),) for one in calls]


def test_the_mean_of_three_readers(tmp_path):
    def without_l2():
        keep = [f for f in right_call({Level.L1: 0.9}).findings if f.level is not Level.L2]
        return call(*keep)

    shifted = call(*(finding(Level.L5 if f.level is Level.L3 else f.level, f.corners_px, 0.3)
                     for f in right_call().findings))  # fmt: skip
    three = judged(right_call({Level.L1: 0.6, Level.L5: 0.9}), without_l2(), shifted)
    results = [
        result(tmp_path, one, body, film, seed=i)
        for i, (one, body, film) in enumerate(
            zip(three, (0.5, 0.6, 0.7), (0.2, 0.4, 0.9), strict=True)
        )
    ]
    (mean,) = averaged(results)
    bodies = {body.level: body for body in mean.bodies}
    assert bodies[Level.L1].fracture_probability == pytest.approx((0.6 + 0.9 + 0.3) / 3)
    assert bodies[Level.L1].called_fractured  # 0.6 at the mean threshold of 0.6
    assert not bodies[Level.L5].called_fractured
    assert bodies[Level.L2].found
    assert bodies[Level.L2].fracture_probability == pytest.approx((0.1 + 0 + 0.3) / 3)
    assert bodies[Level.L3].named_right
    assert mean.fracture_probability == pytest.approx((0.9 + 0.9 + 0.3) / 3)
    assert mean.called_fractured
    assert mean.false_alarms_on_normal == 0
    # With two of three off, the name is wrong, and never the right one.
    (off,) = averaged([results[0], results[2], results[2]])
    assert next(b for b in off.bodies if b.level is Level.L3).named is Level.L5
    assert not off.wholly_right


def test_only_like_is_averaged(tmp_path):
    one, other = judged(right_call(), right_call())
    with pytest.raises(ComparisonError, match="one system on one set"):
        averaged([result(tmp_path, one), result(tmp_path, other, system="b")])
    with pytest.raises(ComparisonError, match="different films"):
        averaged([result(tmp_path, one), result(tmp_path, (*other, *other))])
    with pytest.raises(ComparisonError, match="at least one"):
        averaged([])
