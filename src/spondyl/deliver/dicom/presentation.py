"""Grayscale Softcopy Presentation State: findings that a viewer draws over the film itself."""

from copy import deepcopy
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage

from spondyl.deliver.dicom.objects import (
    Order,
    film_reference,
    finish,
    new_dataset,
    order,
    outline_px,
    save,
)
from spondyl.deliver.dicom.source import Source
from spondyl.deliver.dicom.uids import Result
from spondyl.deliver.errors import DeliverError
from spondyl.deliver.picture import COLOURS, Colour
from spondyl.deliver.words import NOTICE
from spondyl.read.model import Finding, Reading

#: Graphic layers, bottom to top: name, what lies in it, colour.
LAYERS: tuple[tuple[str, str, Colour], ...] = (
    ("BODIES", "Vertebral bodies without fracture", COLOURS.normal),
    ("UNJUDGED", "Vertebral bodies that could not be judged", COLOURS.unjudged),
    ("FRACTURES", "Vertebral bodies with a suspected fracture", COLOURS.fractured),
    ("NOTICE", "What this is not for", COLOURS.suspicious),
)
#: Where the notice stands on the display: left, top, right, bottom as shares of it.
_NOTICE_BOX = (0.02, 0.95, 0.6, 0.99)
_VOI = ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation", "VOILUTFunction")


def presentation(
    reading: Reading, source: Source | None = None, made_at: datetime | None = None
) -> Dataset:
    """A reading's outlines and words as a presentation state of its film.

    Grey values are shown as the film's header says; nothing of the film is changed.

    Parameters
    ----------
    reading : Reading
    source : Source, optional
        The film's header; read from the film's file by default.
    made_at : datetime, optional
        Now by default.

    Raises
    ------
    DeliverError
        If the film is no DICOM object that belongs to a study, or is not grey.
    """
    what = order(reading, source, made_at)
    header = what.source.header
    if int(header.get("SamplesPerPixel") or 1) != 1:
        raise DeliverError(
            "A grayscale presentation state needs a grey film, and this one is in colour; choose "
            "sc instead."
        )
    dataset = new_dataset(GrayscaleSoftcopyPresentationStateStorage, "PR")
    dataset.ContentLabel = "SPONDYL"
    dataset.ContentDescription = "Vertebral bodies (research use only)"
    dataset.ContentCreatorName = "Spondyl^Software"
    dataset.BodyPartExamined = "LSPINE"
    dataset.PresentationCreationDate, dataset.PresentationCreationTime = what.date, what.time
    dataset.ReferencedSeriesSequence = Sequence([_series(what)])
    dataset.DisplayedAreaSelectionSequence = Sequence([_area(what)])
    used = _annotate(dataset, what)
    dataset.GraphicLayerSequence = Sequence([_layer(*each) for each in used])
    _grey_values(header, dataset)
    finish(dataset, what, Result.PRESENTATION)
    return dataset


def write_presentation(reading: Reading, path: Path) -> None:
    """Write ``presentation`` as a DICOM file (whole or not at all)."""
    save(presentation(reading), path)


def layer_of(finding: Finding) -> str:
    """The graphic layer of a body."""
    if not finding.assessable:
        return "UNJUDGED"
    return "FRACTURES" if finding.fractured else "BODIES"


def _series(what: Order) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = str(what.source.header.SeriesInstanceUID)
    item.ReferencedImageSequence = Sequence([film_reference(what)])
    return item


def _area(what: Order) -> Dataset:
    width, height = what.reading.film.size_px
    item = Dataset()
    item.DisplayedAreaTopLeftHandCorner = [1, 1]
    item.DisplayedAreaBottomRightHandCorner = [width, height]
    item.PresentationSizeMode = "SCALE TO FIT"
    # Spondyl reads every film as if its pixels were square, and its outlines are of that film.
    item.PresentationPixelAspectRatio = [1, 1]
    return item


