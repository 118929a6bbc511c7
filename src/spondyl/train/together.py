"""What processes that train together tell one another (PyTorch's distributed package)."""

import numpy as np
import torch
from torch import distributed

from spondyl.train.metrics import Arrays


def together() -> bool:
    """Several processes train one network."""
    return distributed.is_available() and distributed.is_initialized()


def gathered(rows: Arrays) -> Arrays:
    """The rows of all processes, one after the other; the same in each of them."""
    if not together():
        return rows
    parts: list[Arrays] = [{} for _ in range(distributed.get_world_size())]
    distributed.all_gather_object(parts, rows)
    filled = [part for part in parts if part]
    names = filled[0] if filled else {}
    return {name: np.concatenate([part[name] for part in filled]) for name in names}


def agreed(value: float, device: torch.device) -> float:
    """The first process's value, in all of them.

    What steers the training, such as its clock, must be the same everywhere: processes that differ
    in their rate part, and one that stops alone leaves the others waiting.
    """
    if not together():
        return value
    told = torch.tensor([value], dtype=torch.float64, device=device)
    distributed.broadcast(told, src=0)
    return float(told.item())
