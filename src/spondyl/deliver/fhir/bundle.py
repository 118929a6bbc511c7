"""A reading as a FHIR R4 bundle: DiagnosticReport, Observations, Device."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from spondyl import __version__
from spondyl.anatomy import LEVELS, codes
from spondyl.deliver.fhir.values import (
    body_component,
    codeable,
    quality_component,
    quantity_component,
)
from spondyl.deliver.observations import (
    body_evaluations,
    body_quantities,
    film_evaluations,
    film_quantities,
)
from spondyl.deliver.words import NOTICE, result_sentence
from spondyl.files import write_whole
from spondyl.read.model import Finding, Reading

Resource = dict[str, Any]

#: Says that the resource is for research (http://terminology.hl7.org/CodeSystem/v3-ActReason).
_RESEARCH = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HRESCH",
    "display": "healthcare research",
}
_CATEGORY = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "imaging",
            "display": "Imaging",
        }
    ]
}
_SERVICE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
            "code": "RAD",
            "display": "Radiology",
        }
    ]
}
_DICOM_UID = "urn:dicom:uid"


def fhir_bundle(reading: Reading, made_at: datetime | None = None) -> Resource:
    """A reading as a FHIR R4 bundle of type ``collection``.

    Parameters
    ----------
    reading : Reading
        Of a DICOM film, patient and study are referred to by their identifiers; of a picture,
        nobody is.
    made_at : datetime, optional
        Now by default.

    Returns
    -------
    dict
        JSON values. A DiagnosticReport (preliminary), an Observation for the film with one for each
        body as its members, and the Device that observed.
    """
    when = (made_at or datetime.now()).astimezone().isoformat(timespec="seconds")
    identity = _identity(reading)
    common = {
        "status": "preliminary",
        **({"subject": identity["subject"]} if "subject" in identity else {}),
        "issued": when,
    }
    device = _device(reading)
    bodies = [_body(reading, finding, common, device) for finding in reading.findings]
    film = _film(reading, common, device, bodies)
    report = {
        "resourceType": "DiagnosticReport",
        "id": _id(reading, "report"),
        "meta": {"security": [_RESEARCH]},
        **common,
        "category": [_SERVICE],
        "code": codeable(
            codes.PROJECTION_X_RAY, "Lateral lumbar spine radiograph, read by software"
        ),
        "result": [_reference(each) for each in (film, *bodies)],
        "conclusion": f"{result_sentence(reading)} {NOTICE}",
    }
    if "study" in identity:
        report["imagingStudy"] = [identity["study"]]
    if reading.assessable and reading.fractured:
        report["conclusionCode"] = [codeable(codes.VERTEBRAL_COMPRESSION_FRACTURE)]
    resources = (report, film, *bodies, device)
    return {
        "resourceType": "Bundle",
        "id": _id(reading, "bundle"),
        "meta": {"security": [_RESEARCH]},
        "type": "collection",
        "timestamp": when,
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }


def write_fhir(reading: Reading, path: Path) -> None:
    """Write ``fhir_bundle`` as a JSON file (whole or not at all)."""
    text = json.dumps(fhir_bundle(reading), indent=1, allow_nan=False, ensure_ascii=False)
    write_whole(path, text + "\n")


def _film(reading: Reading, common: Resource, device: Resource, bodies: list[Resource]) -> Resource:
    evaluations = film_evaluations(reading)
    fracture = evaluations[-1]
    found = {
        "resourceType": "Observation",
        "id": _id(reading, "film"),
        "meta": {"security": [_RESEARCH]},
        **common,
        "category": [_CATEGORY],
        "code": codeable(fracture.name),
        "valueCodeableConcept": codeable(fracture.value),
        "bodySite": codeable(codes.LUMBAR_SPINE),
        "note": _notes((NOTICE, reading.numbering.assumption, *reading.reasons,
                        *reading.warnings)),
        "device": _reference(device),
        "component": [
            *map(quality_component, evaluations[:-1]),
            *map(quantity_component, film_quantities(reading)),
        ],
    }  # fmt: skip
    if bodies:
        found["hasMember"] = [_reference(each) for each in bodies]
    return found


def _body(reading: Reading, finding: Finding, common: Resource, device: Resource) -> Resource:
    evaluations = body_evaluations(finding)
    judged = {
        each.name.value: each for each in evaluations
    }.pop(codes.VERTEBRAL_COMPRESSION_FRACTURE.value, None)  # fmt: skip
    found: Resource = {
        "resourceType": "Observation",
        "id": _id(reading, str(finding.level)),
        "meta": {"security": [_RESEARCH]},
        **common,
        "category": [_CATEGORY],
        "code": codeable(judged.name if judged else codes.VERTEBRA),
    }
    if judged:
        found["valueCodeableConcept"] = codeable(judged.value)
    found["bodySite"] = codeable(codes.level_code(finding.level))
    if finding.reasons:
        found["note"] = _notes(finding.reasons)
    found["device"] = _reference(device)
    found["component"] = [
        *(quality_component(each) for each in evaluations if each is not judged),
        *map(quantity_component, body_quantities(reading, finding)),
        body_component(finding),
    ]
    assert LEVELS[finding.level].judged == (judged is not None)
    return found


def _device(reading: Reading) -> Resource:
    return {
        "resourceType": "Device",
        "id": _id(reading, "device"),
        "status": "active",
        "manufacturer": "Spondyl",
        "serialNumber": reading.model.sha256,
        "deviceName": [{"name": "Spondyl", "type": "model-name"}],
        "version": [
            {"type": {"text": "software"}, "value": __version__},
            {
                "type": {"text": "networks"},
                "value": f"{reading.model.name} {reading.model.version}",
            },
            {"type": {"text": "site"}, "value": f"{reading.site} {reading.site_sha256}".strip()},
        ],
        "note": [{"text": NOTICE}],
    }


def _identity(reading: Reading) -> Resource:
    """Who and what the film says it belongs to; empty for a picture."""
    if reading.film.metadata.get("Format") != "dicom" or reading.film.path is None:
        return {}
    from spondyl.deliver.dicom.source import source_of

    header = source_of(reading).header
    uid = f"urn:oid:{header.StudyInstanceUID}"
    study = {"type": "ImagingStudy", "identifier": {"system": _DICOM_UID, "value": uid}}
    patient = str(header.get("PatientID") or "").strip()
    if not patient:
        return {"study": study}
    return {
        "study": study,
        "subject": {"type": "Patient", "identifier": {"value": patient}},
    }


def _id(reading: Reading, part: str) -> str:
    """A UUID of version 8 that follows from film, networks, site and part."""
    words = (
        "spondyl", __version__, reading.film.sha256, reading.model.sha256, reading.site,
        reading.site_sha256, repr(reading.threshold), part,
    )  # fmt: skip
    digest = bytearray(hashlib.sha256("\x1f".join(words).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(digest)))


def _reference(resource: Resource) -> Resource:
    return {"reference": f"urn:uuid:{resource['id']}", "type": resource["resourceType"]}


def _notes(sentences: tuple[str, ...]) -> list[Resource]:
    return [{"text": sentence} for sentence in sentences if sentence]
