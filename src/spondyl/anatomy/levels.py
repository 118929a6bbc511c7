"""The registry of vertebral levels: names, order from top to bottom, what is judged."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """A vertebral level that a lateral lumbar film can show, top to bottom."""

    T8 = "T8"
    T9 = "T9"
    T10 = "T10"
    T11 = "T11"
    T12 = "T12"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"
    L6 = "L6"
    S1 = "S1"


@dataclass(frozen=True)
class LevelInfo:
    """Facts of one level.

    Attributes
    ----------
    level : Level
    order : int
        Place from top (T8 = 0) to bottom.
    named : bool
        The reader gives this name (T10-S1). T8 and T9 exist in the simulator only.
    judged : bool
        A body with two endplates whose heights are measured (T10-L5, L6). Fractures are called
        from T11 on (``JUDGED_LEVELS``, L6).
    channel : int or None
        Channel of the level map (0 is background); None where no channel exists. That of L6 is
        the last, so that maps without it differ in nothing else.
    """

    level: Level
    order: int
    named: bool
    judged: bool
    channel: int | None


_UNNAMED = (Level.T8, Level.T9)
_CHANNELS = (
    Level.T10, Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5, Level.S1,
    Level.L6,
)  # fmt: skip

#: Every level by name, top to bottom.
LEVELS: MappingProxyType[Level, LevelInfo] = MappingProxyType(
    {
        level: LevelInfo(
            level=level,
            order=order,
            named=level not in _UNNAMED,
            judged=level not in (*_UNNAMED, Level.S1),
            channel=_CHANNELS.index(level) + 1 if level in _CHANNELS else None,
        )
        for order, level in enumerate(Level)
    }
)

#: The levels with a channel in the level map, in channel order (channel 1 first).
MAPPED_LEVELS: tuple[Level, ...] = _CHANNELS

#: The seven levels per film that figures are given for; those of Ryu et al. 2023 imply seven, too.
JUDGED_LEVELS: tuple[Level, ...] = (
    Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5,
)  # fmt: skip


def below(level: Level) -> Level | None:
    """The next level down in an ordinary spine (L5 -> S1; L6 is skipped), None under S1."""
    if level is Level.S1:
        return None
    if level in (Level.L5, Level.L6):
        return Level.S1
    return list(Level)[LEVELS[level].order + 1]


def above(level: Level) -> Level | None:
    """The next level up in an ordinary spine (S1 -> L5; L6 is skipped), None over T8."""
    if level is Level.T8:
        return None
    if level in (Level.S1, Level.L6):
        return Level.L5
    return list(Level)[LEVELS[level].order - 1]
