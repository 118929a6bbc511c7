"""Films and files for the tests of this room, made in code."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate

from spondyl.film import Film, film_dataset, film_from_bytes

STREAMS = Path(__file__).parent / "streams"


def phantom(height: int = 96, width: int = 80) -> NDArray[np.float64]:
    """A slope with a bright disc, 0..1, both ends reached."""
    y, x = np.mgrid[:height, :width]
    disc = (x - 0.6 * width) ** 2 + (y - 0.4 * height) ** 2 < (0.2 * width) ** 2
    grey = x / width + 0.4 * y / height + 0.5 * disc
    return (grey - grey.min()) / (grey.max() - grey.min())


def stream_phantom() -> NDArray[np.uint16]:
    """The 12-bit picture stored in ``streams/`` (encoded by imagecodecs 2026.3.6)."""
    y, x = np.mgrid[:64, :72]
    return (x * 24 + y * 12 + ((x - 40) ** 2 + (y - 30) ** 2 < 300) * 800).astype(np.uint16)


def file_bytes(dataset: FileDataset) -> bytes:
    """The DICOM file of a data set."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def film_of(dataset: FileDataset) -> Film:
    """What is read back from a data set."""
    return film_from_bytes(file_bytes(dataset))


def stored_dataset(stored: NDArray[np.integer], **settings: object) -> FileDataset:
    """A Secondary Capture of exactly these stored values, without any display range."""
    bits = int(settings.pop("bits", 16))  # type: ignore[call-overload]
    dataset = film_dataset(np.zeros(stored.shape), modality="SC", bits=bits, **settings)
    dataset.PixelData = stored.tobytes()
    return dataset


def encapsulated_dataset(stream: bytes, syntax: uid.UID, bits: int = 12) -> FileDataset:
    """A DX of the stream phantom's size with these compressed pixels."""
    dataset = film_dataset(np.zeros(stream_phantom().shape), bits=bits)
    dataset.PixelData = encapsulate([stream])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = syntax
    return dataset


def encoded(extension: str, pixels: NDArray[np.generic], *settings: int) -> bytes:
    """A picture file by OpenCV; three channels in the order blue, green, red."""
    done, data = cv2.imencode(extension, pixels, list(settings))
    assert done
    return data.tobytes()