def _annotate(dataset: Dataset, what: Order) -> list[tuple[int, str, str, Colour]]:
    """Add the annotations; returns the layers that have some, numbered."""
    annotations: list[Dataset] = []
    used: list[tuple[int, str, str, Colour]] = []
    for name, description, colour in LAYERS:
        item = Dataset()
        item.GraphicLayer = name
        bodies = [finding for finding in what.reading.findings if layer_of(finding) == name]
        if bodies:
            item.GraphicObjectSequence = Sequence([_outline(what, each) for each in bodies])
            item.TextObjectSequence = Sequence([_text(what, each) for each in bodies])
        elif name == "NOTICE":
            item.TextObjectSequence = Sequence([_notice()])
        else:
            continue
        annotations.append(item)
        used.append((len(used) + 1, name, description, colour))
    dataset.GraphicAnnotationSequence = Sequence(annotations)
    return used


def _outline(what: Order, finding: Finding) -> Dataset:
    points = outline_px(what.reading, finding)
    item = Dataset()
    item.GraphicAnnotationUnits = "PIXEL"
    item.GraphicDimensions = 2
    item.NumberOfGraphicPoints = len(points)
    item.GraphicData = [float(np.float32(value)) for value in points.ravel()]
    item.GraphicType = "POLYLINE"
    item.GraphicFilled = "N"
    return item


def _text(what: Order, finding: Finding) -> Dataset:
    """Name of the body behind it, with what is suspected."""
    words = str(finding.level)
    if finding.assessable and finding.fractured:
        words += f" fracture {finding.fracture_probability:.0%}"
        if finding.genant_grade is not None:
            words += f" grade {int(finding.genant_grade)}"
    posterior = outline_px(what.reading, finding)[[0, -2]].mean(axis=0)
    item = Dataset()
    item.UnformattedTextValue = words
    item.AnchorPointAnnotationUnits = "PIXEL"
    item.AnchorPoint = [float(np.float32(value)) for value in posterior]
    item.AnchorPointVisibility = "N"
    return item


def _notice() -> Dataset:
    left, top, right, bottom = _NOTICE_BOX
    item = Dataset()
    item.UnformattedTextValue = NOTICE
    item.BoundingBoxAnnotationUnits = "DISPLAY"
    item.BoundingBoxTopLeftHandCorner = [left, top]
    item.BoundingBoxBottomRightHandCorner = [right, bottom]
    item.BoundingBoxTextHorizontalJustification = "LEFT"
    return item


def _layer(number: int, name: str, description: str, colour: Colour) -> Dataset:
    item = Dataset()
    item.GraphicLayer = name
    item.GraphicLayerOrder = number
    item.GraphicLayerDescription = description
    picture = np.array([[colour]], np.float32) / 255
    lightness, a, b = (float(value) for value in cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)[0, 0])
    # PCS values of 16 bits (PS3.3 C.10.7.1.1).
    item.GraphicLayerRecommendedDisplayCIELabValue = [
        round(value * 65535) for value in (lightness / 100, (a + 128) / 255, (b + 128) / 255)
    ]
    item.GraphicLayerRecommendedDisplayGrayscaleValue = round(lightness / 100 * 65535)
    return item


def _grey_values(film: Dataset, target: Dataset) -> None:
    """The film's own grey chain: modality, VOI, presentation (PS3.4 N.2)."""
    if film.get("ModalityLUTSequence"):
        target.ModalityLUTSequence = deepcopy(film.ModalityLUTSequence)
    elif film.get("RescaleSlope") is not None and film.get("RescaleIntercept") is not None:
        target.RescaleSlope, target.RescaleIntercept = film.RescaleSlope, film.RescaleIntercept
        target.RescaleType = film.get("RescaleType") or "US"
    voi = Dataset()
    if film.get("VOILUTSequence"):
        voi.VOILUTSequence = deepcopy(film.VOILUTSequence)
    elif film.get("WindowCenter") not in (None, "") and film.get("WindowWidth") not in (None, ""):
        for keyword in _VOI:
            if film.get(keyword) not in (None, ""):
                setattr(voi, keyword, deepcopy(film[keyword].value))
    if len(voi):
        target.SoftcopyVOILUTSequence = Sequence([voi])
    # A presentation state takes the place of MONOCHROME1, too.
    dark_first = str(film.get("PhotometricInterpretation")) == "MONOCHROME1"
    target.PresentationLUTShape = "INVERSE" if dark_first else "IDENTITY"
