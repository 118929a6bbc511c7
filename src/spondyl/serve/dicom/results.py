"""A film becomes result files that are on the disk when this returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spondyl.files import sync_file, sync_folder
from spondyl.serve.dicom.model import Made
from spondyl.serve.dicom.routes import Verdict

if TYPE_CHECKING:
    from spondyl.read.reader import Reader


@dataclass(frozen=True)
class Task:
    """A film to be read.

    Attributes
    ----------
    film : Path
    sop_instance_uid : str
        As it was announced with.
    kinds : tuple of str
        Results to make.
    folder : Path
        Where they go; made here.
    compression : str
        Of pictures; see :meth:`spondyl.deliver.OutputFormat.write`.
    """

    film: Path
    sop_instance_uid: str
    kinds: tuple[str, ...]
    folder: Path
    compression: str = "none"


@dataclass(frozen=True)
class Outcome:
    """What came of a film.

    Attributes
    ----------
    made : tuple of Made
    verdict : Verdict or None
    refusal : str
        Why there are no results, by the film's own fault; "" if there are.
    """

    made: tuple[Made, ...] = ()
    verdict: Verdict | None = None
    refusal: str = ""


def make_results(reader: "Reader", task: Task) -> Outcome:
    """Read a film and write its results.

    Raises
    ------
    OSError
        The disk is full or fails: not the film's fault.
    """
    from spondyl.deliver.errors import DeliverError
    from spondyl.film import FilmError

    try:
        reading = reader.read(task.film)
        wrong = _other_film(task)
        if wrong:
            return Outcome(refusal=wrong)
        made = tuple(_write(kind, reading, task) for kind in task.kinds)
    except FilmError as error:
        return Outcome(refusal=error.message)
    except DeliverError as error:
        return Outcome(refusal=str(error))
    if made:
        sync_folder(task.folder)
        sync_folder(task.folder.parent)
    return Outcome(made, Verdict(reading.fractured, reading.assessable))


def _other_film(task: Task) -> str:
    """Two announced UIDs with one UID inside would give two films the same results."""
    import pydicom

    from spondyl.film.quiet import quiet_pydicom

    with quiet_pydicom:
        header = pydicom.dcmread(task.film, stop_before_pixels=True, force=True)
        inside = str(header.get("SOPInstanceUID") or "")
    if inside != task.sop_instance_uid:
        return (
            "The film's header was expected to hold the SOP Instance UID that the film was "
            f"announced with, found {'another one' if inside else 'none'}; send it again from its "
            "archive."
        )
    return ""


def _write(kind: str, reading: object, task: Task) -> Made:
    import pydicom

    from spondyl.deliver import FORMATS

    task.folder.mkdir(parents=True, exist_ok=True)
    form = FORMATS[kind]
    path = task.folder / form.file_name
    form.write(reading, path, task.compression)  # type: ignore[arg-type]
    sync_file(path)
    header = pydicom.dcmread(path, stop_before_pixels=True)
    return Made(
        kind=kind,
        path=path,
        sop_instance_uid=str(header.SOPInstanceUID),
        sop_class_uid=str(header.SOPClassUID),
        transfer_syntax=str(header.file_meta.TransferSyntaxUID),
    )


def unknown_kinds(kinds: Sequence[str]) -> list[str]:
    """Kinds of results that this program does not make."""
    from spondyl.deliver import FORMATS

    return [kind for kind in kinds if kind not in FORMATS]
