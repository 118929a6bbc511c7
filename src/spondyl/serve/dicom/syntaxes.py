"""What the node offers to take: every film class in every transfer syntax that it can decode."""

from pydicom import uid

from spondyl.film.dicom_header import FILM_CLASSES
from spondyl.film.dicom_pixels import JPEG2000_SYNTAXES, JPEG_SYNTAXES

#: Without compression first: a caller that can send either way is then asked for the plainer one.
TRANSFER_SYNTAXES: tuple[str, ...] = (
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.RLELossless,
    *sorted(JPEG_SYNTAXES),
    *sorted(JPEG2000_SYNTAXES),
)
SOP_CLASSES: tuple[str, ...] = tuple(sorted(FILM_CLASSES))

VERIFICATION = "1.2.840.10008.1.1"
STORAGE_COMMITMENT = "1.2.840.10008.1.20.1"
#: The one instance of its class that all share (PS3.6).
STORAGE_COMMITMENT_INSTANCE = "1.2.840.10008.1.20.1.1"
