import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spondyl.anatomy import Level, Shape
from spondyl.deliver.reading_json import reading_to_json
from spondyl.film import film_from_bytes
from spondyl.serve.room.drawn import BodyStatus, Points, drawing_of_reading
from spondyl.serve.room.measuring import MeasureBody, MeasureRequest, check_request, measure
from tests.serve.room.kit import example, shared_reader

LEVELS = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)


def box(top: float, front: float = 60.0, middle: float = 60.0, back: float = 60.0) -> Points:
    """A body 80 px deep, its lower edge straight."""
    base = top + 60.0
    return Points(
        superior_posterior=(100, base - back),
        superior_anterior=(180, base - front),
        inferior_anterior=(180, base),
        inferior_posterior=(100, base),
        superior_middle=(140, base - middle),
        inferior_middle=(140, base),
    )


def request(changed: dict[Level, Points] | None = None, **given: Any) -> MeasureRequest:
    points = {level: box(80.0 + 90 * n) for n, level in enumerate(LEVELS)} | (changed or {})
    values: dict[str, Any] = {
        "size_px": (400, 900),
        "vertebrae": [MeasureBody(level=level, points_px=each) for level, each in points.items()],
    }
    return MeasureRequest(**{**values, **given})


def of(answer: Any, level: Level) -> Any:
    return next(each for each in answer.vertebrae if each.level is level)


def test_a_body_that_is_lower_in_front_is_a_wedge() -> None:
    answer = measure(request({Level.L2: box(350, front=38, middle=50)}))
    found = of(answer, Level.L2)
    assert found.genant_grade == 2
    assert found.shape is Shape.WEDGE
    assert 0.3 < found.height_loss < 0.4
    assert found.ratios.anterior_posterior == pytest.approx(38 / 60, abs=1e-4)
    assert of(answer, Level.L3).genant_grade == 0
    assert "L2: moderate (grade 2) wedge compression fracture" in answer.report


def test_dragging_a_corner_down_raises_the_grade_step_by_step() -> None:
    grades = [
        of(measure(request({Level.L2: box(350, front=front)})), Level.L2).genant_grade
        for front in (60, 46, 42, 30)
    ]
    assert grades == [0, 1, 2, 3]


def test_millimetres_only_where_the_film_is_calibrated_at_the_patient() -> None:
    found = of(measure(request(spacing_mm=(0.5, 0.2))), Level.L2)
    assert found.heights_mm.posterior == pytest.approx(30)
    for values in ({}, {"spacing_mm": (0.5, 0.2), "spacing_source": "detector"}):
        assert of(measure(request(**values)), Level.L2).heights_mm is None


def test_a_body_at_the_edge_is_not_assessable_and_says_why() -> None:
    found = of(measure(request({Level.T11: box(-20)})), Level.T11)
    assert not found.assessable
    assert "edge of the film" in found.reasons[0]
    assert found.heights_px is not None


def test_two_bodies_of_one_name_are_told_and_the_others_measured() -> None:
    asked = request()
    asked.vertebrae.append(MeasureBody(level=Level.L2, points_px=box(20)))
    answer = measure(asked)
    both = [each for each in answer.vertebrae if each.level is Level.L2]
    assert [each.reasons for each in both] == [["2 bodies are named L2; rename all but one."]] * 2
    assert of(answer, Level.L3).assessable


def test_points_that_fell_together_are_no_body() -> None:
    flat = Points(**dict.fromkeys(box(0).model_dump(), (5.0, 5.0)))
    found = of(measure(request({Level.L4: flat})), Level.L4)
    assert not found.assessable
    assert found.ratios is None


def test_the_thoracic_neighbour_is_measured_but_no_fracture_is_called_there() -> None:
    found = of(measure(request({Level.T10: box(-10 + 20)}, size_px=(400, 2000))), Level.T10)
    assert not found.assessable
    assert found.genant_grade is not None


def test_bodies_come_back_in_the_order_asked() -> None:
    asked = request()
    asked.vertebrae.reverse()
    assert [each.level for each in measure(asked).vertebrae] == list(reversed(LEVELS))


def test_the_readers_own_call_decides_the_report() -> None:
    asked = request()
    asked.vertebrae[2].status = BodyStatus.FRACTURED
    assert "L1: compression fracture" in measure(asked).report


def test_a_real_reading_measured_again_agrees_with_itself() -> None:
    body = reading_to_json(shared_reader().read(film_from_bytes(example("one-fracture.dcm"))))
    drawing = drawing_of_reading(body)
    answer = measure(
        MeasureRequest(
            size_px=tuple(body["film"]["size_px"]),
            posterior_side=drawing.posterior_side,
            vertebrae=[
                MeasureBody(level=each.level, points_px=each.points_px)
                for each in drawing.vertebrae
            ],
        )
    )
    for said, found in zip(body["vertebrae"], answer.vertebrae, strict=True):
        assert found.assessable == said["assessable"]
        if said["assessable"]:
            assert found.height_loss == pytest.approx(said["height_loss"], abs=0.15)
            assert (found.genant_grade or 0) > 0 or not said["fractured"]


def test_measuring_is_quick_enough_to_follow_a_hand() -> None:
    asked = request()
    measure(asked)
    took = []
    for _ in range(5):
        start = time.process_time()
        measure(asked)
        took.append(time.process_time() - start)
    assert min(took) < 0.010


number = st.floats(-100_000, 200_000, allow_nan=False, width=32)
point = st.tuples(number, number)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(Level)), st.lists(point, min_size=6, max_size=6)), max_size=8
    )
)
def test_any_points_are_answered(bodies: list[tuple[Level, list[tuple[float, float]]]]) -> None:
    names = list(box(0).model_dump())
    with np.errstate(all="raise"):
        answer = measure(
            MeasureRequest(
                size_px=(400, 900),
                vertebrae=[
                    MeasureBody(
                        level=level, points_px=Points(**dict(zip(names, points, strict=True)))
                    )
                    for level, points in bodies
                ],
            )
        )
    assert len(answer.vertebrae) == len(bodies)
    assert answer.report


@pytest.mark.parametrize(
    "values", [{"size_px": (0, 900)}, {"size_px": (400, 10**9)}, {"spacing_mm": (0.0, 1.0)}]
)
def test_sizes_that_make_no_sense_are_told(values: dict[str, Any]) -> None:
    assert check_request(request(**values))
    assert check_request(request()) is None
