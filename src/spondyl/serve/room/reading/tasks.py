"""What a reading process is asked, and its answers. The only place that opens films' pictures."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.serve.room.pixels import PixelCache

if TYPE_CHECKING:
    from spondyl.film import Film
    from spondyl.read.model import Reading
    from spondyl.read.reader import Reader


@dataclass(frozen=True)
class ReadTask:
    """Read a film.

    Attributes
    ----------
    content : bytes
        Of its file.
    sha256 : str
    render : bool
        Make what the viewer needs, too, after the answer.
    """

    content: bytes
    sha256: str
    render: bool = False


@dataclass(frozen=True)
class RenderTask:
    """Make what the viewer needs of a film."""

    content: bytes
    sha256: str
    inverted: bool


@dataclass(frozen=True)
class ResultTask:
    """Write a reading in one of the forms of ``deliver``.

    Attributes
    ----------
    content : bytes
        Of the film's file.
    name : str
        What the film is called.
    body : dict
        The reading, ``spondyl.reading/1``.
    form : str
        Name in ``deliver.formats``.
    """

    content: bytes
    name: str
    body: dict[str, Any]
    form: str


Task = ReadTask | RenderTask | ResultTask


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Attributes
    ----------
    body : dict or None
        The reading.
    content : bytes
        Of a result's file.
    refusal : str
        Why there is nothing, by the film's own fault; "" if there is.
    """

    body: dict[str, Any] | None = None
    content: bytes = b""
    refusal: str = ""


class Hands:
    """Does tasks, with one warm reader.

    Parameters
    ----------
    reader : Reader or None
        None for hands that read no films.
    cache : PixelCache
    """

    def __init__(self, reader: "Reader | None", cache: PixelCache) -> None:
        self._reader, self._cache = reader, cache
        self._left: tuple[Film, str, bool] | None = None

    def do(self, task: Task) -> Outcome:
        """Do one task.

        Raises
        ------
        OSError
            The disk is full or fails: not the film's fault.
        """
        from spondyl.deliver.errors import DeliverError
        from spondyl.film import FilmError

        try:
            if isinstance(task, ReadTask):
                return self._read(task)
            if isinstance(task, RenderTask):
                return self._render(task)
            return _result(task)
        except FilmError as error:
            return Outcome(refusal=error.message)
        except DeliverError as error:
            return Outcome(refusal=str(error))

    def finish(self) -> None:
        """Do what could wait until the answer was given."""
        left, self._left = self._left, None
        if left is not None:
            self._cache.make(*left)

    def _read(self, task: ReadTask) -> Outcome:
        from spondyl.deliver.reading_json import reading_to_json
        from spondyl.film import film_from_bytes

        assert self._reader is not None
        film = film_from_bytes(task.content)
        reading = self._reader.read(film)
        if task.render:
            self._left = (film, task.sha256, reading.inverted)
        return Outcome(body=reading_to_json(reading))

    def _render(self, task: RenderTask) -> Outcome:
        from spondyl.film import film_from_bytes

        self._cache.make(film_from_bytes(task.content), task.sha256, task.inverted)
        return Outcome()


def _result(task: ResultTask) -> Outcome:
    from spondyl.deliver.formats import FORMATS

    form = FORMATS[task.form]
    with tempfile.TemporaryDirectory(prefix="spondyl-") as folder:
        # Results of a DICOM film copy from its header, which they read from its file.
        path = Path(folder) / (
            re.sub(r"[^A-Za-z0-9._-]", "_", task.name).lstrip(".")[-60:] or "film"
        )
        path.write_bytes(task.content)
        # JSON names the film's file, and the folder here is nobody's business.
        reading = _reading(task, Path(path.name) if task.form == "json" else path)
        target = Path(folder) / "result" / form.file_name
        target.parent.mkdir()
        form.write(reading, target)
        return Outcome(content=target.read_bytes())


def _reading(task: ResultTask, path: Path) -> "Reading":
    """The reading as it was, from its JSON and its film."""
    from spondyl.evaluate.readings import call_from_json
    from spondyl.film import film_from_bytes
    from spondyl.read.model import ModelIdentity, Numbering, Reading

    body = task.body
    call = call_from_json(body)
    return Reading(
        film=film_from_bytes(task.content, path),
        posterior_side=body["film"]["posterior_side"],
        inverted=body["film"]["inverted"],
        model=ModelIdentity(**body["model"]),
        site=body["site"],
        assessable=body["assessable"],
        reasons=tuple(body["reasons"]),
        fracture_probability=call.fracture_probability,
        threshold=body["threshold"],
        fractured=body["fractured"],
        numbering=Numbering(**body["numbering"]),
        findings=tuple(call.findings),
        warnings=tuple(body["warnings"]),
    )
