"""The JSON form follows its contract and its own schema."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spondyl.deliver import reading_schema, reading_to_json, write_reading_json
from spondyl.read.model import Reading

KEYS = [
    "schema", "film", "model", "site", "assessable", "reasons", "fracture_probability",
    "threshold", "fractured", "numbering", "vertebrae", "warnings",
]  # fmt: skip
BODY_KEYS = [
    "level", "level_confidence", "confidence", "corners_px", "mid_endplates_px", "assessable",
    "reasons", "fracture_probability", "fractured", "genant_grade", "shape", "heights_px",
    "height_loss",
]  # fmt: skip


def _check(value: object, schema: dict, root: dict, where: str = "$") -> None:
    """The part of JSON Schema that the reading's schema uses."""
    if "$ref" in schema:
        return _check(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, where)
    if "const" in schema:
        assert value == schema["const"], where
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
    if "type" in schema:
        names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
        fits = any(
            isinstance(value, kinds[name])
            if name in kinds
            else isinstance(value, int if name == "integer" else int | float)
            and not isinstance(value, bool)
            for name in names
        )
        assert fits, f"{where}: {value!r} is no {names}"
    if isinstance(value, dict):
        assert list(value) == list(schema["properties"]), f"{where}: keys or their order"
        assert schema["required"] == list(schema["properties"])
        for key, item in value.items():
            _check(item, schema["properties"][key], root, f"{where}.{key}")
    elif isinstance(value, list):
        assert schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 99), where
        for k, item in enumerate(value):
            _check(item, schema["items"], root, f"{where}[{k}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        assert schema.get("minimum", -np.inf) <= value <= schema.get("maximum", np.inf), where
    return None


def test_keys_and_their_order(reading: Reading) -> None:
    content = reading_to_json(reading)
    assert list(content) == KEYS
    assert list(content["vertebrae"][0]) == BODY_KEYS
    assert content["vertebrae"][1]["corners_px"]["superior_anterior"] == [290.0, 152.0]
    assert content["vertebrae"][1]["mid_endplates_px"]["inferior"] == [247.0, 220.0]
    assert content["film"]["size_px"] == [460, 700]
    assert content["film"]["spacing_source"] == "detector"
    assert content["fracture_probability"] == 0.9123
    assert content["numbering"]["alternative_shift"] == -1


def test_follows_the_schema(reading: Reading) -> None:
    schema = reading_schema()
    _check(reading_to_json(reading), schema, schema)


def test_the_check_can_fail(reading: Reading) -> None:
    schema = reading_schema()
    content = reading_to_json(reading)
    content["vertebrae"][0]["level"] = "T8"
    with pytest.raises(AssertionError, match="T8"):
        _check(content, schema, schema)


def test_numbers_that_are_not_finite_become_null(reading: Reading) -> None:
    broken = replace(reading.findings[0], corners_px=np.full((4, 2), np.nan))
    text = json.dumps(reading_to_json(replace(reading, findings=(broken,))), allow_nan=False)
    assert "null" in text


def test_file_comes_whole_and_reads_back(reading: Reading, tmp_path: Path) -> None:
    file = tmp_path / "reading.json"
    write_reading_json(reading, file)
    assert json.loads(file.read_text(encoding="utf-8")) == reading_to_json(reading)
    assert list(tmp_path.iterdir()) == [file]
