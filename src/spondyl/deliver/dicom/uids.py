"""UIDs that follow from what was read by what: the same reading again gets the same ones."""

import hashlib
from enum import StrEnum

from spondyl import __version__
from spondyl.read.model import ModelIdentity, Reading


class Result(StrEnum):
    """A kind of DICOM object; its value is part of its UIDs and must not change."""

    REPORT = "sr"
    CAPTURE = "sc"
    GREY_CAPTURE = "sc-grey"
    PRESENTATION = "gsps"
    DOCUMENT = "dcmpdf"


def derived_uid(*parts: str) -> str:
    """A UID under ``2.25`` from any words.

    The first 128 bits of their SHA-256 become a UUID of version 8 (RFC 9562), and its number the
    last component (PS3.5 B.2), so that no root has to be registered.

    Examples
    --------
    >>> derived_uid("a", "b") == derived_uid("a", "b") != derived_uid("ab")
    True
    """
    joined = "\x1f".join(parts).encode("utf-8")
    number = int.from_bytes(hashlib.sha256(joined).digest()[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76  # version
    number = number & ~(0x3 << 62) | 2 << 62  # variant
    return f"2.25.{number}"


def reading_key(reading: Reading, sop_instance_uid: str) -> tuple[str, ...]:
    """What a reading follows from: film, networks, site, software.

    The film by its SOP Instance UID and not by its file: the same film sent twice may differ in its
    file's meta information or transfer syntax.
    """
    site = reading.site_sha256 or f"{reading.site} {reading.threshold!r}"
    return ("spondyl", __version__, sop_instance_uid, reading.model.sha256, site)


def instance_uid(reading: Reading, sop_instance_uid: str, kind: Result) -> str:
    """SOP Instance UID of a result."""
    return derived_uid(*reading_key(reading, sop_instance_uid), kind, "instance")


def series_uid(reading: Reading, sop_instance_uid: str, kind: Result) -> str:
    """Series Instance UID of a result: a series holds one object."""
    return derived_uid(*reading_key(reading, sop_instance_uid), kind, "series")


def tracking_uid(reading: Reading, sop_instance_uid: str, name: str) -> str:
    """Tracking UID of a body or of the film: the same in report and presentation state."""
    return derived_uid(*reading_key(reading, sop_instance_uid), "tracking", name)


def device_uid(model: ModelIdentity) -> str:
    """UID of the observing device: these networks in this version of the software."""
    return derived_uid("spondyl", __version__, "device", model.sha256)
