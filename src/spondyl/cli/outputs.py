"""Where ``spondyl read --out`` writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.cli.errors import need_extra

if TYPE_CHECKING:
    from spondyl.deliver import OutputFormat
    from spondyl.read.model import Reading


def write(reading: "Reading", out: Path, name: str, formats: "Sequence[OutputFormat]") -> list[str]:
    """Write a reading into ``out/name``, one file a format.

    Returns
    -------
    list of str
        Why a format could not be written of this film; the others were.

    Raises
    ------
    ValueError
        If a file stands where the film's folder must go.
    """
    from spondyl.deliver.errors import DeliverError

    folder = out / name
    if folder.is_file():
        raise ValueError(
            f"--out must not be the folder that the films lie in: {folder} is a file; "
            "name another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    refused = []
    for form in formats:
        try:
            form.write(reading, folder / form.file_name)
        except DeliverError as error:
            refused.append(f"{form.name}: {error}")
    return refused


def need_extras(formats: "Sequence[OutputFormat]") -> None:
    """Leave with one sentence if a format's extra is not installed."""
    for form in formats:
        if form.extra is not None:
            need_extra(f"read --formats {form.name}", form.extra)
