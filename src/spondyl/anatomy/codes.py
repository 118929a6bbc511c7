"""Codes of levels, findings and measurements: standard where there is one, else Spondyl's own.

Standard codes are SNOMED CT (``SCT``), DICOM (``DCM``) and UCUM as pydicom's concept dictionary
gives them; levels are those of CID 7603 Vertebra. Whatever has no standard code is in the private
scheme ``99SPONDYL``, whose codes never change their meaning.
"""

from dataclasses import dataclass
from types import MappingProxyType

from spondyl.anatomy.genant import GenantGrade, Shape
from spondyl.anatomy.levels import Level


@dataclass(frozen=True)
class Code:
    """A coded concept: value, scheme designator (``SCT``), meaning."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class CodingScheme:
    """A coding scheme: designator, UID, name, and its URI in FHIR."""

    designator: str
    uid: str
    name: str
    uri: str


#: Where codes without a standard come from. The UID and URI are of this scheme alone.
PRIVATE_SCHEME = CodingScheme(
    designator="99SPONDYL",
    uid="2.25.316276218696430259379736165367847848510",
    name="Spondyl codes for readings of spine radiographs",
    uri="urn:oid:2.25.316276218696430259379736165367847848510",
)

#: Scheme designator -> URI in FHIR (PS3.16 table 8-1; hl7.org/fhir/terminologies-systems).
SCHEME_URIS: MappingProxyType[str, str] = MappingProxyType(
    {
        "SCT": "http://snomed.info/sct",
        "DCM": "http://dicom.nema.org/resources/ontology/DCM",
        "UCUM": "http://unitsofmeasure.org",
        "LN": "http://loinc.org",
        PRIVATE_SCHEME.designator: PRIVATE_SCHEME.uri,
    }
)


def _own(value: str, meaning: str) -> Code:
    return Code(value, PRIVATE_SCHEME.designator, meaning)


#: Level -> code. L6 has none in CID 7603.
LEVEL_CODES: MappingProxyType[Level, Code] = MappingProxyType(
    {
        Level.T8: Code("11068009", "SCT", "T8 vertebra"),
        Level.T9: Code("82687006", "SCT", "T9 vertebra"),
        Level.T10: Code("7610001", "SCT", "T10 vertebra"),
        Level.T11: Code("12989004", "SCT", "T11 vertebra"),
        Level.T12: Code("23215003", "SCT", "T12 vertebra"),
        Level.L1: Code("66794005", "SCT", "L1 vertebra"),
        Level.L2: Code("14293000", "SCT", "L2 vertebra"),
        Level.L3: Code("36470004", "SCT", "L3 vertebra"),
        Level.L4: Code("11994002", "SCT", "L4 vertebra"),
        Level.L5: Code("49668003", "SCT", "L5 vertebra"),
        Level.S1: Code("54735007", "SCT", "Sacrum"),
    }
)
#: Levels that no standard scheme names.
PRIVATE_LEVEL_CODES: MappingProxyType[Level, Code] = MappingProxyType(
    {Level.L6: _own("L6", "L6 vertebra")}
)


def level_code(level: Level) -> Code:
    """The code of a level; of the private scheme where CID 7603 has none.

    Examples
    --------
    >>> level_code(Level.L1).value, level_code(Level.L6).scheme
    ('66794005', '99SPONDYL')
    """
    return LEVEL_CODES[level] if level in LEVEL_CODES else PRIVATE_LEVEL_CODES[level]


# What is found, and whether.
VERTEBRAL_COMPRESSION_FRACTURE = Code("42942008", "SCT", "Compression fracture of vertebral column")
LUMBAR_SPINE = Code("122496007", "SCT", "Lumbar spine")
VERTEBRA = Code("51282000", "SCT", "Vertebra")
ANATOMICAL_STRUCTURE = Code("91723000", "SCT", "Anatomical Structure")
PRESENT = Code("52101004", "SCT", "Present")
ABSENT = Code("272519000", "SCT", "Absent")
INDETERMINATE = Code("82334004", "SCT", "Indeterminate")
YES = Code("373066001", "SCT", "Yes")
NO = Code("373067005", "SCT", "No")
PROJECTION_X_RAY = Code("113704", "DCM", "Projection X-Ray")

#: Genant's grades: severities of SNOMED CT.
GRADE_CODES: MappingProxyType[GenantGrade, Code] = MappingProxyType(
    {
        GenantGrade.NORMAL: Code("17621005", "SCT", "Normal"),
        GenantGrade.MILD: Code("255604002", "SCT", "Mild"),
        GenantGrade.MODERATE: Code("6736007", "SCT", "Moderate"),
        GenantGrade.SEVERE: Code("24484000", "SCT", "Severe"),
    }
)
#: Shapes of a fractured body; no standard scheme names all of them.
SHAPE_CODES: MappingProxyType[Shape, Code] = MappingProxyType(
    {
        Shape.NORMAL: Code("17621005", "SCT", "Normal"),
        Shape.WEDGE: _own("WEDGE", "Wedge deformity"),
        Shape.BICONCAVE: _own("BICONCAVE", "Biconcave deformity"),
        Shape.CRUSH: _own("CRUSH", "Crush deformity"),
    }
)

# What is measured.
PROBABILITY = Code("122157", "DCM", "Probability")
THRESHOLD = Code("122411", "DCM", "Threshold Value")
COMMENT = Code("121106", "DCM", "Comment")
GENANT_GRADE = _own("GENANT-GRADE", "Genant semiquantitative grade")
DEFORMITY_SHAPE = _own("DEFORMITY-SHAPE", "Shape of vertebral deformity")
ASSESSABLE = _own("ASSESSABLE", "Fracture can be assessed")
ANTERIOR_HEIGHT = _own("HEIGHT-ANTERIOR", "Anterior height of vertebral body")
MIDDLE_HEIGHT = _own("HEIGHT-MIDDLE", "Middle height of vertebral body")
POSTERIOR_HEIGHT = _own("HEIGHT-POSTERIOR", "Posterior height of vertebral body")
ANTERIOR_RATIO = _own("RATIO-ANTERIOR", "Anterior to posterior height ratio")
MIDDLE_RATIO = _own("RATIO-MIDDLE", "Middle to posterior height ratio")
HEIGHT_LOSS = _own("HEIGHT-LOSS", "Lost share of expected height")
LEVEL_CONFIDENCE = _own("LEVEL-PROB", "Probability that the level is right")
BODY_CONFIDENCE = _own("BODY-PROB", "Probability that a vertebral body is here")
CORNERS = _own("CORNERS", "Corners of vertebral body")
NUMBERING_CONFIDENCE = _own("NUMBERING-PROB", "Probability that all levels are right")

#: The private codes, in the order of the documentation.
PRIVATE_CODES: tuple[Code, ...] = (
    GENANT_GRADE,
    DEFORMITY_SHAPE,
    *(code for code in SHAPE_CODES.values() if code.scheme == PRIVATE_SCHEME.designator),
    ASSESSABLE,
    ANTERIOR_HEIGHT,
    MIDDLE_HEIGHT,
    POSTERIOR_HEIGHT,
    ANTERIOR_RATIO,
    MIDDLE_RATIO,
    HEIGHT_LOSS,
    LEVEL_CONFIDENCE,
    BODY_CONFIDENCE,
    NUMBERING_CONFIDENCE,
    CORNERS,
    *PRIVATE_LEVEL_CODES.values(),
)

# Units.
NO_UNITS = Code("1", "UCUM", "no units")
RATIO = Code("{ratio}", "UCUM", "ratio")
PERCENT = Code("%", "UCUM", "Percent")
MILLIMETRE = Code("mm", "UCUM", "mm")
PIXELS = Code("{pixels}", "UCUM", "pixels")
