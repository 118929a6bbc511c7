import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.anatomy import GenantGrade, Shape, grade_from_loss, shape_from_losses

losses = st.floats(-1, 1, allow_nan=False)


@pytest.mark.parametrize(
    ("loss", "grade"),
    [
        (-0.3, GenantGrade.NORMAL),
        (0.0, GenantGrade.NORMAL),
        (0.19999, GenantGrade.NORMAL),
        (0.20, GenantGrade.MILD),
        (0.24999, GenantGrade.MILD),
        (0.25, GenantGrade.MODERATE),
        (0.39999, GenantGrade.MODERATE),
        (0.40, GenantGrade.SEVERE),
        (1.0, GenantGrade.SEVERE),
    ],
)
def test_bounds_belong_to_the_higher_grade(loss, grade):
    assert grade_from_loss(loss) is grade


@given(losses, losses)
def test_a_larger_loss_is_never_a_lower_grade(one, other):
    low, high = sorted((one, other))
    assert grade_from_loss(low) <= grade_from_loss(high)


@pytest.mark.parametrize("loss", [1.0001, float("nan"), float("inf")])
def test_what_is_no_share_is_refused(loss):
    with pytest.raises(ValueError, match="share of at most 1"):
        grade_from_loss(loss)


@pytest.mark.parametrize(
    ("anterior", "middle", "posterior", "shape"),
    [
        (0.1, 0.19, 0.1, Shape.NORMAL),
        (0.3, 0.2, 0.0, Shape.WEDGE),
        (0.3, 0.3, 0.0, Shape.WEDGE),
        (0.2, 0.3, 0.0, Shape.BICONCAVE),
        (0.3, 0.3, 0.2, Shape.CRUSH),
        (0.0, 0.0, 0.25, Shape.CRUSH),
    ],
)
def test_shape(anterior, middle, posterior, shape):
    assert shape_from_losses(anterior, middle, posterior) is shape


@given(losses, losses, losses)
def test_shape_is_normal_exactly_where_the_grade_is(anterior, middle, posterior):
    grade = grade_from_loss(max(anterior, middle, posterior))
    shape = shape_from_losses(anterior, middle, posterior)
    assert (shape is Shape.NORMAL) == (grade is GenantGrade.NORMAL)
