from functools import cache

import pytest
from pydicom.sr.codedict import codes
from pydicom.uid import UID

from spondyl.anatomy import LEVEL_CODES, VERTEBRAL_COMPRESSION_FRACTURE, Level
from spondyl.anatomy.codes import (
    ABSENT,
    ANATOMICAL_STRUCTURE,
    COMMENT,
    GRADE_CODES,
    INDETERMINATE,
    LUMBAR_SPINE,
    NO,
    PRESENT,
    PRIVATE_CODES,
    PRIVATE_SCHEME,
    PROBABILITY,
    PROJECTION_X_RAY,
    THRESHOLD,
    VERTEBRA,
    YES,
    level_code,
)


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


def test_private_codes_differ_and_fit_a_code_value():
    values = [code.value for code in PRIVATE_CODES]
    assert len(set(values)) == len(values)
    assert all(len(value) <= 16 for value in values), "longer ones become LongCodeValue"
    assert {code.scheme for code in PRIVATE_CODES} == {PRIVATE_SCHEME.designator}
    assert UID(PRIVATE_SCHEME.uid).is_valid


@cache
def _known(scheme):
    entries = getattr(codes, scheme)
    found = [getattr(entries, name) for name in entries.dir()]
    return {(entry.value, entry.meaning.lower()) for entry in found}


@pytest.mark.parametrize("level", Level)
def test_every_level_has_a_code(level):
    assert (level_code(level).scheme == "SCT") == (level is not Level.L6)


@pytest.mark.parametrize(
    "code",
    [PRESENT, ABSENT, INDETERMINATE, YES, NO, VERTEBRA, ANATOMICAL_STRUCTURE, PROJECTION_X_RAY,
     PROBABILITY, THRESHOLD, COMMENT, *GRADE_CODES.values()],
)  # fmt: skip
def test_standard_codes_mean_what_the_dictionary_of_pydicom_says(code):
    assert (code.value, code.meaning.lower()) in _known(code.scheme)
