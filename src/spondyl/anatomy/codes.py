"""SNOMED CT codes of levels and findings (pydicom's concept dictionary; CID 7603 Vertebra)."""

from dataclasses import dataclass
from types import MappingProxyType

from spondyl.anatomy.levels import Level


@dataclass(frozen=True)
class Code:
    """A coded concept: value, scheme designator (``SCT``), meaning."""

    value: str
    scheme: str
    meaning: str


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

VERTEBRAL_COMPRESSION_FRACTURE = Code("42942008", "SCT", "Compression fracture of vertebral column")
LUMBAR_SPINE = Code("122496007", "SCT", "Lumbar spine")
