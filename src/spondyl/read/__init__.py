"""Film to reading: prepare, engine, decode, sequence, measure, judge. NumPy, OpenCV, ONNX Runtime.

Names are loaded when first used, so that importing this room costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spondyl.read.engine import Engine, Networks
    from spondyl.read.model import Finding, ModelIdentity, Numbering, Reading
    from spondyl.read.reader import Reader
    from spondyl.read.site import Site, SiteError, load_site, save_site
    from spondyl.read.weights import WeightsError, load_card

__all__ = [
    "Engine",
    "Finding",
    "ModelIdentity",
    "Networks",
    "Numbering",
    "Reader",
    "Reading",
    "Site",
    "SiteError",
    "WeightsError",
    "load_card",
    "load_site",
    "save_site",
]

_HOMES = {
    "Engine": "engine",
    "Finding": "model",
    "ModelIdentity": "model",
    "Networks": "engine",
    "Numbering": "model",
    "Reader": "reader",
    "Reading": "model",
    "Site": "site",
    "SiteError": "site",
    "WeightsError": "weights",
    "load_card": "weights",
    "load_site": "site",
    "save_site": "site",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
