"""BUU-LSPINE (Klinwichit et al. 2023): a CSV file a film, a line an endplate, without a header.

Each line is ``x1, y1, x2, y2, label``: the ends of an endplate, that on the picture's left first,
and 1 where a slip was seen. Lines go down the spine: the superior and the inferior endplate of L1
to L5, then S1's superior one. What the form cannot hold (other levels, mid-endplates, statuses) is
written to ``spondyl.json`` beside it.

Coordinates are taken as they stand: which half of a pixel they mean is not said, and it is far less
than two readers differ.
"""

import csv
import io
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.files import write_whole
from spondyl.labels.dataset import (
    SCHEMA,
    DatasetError,
    film_from_json,
    film_to_json,
    vertebra_to_json,
)
from spondyl.labels.formats.assemble import assemble
from spondyl.labels.formats.drawn import (
    DrawnBody,
    DrawnFilm,
    FormatError,
    LabelSet,
    ReadOptions,
)
from spondyl.labels.formats.files import read_json, read_text, write_json
from spondyl.labels.formats.points import six_points
from spondyl.labels.model import FilmLabel

NAME = "buu"
REST_FILE = "spondyl.json"
#: Folder and ending of the name of lateral films; the others are seen from the front.
_LATERAL, _FRONTAL = "LA", "AP"
_FILE = re.compile(r"(?P<patient>\d+)-(?P<sex>[FM])-(?P<age>\d+)Y(?P<view>[01])", re.IGNORECASE)
_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm")
_LUMBAR = (Level.L1, Level.L2, Level.L3, Level.L4, Level.L5)
_SIDES = ("left", "right")
#: Lines of a file -> the levels that they stand for; six lumbar bodies are an extension of ours.
_LAYOUTS = {
    10: _LUMBAR,
    11: (*_LUMBAR, Level.S1),
    13: (*_LUMBAR, Level.L6, Level.S1),
}
_CLOSE_PX = 0.011


def read(path: Path, options: ReadOptions) -> LabelSet:
    """Read a folder of BUU-LSPINE (lateral films only), or one of its CSV files.

    The film of ``x.csv`` is the picture ``x`` beside it. Patient, sex and age are taken from names
    like ``0001-F-037Y1``.
    """
    root = path if path.is_dir() else path.parent
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    frontal = [file for file in files if _is_frontal(file, root)]
    lateral = [file for file in files if file not in frontal]
    if not lateral:
        raise FormatError(f"{path}: no CSV file of a lateral film is there.")
    rest = _rest(root / REST_FILE)
    drawn: list[DrawnFilm] = []
    faults: list[str] = []
    for file in lateral:
        try:
            film = _film(file, root, rest)
        except FormatError as error:
            faults.extend(error.faults)
            continue
        drawn.append(film)
    if faults:
        raise FormatError(faults)
    films, remarks = assemble(drawn, options)
    if frontal:
        remarks = (*remarks, f"{len(frontal)} files of films seen from the front are left out.")
    note = str(rest.get("note", ""))
    extra = dict(rest.get("extra", {}))
    return LabelSet(tuple(_with_rest(film, rest) for film in films), note, extra, root, remarks)


def write(labels: LabelSet, path: Path) -> list[Path]:
    """Write a CSV file per film, and ``spondyl.json`` with what these do not hold."""
    rest: dict[str, Any] = {
        "schema": SCHEMA,
        "note": labels.note,
        "extra": dict(labels.extra),
        "films": {film.name: film_to_json(film) for film in labels.films},
    }
    names = [str(Path(film.name).with_suffix(".csv")) for film in labels.films]
    if len(set(names)) < len(names):
        raise FormatError(
            f"{path}: two films differ in their ending alone, and would share a CSV file."
        )
    written = [
        write_whole(path / name, _csv(film), make_folder=True)
        for name, film in zip(names, labels.films, strict=True)
    ]
    return [*written, write_json(path / REST_FILE, rest)]


def _is_frontal(file: Path, root: Path) -> bool:
    folders = file.relative_to(root).parts[:-1]
    if _LATERAL in folders or _FRONTAL in folders:
        return _FRONTAL in folders
    named = _FILE.fullmatch(file.stem)
    return named is not None and named["view"] == "0"


