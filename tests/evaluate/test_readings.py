import json

import numpy as np
import pytest

from spondyl.anatomy import GenantGrade, Level
from spondyl.evaluate.readings import (
    ReadingError,
    call_from_json,
    load_reading,
    reading_file,
    save_reading,
)
from tests.evaluate.makers import call, finding, quad, reading_json, right_call


def test_there_and_back(tmp_path):
    said = call(finding(Level.L1, quad(0), 0.7, grade=GenantGrade.MODERATE, loss=0.3))
    file = reading_file(tmp_path, "deep/film.png")
    save_reading(file, reading_json(said))
    back = call_from_json(load_reading(file))
    assert file == tmp_path / "deep" / "film.png" / "reading.json"
    one, other = said.findings[0], back.findings[0]
    np.testing.assert_array_equal(one.corners_px, other.corners_px)
    assert (other.level, other.genant_grade, other.height_loss) == (Level.L1, 2, 0.3)
    assert other.heights_px.posterior == 40.0
    assert (back.fractured, back.posterior_side, back.numbering_confidence) == (True, "left", 0.9)


@pytest.mark.parametrize("name", ["../x.png", "/x.png", "a/../../x.png"])
def test_a_name_cannot_leave_the_folder(tmp_path, name):
    with pytest.raises(ReadingError, match="must lie inside"):
        reading_file(tmp_path, name)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other/1"}'])
def test_other_files_are_refused(tmp_path, text):
    file = tmp_path / "reading.json"
    file.write_text(text)
    with pytest.raises(ReadingError, match=r"reading\.json"):
        load_reading(file)


@pytest.mark.parametrize("key", ["vertebrae", "numbering", "assessable"])
def test_missing_key_is_named(key):
    content = json.loads(json.dumps(reading_json(right_call())))
    del content[key]
    with pytest.raises(ReadingError, match=key):
        call_from_json(content)


def test_unknown_level_is_an_error():
    content = reading_json(right_call())
    content["vertebrae"][0]["level"] = "C7"
    with pytest.raises(ReadingError, match="C7"):
        call_from_json(content)
