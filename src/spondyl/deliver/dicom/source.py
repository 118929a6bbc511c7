"""The header of the film that a result belongs to."""

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.uid import UID

from spondyl.deliver.dicom.modules import COPIED, REQUIRED
from spondyl.deliver.errors import DeliverError
from spondyl.film.quiet import quiet_pydicom
from spondyl.read.model import Reading

#: Value representations whose bytes are text in every transfer syntax.
_TEXT = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI",
     "UR", "UT"}
)  # fmt: skip
_IDENTITY = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")


@dataclass(frozen=True)
class Source:
    """A film's header, as far as results need it.

    Attributes
    ----------
    header : Dataset
        The film's data set without its pixels. Not to be changed: results copy from it.
    """

    header: Dataset

    @property
    def sop_instance_uid(self) -> str:
        """Which film this is."""
        return str(self.header.SOPInstanceUID)

    @property
    def sop_class_uid(self) -> str:
        """What kind of image the film is."""
        return str(self.header.SOPClassUID)

    def copy_patient_and_study(self, target: Dataset) -> None:
        """Give a result the film's patient, study and character set.

        Text goes over as the bytes that the film holds, unread: names in any script, and even
        values that break the standard, are the same in film and result, so that an archive files
        both under one patient. What must be present and is not in the film becomes empty.
        """
        for keyword in COPIED:
            tag = tag_for_keyword(keyword)
            assert tag is not None, keyword
            if tag in target:
                del target[tag]
            if tag in self.header:
                target[tag] = self._element(tag)
            elif keyword in REQUIRED:
                setattr(target, keyword, "")

    def _element(self, tag: int) -> DataElement | RawDataElement:
        # Typed as Any: pydicom says that data elements are all that comes.
        element: Any = self.header.get_item(tag)
        if isinstance(element, RawDataElement):
            vr = element.VR if element.VR not in (None, "UN") else dictionary_VR(tag)
            if vr in _TEXT:
                # Length is written anew; an odd one would break the result.
                value = element.value or b""
                pad = b"\0" if vr == "UI" else b" "
                value += pad * (len(value) % 2)
                return element._replace(
                    VR=vr, value=value, length=len(value), is_implicit_VR=False,
                    is_little_endian=True,
                )  # fmt: skip
        return deepcopy(self.header[tag])


def source_of(reading: Reading) -> Source:
    """The header of a reading's film, read again from its file.

    Raises
    ------
    DeliverError
        If the film is no DICOM file, its file has changed since, or its header does not say which
        study it belongs to.
    """
    film = reading.film
    if film.path is None or film.metadata.get("Format") != "dicom":
        name = "The film" if film.path is None else film.path.name
        raise DeliverError(
            f"A DICOM object belongs to a patient and a study, and {name} is a picture that names "
            "neither; hand in the film as DICOM, or choose json, png, fhir or pdf."
        )
    return source_from_bytes(_content(film.path, film.sha256), film.path.name)


def _content(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeliverError(
            f"The film {path} was expected where it was read, and cannot be opened "
            f"({error.strerror})."
        ) from None
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise DeliverError(f"The film {path} has changed since it was read; read it again.")
    return content


def source_from_bytes(content: bytes, name: str = "The film") -> Source:
    """The header in the bytes of a DICOM file.

    Raises
    ------
    DeliverError
        If the header is unreadable or does not say which study the film belongs to.
    """
    with quiet_pydicom:
        try:
            header = pydicom.dcmread(BytesIO(content), stop_before_pixels=True, force=True)
        except Exception:  # broken files make pydicom raise nearly anything
            raise DeliverError(f"{name}: the DICOM header cannot be read.") from None
        return source_from_header(header, name)


def source_from_header(header: Dataset, name: str = "The film") -> Source:
    """A source from a data set that was read already.

    Raises
    ------
    DeliverError
        If the header does not say which study the film belongs to.
    """
    for keyword in _IDENTITY:
        value = str(header.get(keyword) or "")
        if not UID(value).is_valid:
            raise DeliverError(
                f"{name}: a result joins the film's study, and its header has no valid {keyword}; "
                "export the film again from the archive."
            )
    return Source(header)
