import pytest

from spondyl.anatomy import Level, Status
from spondyl.evaluate.mix import count_mix
from spondyl.evaluate.outcome import BodyOutcome


def body(status=Status.NORMAL, grade=None, mimics=()):
    return BodyOutcome("a", "a", Level.L1, status, grade, None, mimics=mimics)


def fractures(*grades):
    return [body(Status.FRACTURED, grade) for grade in grades]


def test_counts():
    mix = count_mix([
        *fractures(1, 1, 2, 3, None), body(), body(mimics=("short",)), body(mimics=("short",)),
        body(Status.UNKNOWN), body(Status.FRACTURED, 1, ("wedging",)),
    ])  # fmt: skip
    assert (mix.fractured, mix.normal) == (6, 3)
    assert (mix.mild, mix.moderate, mix.severe) == (3, 1, 1)
    # a mimic's name on a fractured body makes it no mimic
    assert (mix.mimics, mix.by_mimic) == (2, {"short": 2})
    assert mix.mild_share == pytest.approx(0.6)
    assert mix.mimic_share == pytest.approx(2 / 3)


def test_the_fields_mix_has_no_complaints():
    bodies = [*fractures(1, 1, 2, 3), *[body() for _ in range(18)], body(mimics=("short",))]
    assert count_mix(bodies).complaints == ()


@pytest.mark.parametrize(
    ("bodies", "words"),
    [
        ([*fractures(1, 2, 3), body(mimics=("short",))], "33% of the fractures are mild"),
        ([*fractures(1, 1, 1), body(mimics=("short",))], "100% of the fractures are mild"),
        ([*fractures(1, 2), body()], "0.0% of the normal bodies"),
        ([body(mimics=("short",))], "No fracture"),
        (fractures(1, 2), "no normal body"),
    ],
)
def test_complaints(bodies, words):
    complaints = count_mix(bodies).complaints
    assert len(complaints) == 1
    assert words in complaints[0]
