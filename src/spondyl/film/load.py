"""From a file to a film: the one door of this room."""

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

from spondyl.film.checks import check_exposed, check_file_size
from spondyl.film.errors import FilmError, Reason
from spondyl.film.model import Film
from spondyl.film.picture import picture_kind, read_picture

DICOM_MARK = b"DICM"
DICOM_MARK_OFFSET = 128

_KNOWN_OTHERS = (
    (b"PK\x03\x04", "a zip archive", "unpack it and hand in the films"),
    (b"%PDF", "a PDF", "export the radiograph itself as DICOM or PNG"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and hand in the films"),
    (b"GIF8", "a GIF picture", "save it as PNG"),
    (b"BM", "a BMP picture", "save it as PNG"),
    (b"RIFF", "a WebP or other RIFF file", "save it as PNG"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", "save it as PNG"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture", "save it as PNG"),
    (b"\x89HDF", "an HDF5 file", "export the radiograph as DICOM or PNG"),
    (b"\x93NUMPY", "a NumPy array", "save it as a 16-bit PNG"),
)


def load_film(path: Path | str) -> Film:
    """Read one radiograph from a DICOM file (with or without preamble), PNG, JPEG or TIFF.

    The format is told by the content; the extension of the name does not matter.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    Film
        Dense bone bright as far as the header tells.

    Raises
    ------
    FilmError
        With a reason and a sentence on what to do.
    """
    path = Path(path)
    return film_from_bytes(_read(path), path)


def film_from_bytes(data: bytes, path: Path | None = None) -> Film:
    """Read one radiograph from the bytes of its file.

    Parameters
    ----------
    data : bytes
    path : Path or None
        Kept in the film; not opened.

    Raises
    ------
    FilmError
    """
    check_file_size(len(data))
    if data[DICOM_MARK_OFFSET : DICOM_MARK_OFFSET + 4] == DICOM_MARK:
        film = _dicom(data)
    elif picture_kind(data) is not None:
        film = _picture(data)
    elif _may_be_bare_dicom(data):
        film = _dicom(data)
    else:
        raise _not_an_image(data)
    check_exposed(film.pixels)
    return replace(film, path=path, sha256=hashlib.sha256(data).hexdigest())


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise FilmError(
                Reason.NOT_A_FILE,
                "A file was expected, found a folder; hand in the films inside it.",
            )
        if path.exists() and not path.is_file():
            raise FilmError(
                Reason.NOT_A_FILE, "A file was expected, found a device or pipe; save it as a file."
            )
        check_file_size(path.stat().st_size)
        return path.read_bytes()
    except FileNotFoundError:
        raise FilmError(
            Reason.MISSING, "A file was expected, found nothing at this path; check its spelling."
        ) from None
    except PermissionError:
        raise FilmError(
            Reason.UNREADABLE,
            "A readable file was expected, found one without the right to read it; change its "
            "permissions.",
        ) from None
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or "not a path"
        raise FilmError(
            Reason.UNREADABLE,
            f"A readable file was expected, found an error of the file system ({detail}); check "
            "the path and the disk.",
        ) from None


def _picture(data: bytes) -> Film:
    picture = read_picture(data)
    header = picture.header
    return Film(
        pixels=picture.pixels,
        header_inverted=header.low_is_bright,
        warnings=picture.warnings,
        metadata={"Format": str(header.kind), "BitsStored": str(header.bits)},
    )


def _dicom(data: bytes) -> Film:
    # pydicom takes a while to import; a folder of PNG files never needs it.
    from spondyl.film.dicom import read_dicom

    return read_dicom(data)


def _may_be_bare_dicom(data: bytes) -> bool:
    """Whether the bytes start like a data set: a low, even group in either byte order."""
    if len(data) < 16:
        return False
    tags = (struct.unpack_from("<HH", data), struct.unpack_from(">HH", data))
    return any(group in (0x0002, 0x0008) and element <= 0x3000 for group, element in tags)


def _not_an_image(data: bytes) -> FilmError:
    for magic, name, advice in _KNOWN_OTHERS:
        if data.startswith(magic):
            return FilmError(
                Reason.NOT_AN_IMAGE if "picture" not in name else Reason.UNSUPPORTED,
                f"A DICOM file, PNG, JPEG or TIFF was expected, found {name}; {advice}.",
            )
    found = "text" if _looks_like_text(data[:512]) else "data of an unknown kind"
    return FilmError(
        Reason.NOT_AN_IMAGE,
        f"A DICOM file, PNG, JPEG or TIFF was expected, found {found}; hand in the film itself.",
    )


def _looks_like_text(start: bytes) -> bool:
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut at the end of the excerpt.
        text = start[: error.start].decode("utf-8") if error.start > len(start) - 4 else "\0"
    return all(character.isprintable() or character.isspace() for character in text)
