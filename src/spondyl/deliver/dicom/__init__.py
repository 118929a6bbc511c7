"""Readings as DICOM objects: Structured Report, Secondary Capture, presentation state, PDF.

Each object joins the film's own study as a new series: patient and study are copied from the film's
header byte for byte, UIDs follow from film, networks and site, so that reading a film again makes
the same objects again. Needs the extra ``[dicom]``.
"""
