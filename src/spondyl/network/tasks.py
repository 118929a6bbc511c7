"""What a network can be asked for, and the arms of the paper's comparison."""

from enum import StrEnum
from types import MappingProxyType

from spondyl.anatomy import MAPPED_LEVELS
from spondyl.geometry import POINT_NAMES


class Task(StrEnum):
    """One decoder of the film network."""

    LEVELS = "levels"
    FRACTURE = "fracture"
    BODIES = "bodies"


class Arm(StrEnum):
    """A named choice of decoders; all else is the same in each."""

    READER = "reader"
    MULTITASK = "multitask"
    LEVELS = "levels"
    FRACTURE = "fracture"


#: Decoders of each arm. ``multitask`` is the paper's network, ``levels`` and ``fracture`` its
#: single-task controls, ``reader`` the default, which finds bodies and their six points as well.
ARM_TASKS: MappingProxyType[Arm, tuple[Task, ...]] = MappingProxyType(
    {
        Arm.READER: (Task.LEVELS, Task.FRACTURE, Task.BODIES),
        Arm.MULTITASK: (Task.LEVELS, Task.FRACTURE),
        Arm.LEVELS: (Task.LEVELS,),
        Arm.FRACTURE: (Task.FRACTURE,),
    }
)

#: Channels of each decoder's output: background and levels; one logit; heat and point offsets.
TASK_CHANNELS: MappingProxyType[Task, int] = MappingProxyType(
    {
        Task.LEVELS: 1 + len(MAPPED_LEVELS),
        Task.FRACTURE: 1,
        Task.BODIES: 1 + 2 * len(POINT_NAMES),
    }
)

#: Offsets in the ``bodies`` map are given in units of this many network pixels.
OFFSET_UNIT_PX = 16.0
