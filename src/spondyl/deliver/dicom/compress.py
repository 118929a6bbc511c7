"""Lossless compression of a picture's pixels, and the way back."""

import threading
from enum import StrEnum
from types import MappingProxyType

from pydicom.dataset import Dataset
from pydicom.uid import UID, JPEG2000Lossless, JPEGLSLossless, RLELossless

from spondyl.film.quiet import quiet_pydicom


class Compression(StrEnum):
    """How the pixels of a Secondary Capture are kept; all of these give them back as they were."""

    NONE = "none"
    RLE = "rle"
    JPEG_LS = "jpeg-ls"
    JPEG_2000 = "jpeg2000"


SYNTAXES: MappingProxyType[Compression, UID] = MappingProxyType(
    {
        Compression.RLE: RLELossless,
        Compression.JPEG_LS: JPEGLSLossless,
        Compression.JPEG_2000: JPEG2000Lossless,
    }
)
#: The codec of JPEG 2000 crashes when two threads use it at once.
_ONE_AT_A_TIME = threading.Lock()


def compress(dataset: Dataset, how: Compression) -> None:
    """Compress a picture in place; its UIDs stay, since its pixels do.

    Parameters
    ----------
    dataset : Dataset
        With uncompressed pixels, grey or RGB.
    how : Compression
    """
    if how is Compression.NONE:
        return
    if how is Compression.JPEG_2000 and dataset.SamplesPerPixel == 3:
        # Says that the encoder takes the grey that the colours share apart (PS3.5 8.2.4): half the
        # size, since most of the picture is grey.
        dataset.PhotometricInterpretation = "YBR_RCT"
    with _ONE_AT_A_TIME, quiet_pydicom:
        dataset.compress(SYNTAXES[how], generate_instance_uid=False)


def decompress(dataset: Dataset) -> None:
    """Uncompress a picture in place, for who cannot read it otherwise; its UIDs stay."""
    with _ONE_AT_A_TIME, quiet_pydicom:
        dataset.decompress(generate_instance_uid=False)
