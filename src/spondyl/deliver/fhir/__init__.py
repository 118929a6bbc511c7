"""Readings as FHIR R4 resources. JSON values only: no library, no server."""
