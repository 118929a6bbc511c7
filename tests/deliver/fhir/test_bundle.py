"""The FHIR bundle, against HL7's schema of R4."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest

from spondyl.anatomy import codes
from spondyl.deliver.fhir.bundle import fhir_bundle, write_fhir

SCHEMA = json.loads((Path(__file__).parents[2] / "data/fhir-r4.schema.json").read_text())
WHEN = datetime(2026, 11, 23, 14, 5)


def _errors(bundle) -> list[str]:
    return [error.message for error in jsonschema.Draft6Validator(SCHEMA).iter_errors(bundle)]


def _resources(bundle, kind):
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def test_the_schema_refuses_what_is_wrong(reading):
    bundle = fhir_bundle(reading, WHEN)
    _resources(bundle, "Observation")[1]["status"] = 7
    assert _errors(bundle) != []
    bundle = fhir_bundle(reading, WHEN)
    _resources(bundle, "DiagnosticReport")[0]["verdict"] = "broken"
    assert _errors(bundle) != []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"findings": ()},
        {"assessable": False, "fractured": False, "reasons": ("A frontal film.",)},
        {"warnings": ()},
    ],
)
def test_it_keeps_to_the_schema_of_r4(reading, change):
    assert _errors(fhir_bundle(replace(reading, **change), WHEN)) == []


def test_every_body_is_an_observation(reading):
    bundle = fhir_bundle(reading, WHEN)
    film, *bodies = _resources(bundle, "Observation")
    (report,) = _resources(bundle, "DiagnosticReport")
    assert len(bodies) == len(reading.findings)
    assert [m["reference"] for m in film["hasMember"]] == [f"urn:uuid:{b['id']}" for b in bodies]
    assert len(report["result"]) == 1 + len(bodies)
    for body, finding in zip(bodies, reading.findings, strict=True):
        site = body["bodySite"]["coding"][0]
        assert site["system"] == "http://snomed.info/sct"
        assert site["code"] == codes.level_code(finding.level).value
    fractured = bodies[1]
    assert fractured["valueCodeableConcept"]["coding"][0]["code"] == codes.PRESENT.value
    numbers = {
        c["code"]["coding"][0]["code"]: c["valueQuantity"]["value"]
        for c in fractured["component"]
        if "valueQuantity" in c
    }
    assert numbers[codes.PROBABILITY.value] == 0.9123
    assert numbers[codes.HEIGHT_LOSS.value] == 31.0
    assert "valueCodeableConcept" not in bodies[-1]  # the sacrum is not judged
    indeterminate = bodies[0]["valueCodeableConcept"]["coding"][0]
    assert indeterminate["code"] == codes.INDETERMINATE.value
    assert bodies[0]["note"] == [{"text": "Cut off."}]


def test_references_lead_somewhere(reading):
    bundle = fhir_bundle(reading, WHEN)
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    assert len(known) == len(bundle["entry"])

    def references(value):
        if isinstance(value, dict):
            if "reference" in value:
                yield value["reference"]
            for child in value.values():
                yield from references(child)
        elif isinstance(value, list):
            for child in value:
                yield from references(child)

    assert set(references(bundle)) <= known


def test_the_report_says_what_it_is_not_for(reading):
    (report,) = _resources(fhir_bundle(reading, WHEN), "DiagnosticReport")
    assert report["status"] == "preliminary"
    assert report["conclusion"].endswith("Research use only. Not for diagnosis.")
    assert "L2 (probability 91%, grade 2 wedge)" in report["conclusion"]
    assert report["conclusionCode"][0]["coding"][0]["code"] == "42942008"
    assert "subject" not in report


def test_the_same_reading_has_the_same_resources(reading, tmp_path):
    assert fhir_bundle(reading, WHEN) == fhir_bundle(reading, WHEN)
    other = replace(reading, model=replace(reading.model, sha256="e" * 64))
    assert fhir_bundle(other, WHEN)["id"] != fhir_bundle(reading, WHEN)["id"]
    write_fhir(reading, tmp_path / "fhir.json")
    assert _errors(json.loads((tmp_path / "fhir.json").read_text())) == []
