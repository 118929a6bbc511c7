"""Radiographs from files: DICOM and pictures become a :class:`Film`.

Names are loaded when first used, so that importing this room costs next to nothing; pydicom is
imported only when a DICOM file is read or written.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spondyl.film.checks import check_exposed
    from spondyl.film.errors import FilmError, Reason
    from spondyl.film.load import film_from_bytes, load_film
    from spondyl.film.model import Film, Spacing, SpacingSource
    from spondyl.film.normalise import local_normalise, rank_normalise, robust_window
    from spondyl.film.write_dicom import film_dataset, write_film_dicom

__all__ = [
    "Film",
    "FilmError",
    "Reason",
    "Spacing",
    "SpacingSource",
    "check_exposed",
    "film_dataset",
    "film_from_bytes",
    "load_film",
    "local_normalise",
    "rank_normalise",
    "robust_window",
    "write_film_dicom",
]

_HOMES = {
    "Film": "model",
    "FilmError": "errors",
    "Reason": "errors",
    "Spacing": "model",
    "SpacingSource": "model",
    "check_exposed": "checks",
    "film_dataset": "write_dicom",
    "film_from_bytes": "load",
    "load_film": "load",
    "local_normalise": "normalise",
    "rank_normalise": "normalise",
    "robust_window": "normalise",
    "write_film_dicom": "write_dicom",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
