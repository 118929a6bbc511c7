"""Studies like the paper's: arms compared on the same films, with what a reviewer expects.

Names are imported when they are asked for, since training needs torch and reading a comparison
back does not.
"""

from importlib import import_module
from typing import Any

#: Name -> the module of this room that defines it.
_HOMES = {
    "Comparison": "results",
    "SetFacts": "results",
    "SystemOnSet": "results",
    "averaged": "results",
    "load_comparison": "results",
}

__all__ = ["Comparison", "SetFacts", "SystemOnSet", "averaged", "load_comparison"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
