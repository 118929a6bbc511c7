"""The networks, their training targets and losses, and their export. Needs PyTorch."""

from spondyl.network.body_net import BodyNet, BodyNetConfig
from spondyl.network.tasks import ARM_TASKS, Arm, Task
from spondyl.network.unet import MultiTaskUNet, UNetConfig
from spondyl.network.view_net import ViewNet, ViewNetConfig

__all__ = [
    "ARM_TASKS",
    "Arm",
    "BodyNet",
    "BodyNetConfig",
    "MultiTaskUNet",
    "Task",
    "UNetConfig",
    "ViewNet",
    "ViewNetConfig",
]
