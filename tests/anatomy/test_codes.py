import pytest
from pydicom.sr.codedict import codes

from spondyl.anatomy import LEVEL_CODES, VERTEBRAL_COMPRESSION_FRACTURE, Level
from spondyl.anatomy.codes import LUMBAR_SPINE


def test_codes_differ():
    values = [code.value for code in LEVEL_CODES.values()]
    assert len(set(values)) == len(values) == len(Level) - 1


@pytest.mark.parametrize("level", [level for level in LEVEL_CODES if level is not Level.S1])
def test_levels_agree_with_the_dictionary_of_pydicom(level):
    entry = getattr(codes.SCT, f"{level}Vertebra", None)
    assert entry is not None, f"pydicom names no {level} vertebra"
    assert entry.value == LEVEL_CODES[level].value


def test_other_concepts_agree_with_the_dictionary_of_pydicom():
    known = {entry.value for entry in (getattr(codes.SCT, name) for name in codes.SCT.dir())}
    assert LEVEL_CODES[Level.S1].value in known
    assert LUMBAR_SPINE.value in known
    assert VERTEBRAL_COMPRESSION_FRACTURE.scheme == "SCT"
