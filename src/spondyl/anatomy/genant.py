"""Genant's semiquantitative grades from height loss (Genant et al. 1993)."""

from enum import IntEnum, StrEnum

#: Height loss at which mild, moderate and severe begin: >= 0.20, >= 0.25, >= 0.40.
GRADE_BOUNDS: tuple[float, float, float] = (0.20, 0.25, 0.40)


class GenantGrade(IntEnum):
    """0 normal, 1 mild (20-25 %), 2 moderate (25-40 %), 3 severe (> 40 %)."""

    NORMAL = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3


class Shape(StrEnum):
    """Which height is lost: anterior (wedge), middle (biconcave), posterior too (crush)."""

    NORMAL = "normal"
    WEDGE = "wedge"
    BICONCAVE = "biconcave"
    CRUSH = "crush"


def grade_from_loss(height_loss: float) -> GenantGrade:
    """Genant grade of a height loss.

    Parameters
    ----------
    height_loss : float
        Lost share of the expected height, 0..1 (the largest of anterior, middle, posterior);
        a negative loss (a body taller than expected) is grade 0.

    Raises
    ------
    ValueError
        If the loss is not a number or exceeds 1.

    Examples
    --------
    >>> grade_from_loss(0.20).name, grade_from_loss(0.1999).name
    ('MILD', 'NORMAL')
    """
    if not height_loss <= 1.0:
        raise ValueError(f"A height loss is a share of at most 1, found {height_loss!r}.")
    return GenantGrade(sum(height_loss >= bound for bound in GRADE_BOUNDS))


def shape_from_losses(anterior: float, middle: float, posterior: float) -> Shape:
    """Shape of a body by the losses of its three heights (shares of the expected height).

    Crush when the posterior wall lost at least 0.20 itself; else wedge or biconcave by the larger
    loss; normal when no loss reaches 0.20.
    """
    if max(anterior, middle, posterior) < GRADE_BOUNDS[0]:
        return Shape.NORMAL
    if posterior >= GRADE_BOUNDS[0]:
        return Shape.CRUSH
    return Shape.WEDGE if anterior >= middle else Shape.BICONCAVE
