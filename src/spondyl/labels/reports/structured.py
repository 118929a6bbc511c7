"""Text out of DICOM structured reports."""

from pathlib import Path
from typing import Any

from spondyl.labels.reports.errors import ReportsError

#: SOP classes of structured reports begin so (DICOM PS3.4, B.5).
_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
_DEEPEST = 32


def is_structured_report(path: Path) -> bool:
    """By the SOP class in the header; anything that is no DICOM file is none."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
    except (InvalidDicomError, OSError, ValueError, EOFError):
        return False
    return str(header.get("SOPClassUID", "")).startswith(_REPORTS)


def read_structured_report(path: Path) -> tuple[str, dict[str, str]]:
    """The text of a structured report, its containers and concepts as headings.

    Returns
    -------
    text : str
    extra : dict
        ``image_uid``: the SOP instance UID of the first image that the report refers to.

    Raises
    ------
    ReportsError
        If the file is no DICOM structured report.
    """
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        report = pydicom.dcmread(path, stop_before_pixels=True)
        found = str(report.get("SOPClassUID", ""))
        if not found.startswith(_REPORTS):
            raise ReportsError(
                f"{path}: expected a DICOM structured report, found an object of class "
                f"{found or 'unknown'}."
            )
        lines: list[str] = []
        images: list[str] = []
        _walk(report.get("ContentSequence", ()), lines, images, 0)
    except (InvalidDicomError, OSError, EOFError, AttributeError, KeyError) as error:
        raise ReportsError(
            f"{path}: not a DICOM structured report that can be read ({error})."
        ) from None
    return "\n".join(lines), ({"image_uid": images[0]} if images else {})


def _walk(items: Any, lines: list[str], images: list[str], depth: int) -> None:
    if depth > _DEEPEST:
        return
    for item in items:
        kind = str(item.get("ValueType", ""))
        heading = _meaning(item.get("ConceptNameCodeSequence"))
        if kind == "CONTAINER" and heading:
            lines += ["", f"{heading}:"]
        elif kind == "TEXT":
            value = str(item.get("TextValue", "")).strip()
            if value and heading and not _names(lines, heading):
                lines += ["", f"{heading}: {value}"]
            elif value:
                lines.append(value)
        elif kind == "CODE":
            value = _meaning(item.get("ConceptCodeSequence"))
            if value:
                lines.append(f"{heading}: {value}" if heading else value)
        elif kind == "IMAGE":
            images += [
                str(reference.ReferencedSOPInstanceUID)
                for reference in item.get("ReferencedSOPSequence", ())
                if "ReferencedSOPInstanceUID" in reference
            ]
        _walk(item.get("ContentSequence", ()), lines, images, depth + 1)


def _names(lines: list[str], heading: str) -> bool:
    """The container's heading says what the text's own would ("Findings" over "Finding")."""
    last = next((line for line in reversed(lines) if line), "")
    return last.rstrip(":s").lower() == heading.rstrip("s").lower()


def _meaning(codes: Any) -> str:
    return str(codes[0].get("CodeMeaning", "")) if codes else ""
