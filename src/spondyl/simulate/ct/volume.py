"""CT volumes and the masks of their vertebrae, found by name and brought into one frame."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import Level
from spondyl.simulate.shapes.volumes import LABELS, Numbering

#: Thicker slices show endplates as slopes; corners found in them would be guesses.
COARSEST_MM = 3.1

_SUFFIXES = (".nii.gz", ".nii")
#: Endings of masks -> endings of the CT that belongs to them, and the numbering of the mask.
_PAIRS: tuple[tuple[str, tuple[str, ...], Numbering], ...] = (
    ("_seg-vert_msk", ("_ct", ""), Numbering.VERSE),
    ("_vert", ("_ct", ""), Numbering.VERSE),
    ("_total", ("_ct", ""), Numbering.TOTALSEGMENTATOR),
)
_CT_PART = re.compile(r"_(?:dir-[a-z]+_)?ct$")
_SACRUM = {Numbering.VERSE: 26, Numbering.TOTALSEGMENTATOR: 25}
#: TotalSegmentator's folder of one mask a structure.
_FOLDER = "segmentations"


@dataclass(frozen=True)
class CtFiles:
    """One CT and its masks.

    Attributes
    ----------
    name : str
        Of the case; films are named after it.
    ct : Path
    mask : Path or None
        One file with a number a vertebra.
    masks : mapping of Level to Path
        One file a vertebra, where there is no such file.
    numbering : Numbering
    """

    name: str
    ct: Path
    mask: Path | None = None
    masks: Mapping[Level, Path] = field(default_factory=dict)
    numbering: Numbering = Numbering.VERSE


@dataclass(frozen=True)
class LabelledCt:
    """A CT and its vertebrae in one grid.

    Attributes
    ----------
    hu : ndarray, shape (nx, ny, nz), float32
        Axes to the right, the front and the top of the patient; Hounsfield units.
    levels : ndarray of int16, same shape
        0 outside, else 1 + the level's place from T8 down.
    spacing_mm : tuple of float
    """

    hu: NDArray[np.float32]
    levels: NDArray[np.int16]
    spacing_mm: tuple[float, float, float]


def find_ct(path: Path) -> tuple[list[CtFiles], tuple[str, ...]]:
    """The labelled CTs of a folder and below it.

    Parameters
    ----------
    path : Path
        With VerSe's names (``x_ct.nii.gz`` and ``x_seg-vert_msk.nii.gz``, the derivatives in a
        folder of their own or not), ``x_ct`` and ``x_vert`` (VerSe numbers) or ``x_total``
        (TotalSegmentator's), or TotalSegmentator's folders (``ct.nii.gz`` beside
        ``segmentations/vertebrae_L1.nii.gz`` and so on).

    Returns
    -------
    files : list of CtFiles
    skipped : tuple of str
        A sentence for each mask without a CT.
    """
    volumes = sorted(p for p in path.rglob("*") if p.name.endswith(_SUFFIXES) and p.is_file())
    stems = {_stem(p): p for p in volumes}
    found: list[CtFiles] = []
    skipped: list[str] = []
    for mask in volumes:
        for ending, ct_endings, numbering in _PAIRS:
            case = _stem(mask).removesuffix(ending)
            if case == _stem(mask):
                continue
            ct = next((stems[case + e] for e in ct_endings if case + e in stems), None)
            if ct is None:
                # VerSe: the direction is in the name of the CT alone.
                near = [p for s, p in stems.items() if _CT_PART.sub("", s) == case and s != case]
                ct = near[0] if near else None
            if ct is None:
                skipped.append(f"{mask.name}: its CT ({case}_ct.nii.gz) is not there.")
            else:
                found.append(CtFiles(case, ct, mask, {}, numbering))
            break
    for folder in sorted(p for p in path.rglob(_FOLDER) if p.is_dir()):
        ct = folder.parent / "ct.nii.gz"
        masks = {
            level: file
            for level in Level
            if (file := folder / f"vertebrae_{level}.nii.gz").is_file()
        }
        if masks and ct.is_file():
            found.append(CtFiles(folder.parent.name, ct, None, masks))
    return found, tuple(skipped)


def read_ct(files: CtFiles) -> LabelledCt:
    """Read a CT and its masks, both turned to right, front, top.

    Raises
    ------
    ValueError
        If the slices are too thick, or the masks are of another grid than the CT.
    """
    import nibabel

    image: Any = nibabel.as_closest_canonical(nibabel.load(files.ct))
    spacing = tuple(float(v) for v in image.header.get_zooms()[:3])
    if max(spacing) > COARSEST_MM:
        raise ValueError(
            f"{files.ct.name}: voxels of {max(spacing):.1f} mm are too coarse for endplates (at "
            f"most {COARSEST_MM} mm)."
        )
    hu = np.asarray(image.dataobj, dtype=np.float32)
    levels = np.zeros(hu.shape, dtype=np.int16)
    if files.mask is not None:
        mask = _mask(files.mask, hu.shape)
        numbers = {
            **LABELS[files.numbering],
            _SACRUM[files.numbering]: Level.S1,
        }
        for number, level in numbers.items():
            levels[mask == number] = 1 + list(Level).index(level)
    for level, path in files.masks.items():
        levels[_mask(path, hu.shape) > 0] = 1 + list(Level).index(level)
    return LabelledCt(hu, levels, (spacing[0], spacing[1], spacing[2]))


def _mask(path: Path, shape: tuple[int, ...]) -> NDArray[np.int16]:
    import nibabel

    image: Any = nibabel.as_closest_canonical(nibabel.load(path))
    mask = np.asarray(image.dataobj).astype(np.int16)
    if mask.shape != shape:
        raise ValueError(
            f"{path.name}: its grid {mask.shape} is not that of its CT {tuple(shape)}; resample "
            "it onto the CT."
        )
    return mask


def _stem(path: Path) -> str:
    for suffix in _SUFFIXES:
        if path.name.endswith(suffix):
            return path.name.removesuffix(suffix)
    return path.name
