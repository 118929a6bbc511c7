"""Words that every form of a result uses."""

import unicodedata

from spondyl.read.model import Finding, Reading

NOTICE = "Research use only. Not for diagnosis."

#: Signs of the sentences that plain text writes otherwise.
_SIGNS = str.maketrans({"×": "x", "–": "-", "—": "-", "…": "...", "’": "'", "±": "+/-"})


def plain(text: str) -> str:
    """A text in ASCII, which every character set of DICOM holds; accents are dropped.

    Examples
    --------
    >>> plain("Universitätsklinik – 2 ×")
    'Universitatsklinik - 2 x'
    """
    spelt = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    return spelt.encode("ascii", "ignore").decode("ascii")


def result_sentence(reading: Reading) -> str:
    """The film's result in one sentence."""
    if not reading.assessable:
        return " ".join(("Not assessable.", *reading.reasons))
    hit = [finding for finding in reading.findings if finding.fractured]
    if not hit:
        return "No vertebral compression fracture found in the assessable bodies."
    return "Vertebral compression fracture suspected: " + ", ".join(map(_fracture, hit)) + "."


def _fracture(finding: Finding) -> str:
    parts = [f"probability {finding.fracture_probability:.0%}"]
    if finding.genant_grade is not None:
        parts.append(f"grade {int(finding.genant_grade)} {finding.shape or ''}".rstrip())
    return f"{finding.level} ({', '.join(parts)})"