def _rest(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    content = read_json(file)
    if not isinstance(content, dict) or not isinstance(content.get("films"), dict):
        raise FormatError(f"{file}: expected an object with films.")
    return content


def _film(file: Path, root: Path, rest: dict[str, Any]) -> DrawnFilm:
    picture = next((p for s in _PICTURES if (p := file.with_suffix(s)).is_file()), None)
    stem = file.relative_to(root).with_suffix("").as_posix()
    known = {
        name for name in rest.get("films", {}) if Path(name).with_suffix("").as_posix() == stem
    }
    if picture is not None:
        name = picture.relative_to(root).as_posix()
    else:
        name = known.pop() if known else f"{stem}.jpg"
    lines = _lines(file)
    levels = _LAYOUTS.get(len(lines))
    if levels is None:
        raise FormatError(
            f"{file}: {len(lines)} lines; expected 11 (two endplates each of L1 to L5, then S1's)."
        )
    bodies = []
    ours = name in rest.get("films", {})
    for place, level in enumerate(levels):
        rows = lines[2 * place : 2 * place + 2]
        body = _body(f"{file}, line {2 * place + 1}", level, rows, ours)
        if body is not None:
            bodies.append(body)
    values: dict[str, Any] = {}
    size = None
    if ours:
        stored = rest["films"][name]
        values["posterior_side"] = stored.get("posterior_side")
        size = tuple(stored["size_px"])
    else:
        named = _FILE.fullmatch(file.stem)
        if named:
            sex, age = named["sex"].upper(), int(named["age"])
            values.update(patient=named["patient"], sex=sex, age_years=age)
    return DrawnFilm(str(file), name, size, tuple(bodies), values)


def _lines(file: Path) -> list[list[float]]:
    lines = []
    for number, row in enumerate(csv.reader(io.StringIO(read_text(file))), 1):
        if not any(cell.strip() for cell in row):
            continue
        try:
            cells = [float(cell) for cell in row]
        except ValueError:
            raise FormatError(f"{file}, line {number}: expected numbers, found {row}.") from None
        if len(cells) not in (4, 5):
            raise FormatError(
                f"{file}, line {number}: expected x1, y1, x2, y2, label; found {len(cells)} values."
            )
        lines.append(cells)
    return lines


def _body(where: str, level: Level, rows: list[list[float]], ours: bool) -> DrawnBody | None:
    names, points = [], []
    slips = []
    for endplate, row in zip(("superior", "inferior"), rows, strict=False):
        ends = [row[:2], row[2:4]]
        # A reader may have begun on the other side; what we wrote is in the order of our corners.
        if not ours and ends[0][0] > ends[1][0]:
            ends.reverse()
        for side, end in zip(_SIDES, ends, strict=True):
            if all(math.isfinite(v) for v in end):
                names.append(f"{endplate}_{side}")
                points.append(end)
        slips.append(int(row[4]) if len(row) > 4 and math.isfinite(row[4]) else 0)
    if not points:
        return None
    values: dict[str, Any] = {"spondylolisthesis": slips} if any(slips) else {}
    return DrawnBody(where, level, np.array(points, dtype=np.float64), tuple(names), values)


def _with_rest(film: FilmLabel, rest: dict[str, Any]) -> FilmLabel:
    """The film with what ``spondyl.json`` says of it; corners in the CSV file go before."""
    stored = rest.get("films", {}).get(film.name)
    if stored is None:
        return film
    try:
        whole = film_from_json(REST_FILE, film.name, stored)
    except DatasetError as error:
        raise FormatError(str(error)) from None
    vertebrae = {str(level): vertebra_to_json(body) for level, body in whole.vertebrae.items()}
    levels = (*_LUMBAR, Level.L6, Level.S1)
    for level in levels:
        drawn, body = film.vertebrae.get(level), whole.vertebrae.get(level)
        if drawn is None:
            # A line that was emptied takes the corners away, and keeps what is said of the body.
            if body is not None and body.corners_px is not None and _rows(whole, level) is not None:
                vertebrae[str(level)].pop("corners_px", None)
            continue
        new = vertebra_to_json(drawn)
        kept = vertebrae.get(str(level), {})
        if body is None or not _same(six_points(drawn)[:4], six_points(body)[:4], level):
            kept = {**kept, "corners_px": new["corners_px"]}
        if "spondylolisthesis" in new:
            kept["spondylolisthesis"] = new["spondylolisthesis"]
        vertebrae[str(level)] = kept
    return film_from_json(REST_FILE, film.name, {**stored, "vertebrae": vertebrae})


def _same(one: NDArray[np.float64], other: NDArray[np.float64], level: Level) -> bool:
    corners = slice(0, 2) if level is Level.S1 else slice(0, 4)
    return bool(np.allclose(one[corners], other[corners], atol=_CLOSE_PX, equal_nan=True))


def _rows(film: FilmLabel, level: Level) -> list[list[float]] | None:
    """The lines of one level; None where no corner of them is known."""
    body = film.vertebrae.get(level)
    corners = np.full((4, 2), np.nan) if body is None else six_points(body)[:4]
    count = 1 if level is Level.S1 else 2
    posterior_first = film.posterior_side == "left"
    slips = body.extra.get("spondylolisthesis") if body is not None else None
    rows = []
    for place in range(count):
        posterior, anterior = (corners[0], corners[1]) if place == 0 else (corners[3], corners[2])
        ends = (posterior, anterior) if posterior_first else (anterior, posterior)
        slip = slips[place] if isinstance(slips, list) and len(slips) > place else 0
        rows.append([*(float(v) for end in ends for v in end), slip])
    return rows if any(math.isfinite(v) for row in rows for v in row[:4]) else None


def _csv(film: FilmLabel) -> str:
    levels = _LAYOUTS[13] if Level.L6 in film.vertebrae else _LAYOUTS[11]
    lines = []
    for level in levels:
        empty = [[math.nan] * 4 + [0]] * (1 if level is Level.S1 else 2)
        for row in _rows(film, level) or empty:
            lines.append(",".join([*(f"{v:.2f}" for v in row[:4]), str(int(row[4]))]))
    return "\n".join(lines) + "\n"
