"""Films and readings without their patient, for exports (PS3.15 E, Basic Profile)."""

import hashlib
import hmac
import io
import secrets
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from spondyl.anatomy.codes import Code
from spondyl.deliver.dicom.objects import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    code_item,
    save,
)
from spondyl.deliver.errors import DeliverError
from spondyl.film.quiet import quiet_pydicom
from spondyl.read.model import Reading

#: Edition of PS3.15 table E.1-1 that the rules follow.
EDITION = "dicomfields_2026c"
BASIC_PROFILE = Code("113100", "DCM", "Basic Application Confidentiality Profile")
#: Dates and times that the library writes for unknown ones; DICOM has the empty value for that.
_DATES, _DUMMIES = ("DA", "DT", "TM"), ("00010101", "000000.0")
_METHOD = "PS3.15 Basic Profile, headers only; burnt-in letters are not looked for"


class Deidentifier:
    """Takes patients out of films; one object for one export.

    Films of one patient get one pseudonym, films of one study one study, as long as this object
    lives: its secret is thrown away with it, so that nobody can compute the way back.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def reading(self, reading: Reading, film_path: Path) -> Reading:
        """The same reading of the same film without its patient.

        A DICOM film is written anew to ``film_path`` and the reading's results then join that
        film's study. Of a picture, path and checksum are left out.

        Raises
        ------
        DeliverError
            If the header says that the pixels show who the patient is, or the file is gone.
        """
        film = reading.film
        if film.metadata.get("Format") != "dicom" or film.path is None:
            return replace(reading, film=replace(film, path=None, sha256=""))
        with quiet_pydicom:
            try:
                dataset = pydicom.dcmread(film.path, force=True)
            except OSError as error:
                raise DeliverError(
                    f"The film {film.path} cannot be opened again ({error.strerror})."
                ) from None
            if str(dataset.get("BurnedInAnnotation") or "") == "YES":
                raise DeliverError(
                    f"{film.path.name}: its header says that letters in the picture name the "
                    "patient, and those cannot be taken out here; blacken them first."
                )
            self.clean(dataset)
        save(dataset, film_path)
        sha256 = hashlib.sha256(film_path.read_bytes()).hexdigest()
        return replace(reading, film=replace(film, path=film_path, sha256=sha256))

    def clean(self, dataset: FileDataset) -> None:
        """Apply the Basic Profile to a film in place, sequences and private attributes included."""
        patient = self._pseudonym(str(dataset.get("PatientID") or ""))
        syntax = dataset.file_meta.TransferSyntaxUID
        _apply_profile(dataset)
        dataset.PatientID = dataset.PatientName = patient
        dataset.PatientIdentityRemoved = "YES"
        dataset.DeidentificationMethod = _METHOD[:64]
        dataset.DeidentificationMethodCodeSequence = Sequence([code_item(BASIC_PROFILE)])
        # The old preamble and file meta information may name stations.
        dataset.preamble = b"\0" * 128
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        meta.TransferSyntaxUID = syntax
        meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
        meta.ImplementationVersionName = IMPLEMENTATION_VERSION
        dataset.file_meta = meta

    def _pseudonym(self, patient_id: str) -> str:
        if not patient_id:
            return ""
        digest = hmac.new(self._secret, patient_id.encode("utf-8"), hashlib.sha256)
        return f"P-{digest.hexdigest()[:12].upper()}"


def _apply_profile(dataset: Dataset) -> None:
    from dicomanonymizer.simpledicomanonymizer import anonymize_dataset, initialize_actions

    with redirect_stdout(io.StringIO()):  # the library prints tags that it cannot read
        anonymize_dataset(dataset, base_rules_gen=lambda: initialize_actions(EDITION))
    # The library's rules for single attributes reach the outermost level only.
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                _apply_profile(item)
        elif element.VR == "PN" or (element.VR in _DATES and str(element.value)[:8] in _DUMMIES):
            element.value = ""
