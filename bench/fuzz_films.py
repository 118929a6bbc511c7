"""Films to be fed to a reader or a node, changed at random: bytes, and values of the header."""

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pydicom
from pydicom import uid
from pydicom.dataelem import RawDataElement

from bench.node_kit import film

SYNTAXES = (
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.RLELossless,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
    uid.HTJ2KLossless,
)
#: Small, so that many can be read.
HEIGHT_PX = 280
#: Values that programs trip over.
_BAD = (b"\x00" * 4, b"\xff" * 4, b"\xff\xff\x00\x00", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00")
_WORDS = (b"-1", b"0", b"1e99", b"nan", b"99999999", b"\\\\\\\\", b"1\\2\\3", b"", b"\xff\xfe")
_NUMBERS = (0, 1, 2, 3, 7, 8, 12, 15, 16, 17, 32, 255, 30000, 32768, 65535)
_DECIMALS = (
    b"0", b"-1", b"1e99", b"1e-99", b"nan", b"inf", b"99999999", b"", b"1\\2\\3", b"word", b"0\\0",
    b"-0.2\\0.2", b"1e-300\\1e300",
)  # fmt: skip
_CODES = (
    b"", b"MONOCHROME1", b"MONOCHROME2", b"RGB", b"PALETTE COLOR", b"YBR_FULL", b"XXXX", b"A\\F",
    b"P\\H", b"Z", b"YES", b"INVERSE", b"SIGMOID", b"LINEAR_EXACT", b"CT", b"\x00",
)  # fmt: skip
_UIDS = (b"", b"1.2", b"0.0", b"1." * 40 + b"1", b"word", b"1.2.840.10008.5.1.4.1.1.2")
_TEXTS = (
    b"", b"\xc4\xd6\xdc^\xe9", b"\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", b"\xe5\xb1\xb1^\xe7",
    b"\\" * 40, b"x" * 9000, b"\x00\x00", b"\x1b\x1b\x1b", b"2026-11-31", b"25:61",
)  # fmt: skip
_CHARACTER_SETS = (
    b"", b"ISO_IR 100", b"ISO_IR 192", b"\\ISO 2022 IR 87", b"GB18030", b"NO SUCH",
    b"ISO 2022 IR 6\\ISO 2022 IR 149\\ISO 2022 IR 58",
)  # fmt: skip
#: Elements that a film may have beside its own: tag, VR, values.
_ADDED: tuple[tuple[int, str, Sequence[bytes]], ...] = (
    (0x00080005, "CS", _CHARACTER_SETS),
    (0x00181164, "DS", _DECIMALS),
    (0x00280008, "IS", (b"0", b"2", b"-1", b"9999999", b"")),
    (0x00280030, "DS", _DECIMALS),
    (0x00280034, "IS", (b"1\\2", b"0\\0", b"-1\\1", b"7")),
    (0x00280120, "US", (b"\x00\x00", b"\xff\xff", b"\x00\x08")),
    (0x00281050, "DS", _DECIMALS),
    (0x00281051, "DS", _DECIMALS),
    (0x00281052, "DS", _DECIMALS),
    (0x00281053, "DS", _DECIMALS),
    (0x00281056, "CS", _CODES),
    (0x00283000, "SQ", (b"", b"\xfe\xff\x00\xe0\x00\x00\x00\x00")),
    (0x00283010, "SQ", (b"", b"\xfe\xff\x00\xe0\x00\x00\x00\x00", b"\xfe\xff\x00\xe0\xff\xff")),
)
_LONG = frozenset({"OB", "OW", "OF", "SQ", "UN", "UT"})


@dataclass(frozen=True)
class Place:
    """Where an element lies in a file."""

    tag: int
    vr: str
    start: int
    value: int
    length: int


@dataclass(frozen=True)
class Seed:
    """A whole film to start from.

    Attributes
    ----------
    data : bytes
        The file.
    syntax : UID
    after_meta : int
        Where the data set begins.
    sop_class_uid, sop_instance_uid : str
    places : tuple of Place
        Elements before the pixels; none where the data set is deflated.
    """

    data: bytes
    syntax: uid.UID
    after_meta: int
    sop_class_uid: str
    sop_instance_uid: str
    places: tuple[Place, ...]

    @property
    def implicit(self) -> bool:
        """Elements do not tell their VR."""
        return bool(self.syntax.is_implicit_VR)

    @property
    def order(self) -> str:
        """Of bytes, as struct calls it."""
        return "<" if self.syntax.is_little_endian else ">"

    def named(self, number: int) -> tuple[bytes, str]:
        """The film under a UID of its own, as long as the first; a deflated one keeps its own."""
        if not self.places:
            return self.data, self.sop_instance_uid
        # Not the last component's first digit, which may not be 0.
        name = f"{self.sop_instance_uid[:-9]}{number:09d}"
        return self.data.replace(self.sop_instance_uid.encode(), name.encode()), name


def seeds() -> list[Seed]:
    """Whole films to start from, one of each transfer syntax that there is an encoder for."""
    found = []
    for number, syntax in enumerate(SYNTAXES):
        kind = ("DX", "CR", "SC")[number % 3]
        try:
            dataset = film(f"fuzz {number}", HEIGHT_PX, modality=kind, transfer_syntax=syntax)
        except (RuntimeError, NotImplementedError, ValueError):
            continue
        buffer = BytesIO()
        dataset.save_as(buffer, enforce_file_format=True)
        data = buffer.getvalue()
        found.append(
            Seed(data, syntax, _after_meta(data), str(dataset.SOPClassUID),
                 str(dataset.SOPInstanceUID), _places(data, syntax))
        )  # fmt: skip
    return found


def mutated(seed: Seed, number: int, chance: random.Random) -> bytes:
    """A film under a UID of its own with one to six changes, most of them in its header."""
    content = bytearray(seed.named(number)[0])
    if seed.places and chance.random() < 0.5:
        _change_header(content, seed, chance)
        return bytes(content)
    for _ in range(chance.randint(1, 6)):
        _change_bytes(content, chance)
        if len(content) < 160:
            break
    return bytes(content)


def _change_bytes(content: bytearray, chance: random.Random) -> None:
    # The header is a few kilobytes before the pixels; both ends of the pixels matter, too.
    header = min(len(content) - 8, 1800)
    end = header if chance.random() < 2 / 3 else len(content) - 8
    place = chance.randrange(132, max(133, end))
    way = chance.randrange(14)
    if way < 3:
        content[place] = chance.randrange(256)
    elif way < 5:
        content[place : place + 4] = chance.choice(_BAD)
    elif way < 7:
        word = chance.choice(_WORDS)
        content[place : place + len(word)] = word
    elif way < 9:
        del content[place : place + chance.choice((1, 2, 8, 100, 5000))]
    elif way < 11:
        piece = content[place : place + chance.choice((2, 8, 64))]
        content[place:place] = piece * chance.choice((1, 2, 50))
    elif way < 13:
        content[place] ^= 1 << chance.randrange(8)
    else:
        del content[place:]


def _change_header(content: bytearray, seed: Seed, chance: random.Random) -> None:
    """Give one to three elements other values, or add some; lengths are right."""
    changes: list[tuple[int, int, bytes]] = []
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.3:
            tag, vr, values = chance.choice(_ADDED)
            old = next((each for each in seed.places if each.tag >= tag), None)
            if old is None:
                continue
            end = old.start if old.tag != tag else old.value + old.length
            new = _element(tag, vr, chance.choice(values), seed)
            changes.append((old.start, end, new))
        else:
            old = chance.choice(seed.places)
            new = _element(old.tag, old.vr, _value(old, seed, chance), seed)
            changes.append((old.start, old.value + old.length, new))
    # From the end, so that places before stay right; of two changes of one place the first holds.
    done = len(content)
    for start, end, new in sorted(changes, reverse=True):
        if end <= done:
            content[start:end] = new
            done = start


def _value(old: Place, seed: Seed, chance: random.Random) -> bytes:
    if old.tag == 0x00080005:
        return chance.choice(_CHARACTER_SETS)
    if old.vr in ("US", "SS"):
        count = chance.choice((1, 1, 1, 0, 2))
        return b"".join(
            struct.pack(f"{seed.order}H", chance.choice(_NUMBERS)) for _ in range(count)
        )
    values = {"DS": _DECIMALS, "IS": _DECIMALS, "CS": _CODES, "UI": _UIDS}.get(old.vr, _TEXTS)
    return chance.choice(values)


def _element(tag: int, vr: str, value: bytes, seed: Seed) -> bytes:
    value += b" " * (len(value) % 2)
    head = struct.pack(f"{seed.order}HH", tag >> 16, tag & 0xFFFF)
    if seed.implicit:
        return head + struct.pack(f"{seed.order}L", len(value)) + value
    if vr in _LONG:
        return head + vr.encode() + struct.pack(f"{seed.order}HL", 0, len(value)) + value
    return head + vr.encode() + struct.pack(f"{seed.order}H", len(value)) + value


def _after_meta(data: bytes) -> int:
    (length,) = struct.unpack("<L", data[140:144])
    return 144 + int(length)


def _places(data: bytes, syntax: uid.UID) -> tuple[Place, ...]:
    if syntax == uid.DeflatedExplicitVRLittleEndian:
        return ()
    dataset = pydicom.dcmread(BytesIO(data), stop_before_pixels=True)
    found: list[Place] = []
    for tag in sorted(dataset.keys()):
        # Typed as Any: pydicom says that data elements are all that comes.
        raw: Any = dataset.get_item(tag)
        if isinstance(raw, RawDataElement) and raw.length != 0xFFFFFFFF:
            vr = str(raw.VR or pydicom.datadict.dictionary_VR(tag))
            if vr != "SQ":
                value = raw.value_tell
                head = 12 if vr in _LONG and not syntax.is_implicit_VR else 8
                found.append(Place(int(tag), vr, value - head, value, raw.length))
    return tuple(found)
