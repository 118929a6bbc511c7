from pathlib import Path

import pytest

from spondyl.cli.films import find_films, is_film

DICOM = b"\0" * 128 + b"DICM"


@pytest.fixture
def folder(tmp_path):
    for name in (
        "b.png",
        "a.DCM",
        "sub/a.dcm",
        ".hidden/x.png",
        ".x.png",
        "note.txt",
        "films.json",
    ):
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    (tmp_path / "in" / "IM0001").write_bytes(DICOM)
    (tmp_path / "in" / "1.2.840.7").write_bytes(DICOM)
    (tmp_path / "in" / "README").write_bytes(b"plain")
    done = tmp_path / "in" / "out" / "b.png"
    done.mkdir(parents=True)
    (done / "reading.json").write_text("{}")
    (done / "overlay.png").write_bytes(b"x")
    return tmp_path / "in"


def test_folders_are_searched_in_a_fixed_order(folder):
    names = [film.name for film in find_films([folder])]
    assert names == ["1.2.840.7", "IM0001", "a.DCM", "b.png", "sub/a.dcm"]


def test_a_file_is_taken_as_it_is_even_where_it_does_not_exist(tmp_path):
    films = find_films([tmp_path / "gone.dcm"])
    assert [film.name for film in films] == ["gone.dcm"]


def test_a_film_is_read_once(folder):
    films = find_films([folder / "b.png", folder, folder / "sub" / ".." / "b.png"])
    assert len(films) == len({film.path.resolve() for film in films}) == 5
    assert films[0].name == "b.png"


def test_equal_names_are_numbered(folder):
    films = find_films([folder / "a.DCM", folder / "sub" / "a.dcm"])
    assert [film.name for film in films] == ["a.DCM", "a-2.dcm"]
    assert find_films([folder / "a.DCM", folder / "sub" / "a.dcm"]) == films


def test_number_that_is_taken_is_passed_over(tmp_path):
    for name in ("one/a.png", "two/a.png", "two/a-2.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    films = find_films([tmp_path / "one", tmp_path / "two"])
    names = [film.name for film in films]
    assert len(set(names)) == 3
    assert names == ["a.png", "a-2.png", "a-3.png"]


@pytest.mark.parametrize(
    ("name", "content", "film"),
    [
        ("a.TIFF", b"", True),
        ("a", DICOM, True),
        ("a", DICOM[:130], False),
        ("a.json", DICOM, False),
        ("a.7", DICOM, True),
    ],
)
def test_is_film(tmp_path, name, content, film):
    file = Path(tmp_path, name)
    file.write_bytes(content)
    assert is_film(file) is film
