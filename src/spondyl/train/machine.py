"""What a training runs on: versions, processor, accelerator, and the precision it can do."""

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import torch

from spondyl import __version__

Precision = Literal["32-true", "bf16-mixed", "16-mixed"]
_PACKAGES = ("torch", "pytorch-lightning", "numpy", "opencv-python-headless", "numba")


def code_version() -> str:
    """Spondyl's version, with the git commit of its source where there is one."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return __version__
    return f"{__version__}+{found.stdout.strip()}"


def machine(accelerator: str = "") -> dict[str, Any]:
    """Facts that a training's log names; nothing that names the machine itself.

    Parameters
    ----------
    accelerator : str
        The trainer's; GPUs are named where it takes them.
    """
    gpus = []
    if "CUDA" in accelerator and torch.cuda.is_available():
        gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {
        "code": code_version(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "system": platform.system(),
        "processor": _processor(),
        "cores": _cores(),
        "gpus": gpus,
    }


def first_process() -> bool:
    """Whether no other process started this one for a further device."""
    ranks = ("RANK", "SLURM_PROCID", "LOCAL_RANK")
    return int(next((os.environ[name] for name in ranks if name in os.environ), "0")) == 0


def usable_precision(wanted: Precision | Literal["auto"], accelerator: str) -> Precision:
    """Lightning's name of the precision; "auto" is what the device does well.

    GPUs since 2020 compute in bfloat16, which needs no scaling of the loss; older ones in float16.
    """
    if wanted != "auto":
        return wanted
    if accelerator in ("auto", "gpu") and torch.cuda.is_available():
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return "bf16-mixed" if native else "16-mixed"
    if accelerator in ("auto", "gpu") and torch.backends.mps.is_available():
        return "32-true"
    return "bf16-mixed" if _cpu_has_bfloat16() else "32-true"


def _cpu_has_bfloat16() -> bool:
    info = Path("/proc/cpuinfo")
    if sys.platform != "linux" or not info.is_file():
        return False
    flags = info.read_text(encoding="utf-8")
    return "amx_bf16" in flags or "avx512_bf16" in flags


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
