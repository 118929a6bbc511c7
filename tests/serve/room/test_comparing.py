import pytest

from spondyl.anatomy import Level
from spondyl.serve.room.comparing import compare, millimetres
from spondyl.serve.room.drawn import Drawing, DrawnBody
from tests.serve.room.test_measuring import box


def drawing(**fronts: float) -> Drawing:
    return Drawing(
        vertebrae=[
            DrawnBody(level=Level(level), points_px=box(100, front=front))
            for level, front in fronts.items()
        ]
    )


def test_the_change_of_each_body_in_millimetres() -> None:
    found = compare(drawing(L1=40, L2=60), drawing(L1=60, L3=60), (0.5, 0.5), (0.5, 0.5))
    assert [each.level for each in found] == [Level.L1, Level.L2, Level.L3]
    first, second, third = found
    assert first.unit == "mm"
    assert first.now is not None
    assert first.prior is not None
    assert first.change is not None
    assert (first.now.anterior, first.prior.anterior) == (20.0, 30.0)
    assert first.change.anterior == pytest.approx(-1 / 3, abs=1e-4)
    assert first.change.posterior == 0
    assert second.prior is None
    assert second.change is None
    assert third.now is None


@pytest.mark.parametrize("mm", [(None, (0.5, 0.5)), ((0.5, 0.5), None), (None, None)])
def test_shares_of_the_depth_where_a_film_is_not_calibrated(
    mm: tuple[tuple[float, float] | None, tuple[float, float] | None],
) -> None:
    (found,) = compare(drawing(L1=40), drawing(L1=60), *mm)
    assert found.unit == "ratio"
    assert found.now is not None
    assert found.change is not None
    assert found.now.posterior == pytest.approx(60 / 80, abs=0.02)
    assert found.change.anterior < -0.25


def test_bodies_without_height_and_the_sacrum_are_left_out() -> None:
    flat = box(100, front=0, middle=0, back=0)
    now = Drawing(
        vertebrae=[
            DrawnBody(level=Level.L1, points_px=flat),
            DrawnBody(level=Level.S1, points_px=box(100)),
        ]
    )
    assert compare(now, Drawing(), None, None) == []


def test_only_a_spacing_at_the_patient_counts() -> None:
    film = {"spacing_mm": [0.2, 0.1], "spacing_source": "calibrated"}
    assert millimetres({"film": film}) == (0.1, 0.2)
    assert millimetres({"film": {**film, "spacing_source": "detector"}}) is None
    assert millimetres({"film": {"spacing_mm": None}}) is None
    assert millimetres(None) is None
