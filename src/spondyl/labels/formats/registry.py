"""The label formats: one entry each, which the command line and the documentation go by."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from spondyl.labels.formats import buu, coco, cvat, label_studio, labelme, via
from spondyl.labels.formats.drawn import LabelSet, ReadOptions


class Origin(StrEnum):
    """Where a format's point (0, 0) lies."""

    CENTRE = "centre of the first pixel"
    CORNER = "outer corner of the first pixel"


@dataclass(frozen=True)
class LabelFormat:
    """One format.

    Attributes
    ----------
    name : str
        As the command line takes it.
    title : str
    file : str
        What is read and written: a file, or a folder.
    origin : Origin
        Coordinates are shifted by half a pixel where it is not ours.
    step_px : float
        How finely coordinates are written.
    states_size : bool
        It says how large a film is; otherwise its picture is looked at.
    keeps : str
        How it holds what it has no place of its own for.
    read : callable
        (path, options) -> LabelSet; raises FormatError, OSError.
    write : callable
        (labels, path) -> the files written; whole or not at all, each.
    """

    name: str
    title: str
    file: str
    origin: Origin
    step_px: float
    states_size: bool
    keeps: str
    read: Callable[[Path, ReadOptions], LabelSet]
    write: Callable[[LabelSet, Path], list[Path]]


#: Every format by name.
FORMATS: MappingProxyType[str, LabelFormat] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            LabelFormat(
                name="coco",
                title="COCO keypoints",
                file="one JSON file",
                origin=Origin.CENTRE,
                step_px=0.01,
                states_size=True,
                keeps="`attributes` of images and annotations",
                read=coco.read,
                write=coco.write,
            ),
            LabelFormat(
                name="labelme",
                title="LabelMe",
                file="a folder, one JSON file a film",
                origin=Origin.CORNER,
                step_px=0.01,
                states_size=True,
                keeps="`attributes` of shapes, `spondyl` of files, which LabelMe leaves alone",
                read=labelme.read,
                write=labelme.write,
            ),
            LabelFormat(
                name="cvat",
                title="CVAT for images 1.1",
                file="one XML file",
                origin=Origin.CORNER,
                step_px=0.01,
                states_size=True,
                keeps="attributes of shapes; a tag `film` on each image",
                read=cvat.read,
                write=cvat.write,
            ),
            LabelFormat(
                name="via",
                title="VGG Image Annotator 2",
                file="one JSON file: a project, or annotations alone",
                origin=Origin.CORNER,
                step_px=0.01,
                states_size=False,
                keeps="region and file attributes",
                read=via.read,
                write=via.write,
            ),
            LabelFormat(
                name="labelstudio",
                title="Label Studio",
                file="one JSON file of tasks",
                origin=Origin.CORNER,
                step_px=0.01,
                states_size=True,
                keeps="`data.spondyl` of tasks",
                read=label_studio.read,
                write=label_studio.write,
            ),
            LabelFormat(
                name="buu",
                title="BUU-LSPINE corners",
                file="a folder, one CSV file a film",
                origin=Origin.CENTRE,
                step_px=0.01,
                states_size=False,
                keeps="`spondyl.json` beside the CSV files",
                read=buu.read,
                write=buu.write,
            ),
        )
    }
)


def format_named(name: str) -> LabelFormat:
    """The format of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in FORMATS:
        raise ValueError(f"No label format {name!r}; known are {', '.join(FORMATS)}.")
    return FORMATS[name]
