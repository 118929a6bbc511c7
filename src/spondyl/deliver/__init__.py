"""Readings as files for people and systems: JSON, picture, DICOM, FHIR, PDF. One registry.

Names are loaded when first used, so that importing this room costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spondyl.deliver.errors import DeliverError
    from spondyl.deliver.formats import (
        FORMATS,
        FormatError,
        OutputFormat,
        choose_compression,
        choose_formats,
    )
    from spondyl.deliver.picture import draw_overlay, write_overlay
    from spondyl.deliver.reading_json import (
        SCHEMA,
        reading_schema,
        reading_to_json,
        write_reading_json,
    )

__all__ = [
    "FORMATS",
    "SCHEMA",
    "DeliverError",
    "FormatError",
    "OutputFormat",
    "choose_compression",
    "choose_formats",
    "draw_overlay",
    "reading_schema",
    "reading_to_json",
    "write_overlay",
    "write_reading_json",
]

_HOMES = {
    "DeliverError": "errors",
    "FORMATS": "formats",
    "SCHEMA": "reading_json",
    "FormatError": "formats",
    "OutputFormat": "formats",
    "choose_compression": "formats",
    "choose_formats": "formats",
    "draw_overlay": "picture",
    "reading_schema": "reading_json",
    "reading_to_json": "reading_json",
    "write_overlay": "picture",
    "write_reading_json": "reading_json",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
