"""What a folder of made films was made from: a stopped run can go on in it, and no other run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spondyl.files import write_whole
from spondyl.labels import FILE_NAME, DatasetError, FilmLabel, load_dataset


def films_there(
    folder: Path, name: str, wanted: Mapping[str, Any], foreign: str, other: str
) -> dict[str, FilmLabel]:
    """Labels of the films that an earlier run with the same manifest left in a folder, by name.

    A folder without a manifest is made, and gets it.

    Parameters
    ----------
    folder : Path
    name : str
        File name of the manifest.
    wanted : mapping
        The manifest of this run, plain values.
    foreign, other : str
        What to say of the folder where it holds a data set without a manifest, and where its
        manifest is of another run: the sentence goes on after the folder's name.

    Raises
    ------
    DatasetError
        In these two cases.
    """
    file = folder / name
    if not file.is_file():
        if (folder / FILE_NAME).exists():
            raise DatasetError(f"{folder} {foreign}; choose another folder.")
        write_whole(file, json.dumps(wanted, indent=1) + "\n", make_folder=True)
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        found = None
    if found != wanted:
        raise DatasetError(
            f"{folder} {other} ({name} differs); choose another folder, or remove this one."
        )
    if not (folder / FILE_NAME).exists():
        return {}
    return {film.name: film for film in load_dataset(folder) if (folder / film.name).is_file()}
