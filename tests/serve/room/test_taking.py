import io
import struct
import zipfile

import pytest

from spondyl.serve.room.taking import Piece, TakingLimits, all_pieces, clean_text, shown_name
from tests.serve.room.kit import example, zip_of

FILM = example("normal.png")


def test_a_picture_is_one_piece() -> None:
    assert all_pieces("a/b/normal.png", FILM) == [Piece("normal.png", FILM)]


def test_films_of_an_archive_lose_their_folders() -> None:
    found = all_pieces(
        "films.zip",
        zip_of({"../../etc/normal.png": FILM, "C:\\films\\b.png": FILM, "deep/er/c.png": FILM}),
    )
    assert [piece.name for piece in found] == ["normal.png", "b.png", "c.png"]
    assert all(piece.content == FILM for piece in found)


def test_what_lies_beside_films_on_a_cd_is_passed_over() -> None:
    beside = {
        "DICOMDIR": b"x", "__MACOSX/._a.png": b"x", ".DS_Store": b"x", "Thumbs.db": b"x",
        "folder/": b"",
    }  # fmt: skip
    assert [piece.name for piece in all_pieces("cd.zip", zip_of({**beside, "a.png": FILM}))] == [
        "a.png"
    ]


def test_an_archive_in_an_archive_is_refused() -> None:
    (found,) = all_pieces("a.zip", zip_of({"inner.zip": zip_of({"a.png": FILM})}))
    assert "another zip" in found.refusal
    assert found.content == b""


@pytest.mark.parametrize("said", ["true", "false"])
def test_an_archive_that_unpacks_to_too_much_is_refused(said: str) -> None:
    content = bytearray(zip_of({"bomb.dcm": b"\0" * 30_000_000}))
    if said == "false":
        # The table of contents says that it is small.
        at = content.rfind(b"PK\x01\x02")
        struct.pack_into("<I", content, at + 24, 1000)
    found = all_pieces("bomb.zip", bytes(content))
    assert found
    assert all(piece.refusal and not piece.content for piece in found)


def test_many_small_bombs_are_refused_together() -> None:
    limits = TakingLimits(film_bytes=1_000_000, total_bytes=3_000_000)
    content = zip_of({f"{n}.dcm": bytes([n]) * 900_000 for n in range(8)})
    (found,) = all_pieces("many.zip", content, limits)
    assert "at most 3 MB" in found.refusal


def test_an_archive_of_too_many_files_is_refused_before_any_is_opened() -> None:
    content = zip_of({f"{n}.png": b"" for n in range(30)})
    (found,) = all_pieces("many.zip", content, TakingLimits(entries=20))
    assert "at most 20 files" in found.refusal


def test_a_table_of_contents_that_would_fill_the_memory_is_refused() -> None:
    content = bytearray(zip_of({"a.png": FILM}))
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, at + 12, 500_000_000)
    (found,) = all_pieces("big.zip", bytes(content))
    assert "found more" in found.refusal


def test_a_film_over_the_limit_is_refused_and_the_others_are_taken() -> None:
    limits = TakingLimits(film_bytes=len(FILM))
    found = all_pieces("two.zip", zip_of({"big.png": FILM + b"x", "right.png": FILM}), limits)
    assert [bool(piece.refusal) for piece in found] == [True, False]
    (alone,) = all_pieces("big.png", FILM + b"x", limits)
    assert alone.refusal
    assert not alone.content


@pytest.mark.parametrize("cut", [0.5, 0.99])
def test_a_cut_archive_is_refused(cut: float) -> None:
    content = zip_of({"a.png": FILM})
    (found,) = all_pieces("cut.zip", content[: int(cut * len(content))])
    assert "damaged" in found.refusal


def test_a_damaged_film_in_an_archive_leaves_the_others() -> None:
    content = bytearray(zip_of({"a.png": FILM, "b.png": FILM}))
    content[2000] ^= 0xFF
    found = all_pieces("a.zip", bytes(content))
    assert [bool(piece.refusal) for piece in found] == [True, False]


def test_other_packing_than_deflate_and_passwords_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.png", FILM)
    (found,) = all_pieces("a.zip", buffer.getvalue())
    assert "deflate" in found.refusal
    locked = bytearray(zip_of({"a.png": FILM}))
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    (found,) = all_pieces("a.zip", bytes(locked))
    assert "password" in found.refusal


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("a\x00b\u202egnp.exe", "abgnp.exe"),
        ("..", "film"),
        ("/", "film"),
        ("x" * 500, "x" * 200),
        ("<script>alert(1)</script>.png", "script>.png"),
    ],
)
def test_names_are_shown_without_folders_and_control_characters(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_texts_lose_what_databases_cannot_hold() -> None:
    assert clean_text(" a\0b\ud800  c\r\nd ", 10) == "ab cd"
