"""A project as a data set: what its readers agreed on, in any label format, beside its films."""

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from spondyl.anatomy import Level, Status
from spondyl.labels import FILE_NAME, FilmLabel, VertebraLabel, save_dataset
from spondyl.labels.formats import FORMATS, LabelSet, format_named
from spondyl.labels.split import split_films
from spondyl.serve.projects.chains import project_decisions
from spondyl.serve.projects.progress import bare_label, outcome_of, patient_of, readings_of
from spondyl.serve.projects.retrain import RECIPE_FILE, recipe_text, slug_of
from spondyl.serve.projects.state import View
from spondyl.serve.room.errors import ConflictError
from spondyl.serve.store.errors import NoFilmError
from spondyl.serve.store.films import FilmStore
from spondyl.serve.store.tables import (
    Film,
    FilmSource,
    Project,
    ProjectFilm,
    ProjectFilmState,
)

#: Where a format writes one file.
_FILES = {
    "coco": "annotations.json",
    "cvat": "annotations.xml",
    "via": "via.json",
    "labelstudio": "tasks.json",
}
_PICTURES = (".dcm", ".dicom", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
#: Zips of the same labels are the same bytes.
_WHEN = (1980, 1, 1, 0, 0, 0)
#: A reader's film is in its own data set's form.
OWN_FORM = "spondyl"


class Include(StrEnum):
    """Which films are exported."""

    DONE = "done"
    DECIDED = "decided"


@dataclass(frozen=True)
class Exported:
    """A film on its way out."""

    film: Film
    label: FilmLabel


def finished(
    session: Session, project: Project, include: Include, blind: str | None = None
) -> list[Exported]:
    """Films of a project with what its readers made of them, in a fixed order.

    Films that were turned down have nothing to learn from, and those that two readers see
    differently have no label yet: both are left out.

    Parameters
    ----------
    session : Session
    project : Project
    include : Include
    blind : str, optional
        A reader who may decide yet: films that only others have decided stay hidden from him.
    """
    rows = session.execute(
        select(ProjectFilm, Film)
        .join(Film, Film.id == ProjectFilm.film_id)
        .where(ProjectFilm.project_id == project.id)
        .order_by(Film.name, Film.sha256)
    ).all()
    decisions = project_decisions(session, project.id, [film.id for _, film in rows])
    readings = readings_of(session, [d.reading_id for chain in decisions.values() for d in chain])
    names = unique_names([film for _, film in rows])
    found = []
    for row, film in rows:
        label = replace(
            bare_label(film, opaque_patient(project, film), row.report_text),
            name=names[film.id],
            extra=_more(film),
        )
        outcome = outcome_of(project, decisions[film.id], label, readings)
        wanted = outcome.state is ProjectFilmState.DONE or include is Include.DECIDED
        if outcome.state is ProjectFilmState.READ_ONCE and blind and blind not in outcome.views:
            continue
        if wanted and outcome.final is not None and not outcome.final.rejected:
            found.append(Exported(film, _as_label(outcome.final)))
    return found


def _more(film: Film) -> dict[str, object]:
    more: dict[str, object] = {}
    if film.sex:
        more["sex"] = film.sex
    if film.birth_year and film.study_date:
        more["age"] = film.study_date.year - film.birth_year
    return more


def _as_label(view: View) -> FilmLabel:
    if view.assessable:
        return view.label
    blind: dict[Level, VertebraLabel] = {
        level: replace(body, status=Status.UNKNOWN, genant_grade=None, shape=None, assessable=False)
        for level, body in view.label.vertebrae.items()
    }
    return replace(view.label, vertebrae=blind)


def opaque_patient(project: Project, film: Film) -> str | None:
    """A word that films of one patient share, and that tells nothing of him.

    A patient's word in a data set that came in is opaque already and stays; a number from a DICOM
    header is hashed with the project's own id.
    """
    if not film.patient_key:
        return None
    if film.source is FilmSource.PROJECT and film.kind != "dicom":
        return film.patient_id
    key = f"{project.id}|{patient_of(film)}".encode()
    return "p" + hashlib.sha256(key).hexdigest()[:12]


def unique_names(films: Iterable[Film]) -> dict[str, str]:
    """A path in the data set for each film, by film id: safe, and different without its ending."""
    taken: set[str] = set()
    found = {}
    for film in films:
        name = _safe_path(film)
        stem, suffix = str(PurePosixPath(name).with_suffix("")), PurePosixPath(name).suffix
        number, tried = 1, stem
        while tried.lower() in taken:
            number += 1
            tried = f"{stem}-{number}"
        taken.add(tried.lower())
        found[film.id] = tried + suffix
    return found


def _safe_path(film: Film) -> str:
    parts = []
    for part in re.split(r"[/\\]", film.name):
        clean = re.sub(r"[^\w.-]+", "_", part).lstrip(".-")
        if clean.strip("._"):
            parts.append(clean[:100])
    path = PurePosixPath(*(parts[-4:] or ["film"]))
    if path.suffix.lower() not in _PICTURES:
        ending = "dcm" if film.kind == "dicom" else re.sub(r"\W", "", film.kind) or "png"
        path = path.with_name(f"{path.name}.{ending}")
    return str(path)


def write_zip(
    target: Path,
    project: Project,
    films: Sequence[Exported],
    form: str,
    store: FilmStore | None,
) -> int:
    """Zip a project's labels, and its films beside them.

    Parameters
    ----------
    target : Path
    project : Project
    films : sequence of Exported
    form : str
        ``spondyl``, or a name of :data:`spondyl.labels.formats.FORMATS`.
    store : FilmStore or None
        Where the films' bytes lie; without it labels alone are written.

    Returns
    -------
    int
        Films whose labels were written.

    Raises
    ------
    FormatError, ValueError
        If a format cannot hold these films, or there is no such format.
    ConflictError
        If a film's bytes are gone.
    """
    slug = slug_of(project.name)
    labels = [each.label for each in films]
    if len(labels) > 1:
        labels = list(split_films(labels))
    note = f"Project {project.name}: {len(labels)} films, {date.today().isoformat()}."
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        root = Path(folder)
        for path in _write_labels(root, form, labels, note, slug):
            _put(archive, path.relative_to(root).as_posix(), path.read_bytes(), packed=True)
        for each, label in zip(films, labels, strict=True):
            if store is not None:
                # Pictures are packed already.
                _put(archive, label.name, _bytes(store, each.film), packed=False)
    return len(labels)


def _bytes(store: FilmStore, film: Film) -> bytes:
    try:
        return store.get(film.key)
    except NoFilmError:
        raise ConflictError(
            f"The file of the film {film.id} is no longer in the store; export without pictures, "
            "or take the film in again."
        ) from None


def _write_labels(
    root: Path, form: str, labels: Sequence[FilmLabel], note: str, slug: str
) -> list[Path]:
    if form == OWN_FORM:
        recipe = root / RECIPE_FILE
        recipe.write_text(recipe_text(slug, len(labels)), encoding="utf-8")
        return [save_dataset(root, labels, note), recipe]
    entry = format_named(form)
    written = entry.write(LabelSet(tuple(labels), note), root / _FILES.get(form, ""))
    return sorted(dict.fromkeys(written))


def _put(archive: zipfile.ZipFile, name: str, content: bytes, packed: bool) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    archive.writestr(entry, content)


#: What can be exported to.
EXPORT_FORMS = (OWN_FORM, *FORMATS)

__all__ = ["EXPORT_FORMS", "FILE_NAME", "Exported", "Include", "finished", "unique_names",
           "write_zip"]  # fmt: skip
