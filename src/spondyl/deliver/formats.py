"""The registry of formats that a reading can be written in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from spondyl.deliver.picture import write_overlay
from spondyl.deliver.reading_json import write_reading_json
from spondyl.read.model import Reading


class FormatError(ValueError):
    """A format is not known, or not written by this version."""


@dataclass(frozen=True)
class OutputFormat:
    """One way to write a reading.

    Attributes
    ----------
    name : str
        As the command line takes it.
    file_name : str
        In the film's folder.
    description : str
    write : callable (Reading, Path) -> None
    """

    name: str
    file_name: str
    description: str
    write: Callable[[Reading, Path], None]


#: Formats by name.
FORMATS: Mapping[str, OutputFormat] = MappingProxyType(
    {
        form.name: form
        for form in (
            OutputFormat(
                "json", "reading.json", "the reading, spondyl.reading/1", write_reading_json
            ),
            OutputFormat(
                "png", "overlay.png", "the film with its findings drawn in", write_overlay
            ),
        )
    }
)

#: Formats that are planned and named, so that asking for one says so.
PLANNED: Mapping[str, str] = MappingProxyType(
    {
        "sr": "DICOM Structured Report",
        "sc": "DICOM Secondary Capture",
        "fhir": "FHIR resources",
    }
)


def choose_formats(names: str) -> tuple[OutputFormat, ...]:
    """The formats of a list such as ``json,png``, each once, in the order given.

    Raises
    ------
    FormatError
        If a name is not known, is planned but not in this version, or none is given.

    Examples
    --------
    >>> [form.file_name for form in choose_formats("png, json")]
    ['overlay.png', 'reading.json']
    """
    known = ", ".join(FORMATS)
    wanted = list(dict.fromkeys(part.strip().lower() for part in names.split(",") if part.strip()))
    if not wanted:
        raise FormatError(f"No format was named; choose among {known}, separated by commas.")
    for name in wanted:
        if name in PLANNED:
            raise FormatError(
                f"{PLANNED[name]} ({name}) is not in this version; it writes {known}."
            )
        if name not in FORMATS:
            raise FormatError(f"The format {name!r} is not known; choose among {known}.")
    return tuple(FORMATS[name] for name in wanted)
