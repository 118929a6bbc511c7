"""The registry of formats that a reading can be written in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from spondyl.deliver.errors import DeliverError
from spondyl.read.model import Reading

#: How a DICOM picture's pixels may be kept; the values of
#: :class:`spondyl.deliver.dicom.compress.Compression`, which needs pydicom.
COMPRESSIONS = ("none", "rle", "jpeg-ls", "jpeg2000")


class FormatError(ValueError):
    """A format or a compression is not known."""


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
    home : str
        Module and name of the function that writes it, ``module:name``.
    extra : str or None
        The extra that it needs beyond the plain install.
    compressible : bool
        It is a DICOM picture, and can be compressed.
    """

    name: str
    file_name: str
    description: str
    home: str
    extra: str | None = None
    compressible: bool = False

    def write(self, reading: Reading, path: Path, compression: str = "none") -> None:
        """Write a reading into a file (whole or not at all).

        Parameters
        ----------
        reading : Reading
        path : Path
        compression : str
            Of a DICOM picture: one of ``COMPRESSIONS``, all without loss.

        Raises
        ------
        DeliverError
            If the reading's film lacks what the form needs, or its header is damaged.
        OSError
            If the file cannot be written.
        """
        # The writers' libraries are loaded when the first file is written.
        module, name = self.home.split(":")
        writer: Callable[..., None] = getattr(import_module(module), name)
        try:
            if self.compressible and compression != "none":
                from spondyl.deliver.dicom.compress import Compression

                writer(reading, path, Compression(compression))
            else:
                writer(reading, path)
        except DeliverError:
            raise
        except Exception as error:
            if not _by_its_header(reading, error):
                raise
            # pydicom decodes a value when it is asked for, and raises nearly anything then.
            raise DeliverError(
                f"The film's header is damaged in a part that {self.name} needs "
                f"({type(error).__name__}); export the film again from its archive."
            ) from error


def _by_its_header(reading: Reading, error: Exception) -> bool:
    """Not by the disk, whose errors have numbers, while pydicom's of the same type have none."""
    of_the_disk = isinstance(error, OSError) and error.errno is not None
    dicom = reading.film.metadata.get("Format") == "dicom"
    return dicom and not of_the_disk and not isinstance(error, (MemoryError, ImportError))


#: Formats by name.
FORMATS: Mapping[str, OutputFormat] = MappingProxyType(
    {
        form.name: form
        for form in (
            OutputFormat(
                "json", "reading.json", "the reading, spondyl.reading/1",
                "spondyl.deliver.reading_json:write_reading_json",
            ),
            OutputFormat(
                "png", "overlay.png", "the film with its findings drawn in",
                "spondyl.deliver.picture:write_overlay",
            ),
            OutputFormat(
                "sr", "report.dcm", "DICOM Comprehensive SR, TID 1500",
                "spondyl.deliver.dicom.report:write_report", "dicom",
            ),
            OutputFormat(
                "sc", "overlay.dcm", "DICOM Secondary Capture of the picture, in colour",
                "spondyl.deliver.dicom.capture:write_capture", compressible=True,
            ),
            OutputFormat(
                "sc-grey", "overlay-grey.dcm", "DICOM Secondary Capture of the picture, in grey",
                "spondyl.deliver.dicom.capture:write_grey_capture", compressible=True,
            ),
            OutputFormat(
                "gsps", "presentation.dcm", "DICOM presentation state: outlines over the film",
                "spondyl.deliver.dicom.presentation:write_presentation",
            ),
            OutputFormat(
                "fhir", "fhir.json", "FHIR R4 DiagnosticReport with Observations",
                "spondyl.deliver.fhir.bundle:write_fhir",
            ),
            OutputFormat(
                "pdf", "page.pdf", "one page for people",
                "spondyl.deliver.page_pdf:write_page", "dicom",
            ),
            OutputFormat(
                "dcmpdf", "page.dcm", "the page as DICOM Encapsulated PDF",
                "spondyl.deliver.dicom.document:write_document", "dicom",
            ),
        )
    }
)  # fmt: skip


def choose_compression(name: str) -> str:
    """A compression by its name.

    Raises
    ------
    FormatError
        If it is not known.
    """
    if name.strip().lower() not in COMPRESSIONS:
        raise FormatError(
            f"The compression {name!r} is not known; choose among {', '.join(COMPRESSIONS)}."
        )
    return name.strip().lower()


def choose_formats(names: str) -> tuple[OutputFormat, ...]:
    """The formats of a list such as ``json,png``, each once, in the order given.

    Raises
    ------
    FormatError
        If a name is not known, or none is given.

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
        if name not in FORMATS:
            raise FormatError(f"The format {name!r} is not known; choose among {known}.")
    return tuple(FORMATS[name] for name in wanted)
