"""Where ``spondyl read --out`` writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.cli.errors import need_extra

if TYPE_CHECKING:
    from spondyl.deliver import OutputFormat
    from spondyl.deliver.dicom.deidentify import Deidentifier
    from spondyl.read.model import Reading

#: The film without its patient, beside its results.
DEIDENTIFIED_FILM = "film.dcm"


class Outputs:
    """Writes readings, one folder a film.

    Parameters
    ----------
    out : Path
    formats : sequence of OutputFormat
    deidentify : bool
        Without the patient: folders are numbered, since names of files may name people.
    compression : str
        Of DICOM pictures.
    """

    def __init__(
        self,
        out: Path,
        formats: "Sequence[OutputFormat]",
        deidentify: bool = False,
        compression: str = "none",
    ) -> None:
        self._out, self._formats, self._compression = out, formats, compression
        self._deidentifier = _deidentifier() if deidentify else None
        self._number = 0

    def write(self, reading: "Reading", name: str) -> list[str]:
        """Write a reading into the folder ``name`` (or the next number), one file a format.

        Returns
        -------
        list of str
            Why formats could not be written of this film, a sentence a reason; the others were.

        Raises
        ------
        ValueError
            If a file stands where the film's folder must go.
        """
        from spondyl.deliver.errors import DeliverError

        self._number += 1
        folder = self._out / (name if self._deidentifier is None else f"film-{self._number:04d}")
        if folder.is_file():
            raise ValueError(
                f"--out must not be the folder that the films lie in: {folder} is a file; "
                "name another folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        if self._deidentifier is not None:
            try:
                reading = self._deidentifier.reading(reading, folder / DEIDENTIFIED_FILM)
            except DeliverError as error:
                folder.rmdir()
                return [str(error)]
        refused: dict[str, list[str]] = {}
        for form in self._formats:
            try:
                form.write(reading, folder / form.file_name, self._compression)
            except DeliverError as error:
                refused.setdefault(str(error), []).append(form.name)
        return [f"no {', '.join(names)}: {why}" for why, names in refused.items()]


def _deidentifier() -> "Deidentifier":
    from spondyl.deliver.dicom.deidentify import Deidentifier

    return Deidentifier()


def need_extras(formats: "Sequence[OutputFormat]", deidentify: bool = False) -> None:
    """Leave with one sentence if the extra of a format, or of de-identifying, is not installed."""
    if deidentify:
        need_extra("read --deidentify", "dicom")
    for form in formats:
        if form.extra is not None:
            need_extra(f"read --formats {form.name}", form.extra)
