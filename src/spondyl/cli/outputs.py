"""Where ``spondyl read --out`` writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spondyl.deliver import OutputFormat
    from spondyl.read.model import Reading


def write(reading: "Reading", out: Path, name: str, formats: "Sequence[OutputFormat]") -> None:
    """Write a reading into ``out/name``, one file a format.

    Raises
    ------
    ValueError
        If a file stands where the film's folder must go.
    """
    folder = out / name
    if folder.is_file():
        raise ValueError(
            f"--out must not be the folder that the films lie in: {folder} is a file; "
            "name another folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for form in formats:
        form.write(reading, folder / form.file_name)
