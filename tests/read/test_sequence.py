"""Names of a column from hand-made evidence."""

import numpy as np
import pytest

from spondyl.anatomy import MAPPED_LEVELS, Level
from spondyl.read.sequence import Sequence, name_column
from spondyl.read.sequence_scores import ColumnEvidence

FULL = ["T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"]


def _looks(name: str | None, sure: float = 0.7) -> np.ndarray:
    """A body that looks like ``name`` and somewhat like its neighbours; None is background."""
    row = np.zeros(10)
    if name is None:
        row[0] = 1.0
        return row
    channel = MAPPED_LEVELS.index(Level(name)) + 1
    row[channel] = sure
    beside = [c for c in (channel - 1, channel + 1) if 1 <= c <= 9]
    row[beside] = (1 - sure) * 0.8 / len(beside)
    row[0] = (1 - sure) * 0.2
    return row


def _column(
    names: list[str | None],
    at: list[float] | None = None,
    objectness: list[float] | None = None,
    sure: float = 0.7,
    room_below: float = 2.0,
) -> ColumnEvidence:
    at = at or list(map(float, range(len(names))))
    return ColumnEvidence(
        looks=np.array([_looks(name, sure) for name in names]),
        objectness=np.array(objectness or [0.9] * len(names)),
        centres_px=np.array([[100.0 + 2 * k, 30 + 40.0 * k] for k in at]),
        depths_px=np.full(len(names), 41.0),
        room_below=room_below,
    )


def _names(sequence: Sequence) -> list[str | None]:
    return [None if level is None else str(level) for level in sequence.levels]


def test_clean_column() -> None:
    result = name_column(_column(list(FULL)))
    assert _names(result) == FULL
    assert result.numbering_confidence > 0.95
    assert (result.level_confidence > 0.95).all()
    assert "lumbosacral" in result.assumption
    assert result.kept.all()


def test_one_body_that_looks_like_its_neighbour_follows_the_column() -> None:
    looks_like = ["T10", "T11", "L1", "L1", "L2", "L4", "L4", "L5", "S1"]
    assert _names(name_column(_column(looks_like))) == FULL


def test_most_bodies_shifted_but_the_sacrum_clear_is_less_sure() -> None:
    """Evidence half for one numbering, half for the next: low confidence and the right shift."""
    evidence = _column(list(FULL[2:8]), sure=0.45, room_below=0.3)
    looks = evidence.looks.copy()
    looks[:, 1:-1] = 0.5 * looks[:, 1:-1] + 0.5 * np.roll(looks, -1, axis=1)[:, 1:-1]
    mixed = name_column(
        ColumnEvidence(
            looks / looks.sum(axis=1, keepdims=True),
            evidence.objectness,
            evidence.centres_px,
            evidence.depths_px,
            evidence.room_below,
        )
    )
    clean = name_column(evidence)
    assert mixed.numbering_confidence < clean.numbering_confidence
    assert mixed.alternative_shift in (-1, 1)


def test_shifted_looks_shift_the_names() -> None:
    shifted = FULL[1:-1]
    result = name_column(_column(list(shifted), room_below=0.2))
    assert _names(result) == shifted
    assert "sacrum was not found" in result.assumption


@pytest.mark.parametrize("missed", ["T12", "L2", "L4"])
def test_missed_body_leaves_a_gap(missed: str) -> None:
    names = [name for name in FULL if name != missed]
    at = [float(k) for k, name in enumerate(FULL) if name != missed]
    assert _names(name_column(_column(list(names), at))) == names


def test_missed_body_with_vague_looks_goes_by_spacing() -> None:
    names = [name for name in FULL if name != "L2"]
    at = [float(k) for k, name in enumerate(FULL) if name != "L2"]
    looks = [n if n in ("S1", "L5", "L4") else None for n in names]
    result = name_column(_column(looks, at))
    assert _names(result)[-6:] == ["T12", "L1", "L3", "L4", "L5", "S1"]


def test_collapsed_body_is_no_gap_and_no_merge() -> None:
    """A body of half its height brings its neighbours nearer; no name may be lost."""
    at = [0.0, 1.0, 2.0, 2.75, 3.5, 4.5, 5.5, 6.5, 7.5]
    assert _names(name_column(_column(list(FULL), at))) == FULL


def test_spurious_body_is_dropped() -> None:
    names = [*FULL[:4], None, *FULL[4:]]
    at = [0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0]
    objectness = [0.9] * 4 + [0.25] + [0.9] * 5
    result = name_column(_column(names, at, objectness))
    assert _names(result) == names
    assert not result.kept[4]
    assert result.kept.sum() == 9


def test_no_sacrum() -> None:
    result = name_column(_column(["T12", "L1", "L2", "L3", "L4"], room_below=0.1))
    assert _names(result) == ["T12", "L1", "L2", "L3", "L4"]


def test_bodies_above_t10_stay_without_name() -> None:
    result = name_column(_column([None, None, *FULL]))
    assert _names(result) == [None, None, *FULL]
    assert result.kept.all(), "they are bodies all the same"


def test_second_sacral_segment_stays_without_name() -> None:
    evidence = _column([*FULL[3:], "S1"])
    result = name_column(evidence)
    assert _names(result)[:6] == FULL[3:]
    assert _names(result)[6] is None


def test_six_lumbar_bodies() -> None:
    looks_like = ["T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "L5", "S1"]
    result = name_column(_column(looks_like, sure=0.96))
    assert _names(result) == ["T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "L6", "S1"]
    assert "Six lumbar" in result.assumption


def test_six_lumbar_bodies_are_not_called_from_vague_thoracic_looks() -> None:
    looks_like = [None, None, "L1", "L2", "L3", "L4", "L5", "S1"]
    assert Level.L6 not in name_column(_column(looks_like)).levels


def test_three_bodies() -> None:
    result = name_column(_column(["L3", "L4", "L5"], room_below=0.2))
    assert _names(result) == ["L3", "L4", "L5"]
    longer = name_column(_column(list(FULL)))
    assert result.numbering_confidence < longer.numbering_confidence


def test_one_body_and_none() -> None:
    assert _names(name_column(_column(["L4"]))) == ["L4"]
    empty = name_column(_column([]))
    assert empty.levels == ()
    assert empty.numbering_confidence == 0.0


def test_names_are_in_order_whatever_the_looks() -> None:
    rng = np.random.default_rng(0)
    order = list(Level)
    for _ in range(30):
        count = int(rng.integers(1, 13))
        evidence = ColumnEvidence(
            rng.dirichlet(np.full(10, 0.5), count),
            rng.random(count),
            np.stack([rng.normal(100, 5, count), np.cumsum(rng.uniform(20, 90, count))], axis=1),
            rng.uniform(30, 50, count),
            float(rng.uniform(0, 3)),
        )
        result = name_column(evidence)
        places = [order.index(level) for level in result.levels if level is not None]
        assert places == sorted(set(places))
        assert ((result.level_confidence >= 0) & (result.level_confidence <= 1)).all()
