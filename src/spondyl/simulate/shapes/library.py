"""A library of real bone shapes, read once from a folder, kept in a cache, fitted on demand."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spondyl.anatomy import LEVELS, Level
from spondyl.files import whole_file
from spondyl.simulate.shapes.decimate import decimate
from spondyl.simulate.shapes.meshes import (
    MeshError,
    adapt,
    import_sacrum,
    import_vertebra,
    read_mesh,
)
from spondyl.simulate.shapes.sacrum import SacrumParameters
from spondyl.simulate.shapes.surface import Surface
from spondyl.simulate.shapes.vertebra import VertebraParameters, VertebraShape
from spondyl.simulate.shapes.volumes import COARSEST_MM, coarsest_spacing_mm, read_volume

_FORMAT = 2
_SUFFIXES = (".ply", ".stl", ".obj")
_MASKS = ("_vert.nii.gz", "_vert.nii", "seg-vert_msk.nii.gz", "seg-vert_msk.nii")


@dataclass(frozen=True)
class SacrumItem:
    """A sacrum, and the hip bones that stand with it (in its frame), if any."""

    name: str
    shape: VertebraShape
    pelvis: tuple[Surface, ...] = ()


@dataclass(frozen=True)
class VertebraItem:
    """One imported vertebra."""

    name: str
    shape: VertebraShape


@dataclass(frozen=True)
class ShapeLibrary:
    """Imported bones.

    Attributes
    ----------
    vertebrae : tuple of VertebraItem
    sacra : tuple of SacrumItem
    skipped : tuple of str
        One sentence per file that could not be used.
    """

    vertebrae: tuple[VertebraItem, ...] = ()
    sacra: tuple[SacrumItem, ...] = ()
    skipped: tuple[str, ...] = ()

    @classmethod
    def from_folder(cls, folder: Path, cache: Path | None = None) -> "ShapeLibrary":
        """Read every mesh and CT mask of a folder.

        Parameters
        ----------
        folder : Path
            Files whose names carry a level as a token: ``anything_L3.ply``; ``anything_S1.ply`` is
            a sacrum and ``anything_pelvis.ply`` its hip bones, in the same frame. Vertebra masks
            of a CT: ``anything_vert.nii.gz`` or ``anything_seg-vert_msk.nii.gz``.
        cache : Path, optional
            Folder for the result (import takes a minute); reused while the files are the same.

        Raises
        ------
        FileNotFoundError
            If the folder does not exist.
        """
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}; give one with bone meshes.")
        files = sorted(path for path in folder.iterdir() if path.is_file())
        stamp = "|".join(f"{p.name}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in files)
        key = hashlib.sha256(f"{_FORMAT}|{stamp}".encode()).hexdigest()[:16]
        kept = cache / f"shapes-{key}.npz" if cache else None
        if kept and kept.is_file():
            return cls.load(kept)
        library = _import(files)
        if kept:
            library.save(kept)
        return library

    def vertebra(self, parameters: VertebraParameters, rng: np.random.Generator) -> VertebraShape:
        """A vertebra of the library, near in level, fitted to parameters.

        Raises
        ------
        ValueError
            If the library has no vertebra.
        """
        if not self.vertebrae:
            raise ValueError("This shape library holds no vertebra; add meshes to its folder.")
        place = LEVELS[parameters.level].order
        away = np.array([abs(LEVELS[item.shape.level].order - place) for item in self.vertebrae])
        weights = np.exp(-1.3 * (away - away.min()))
        item = self.vertebrae[int(rng.choice(len(away), p=weights / weights.sum()))]
        near = abs(LEVELS[item.shape.level].order - place) <= 1
        own = float(rng.uniform(0.0, 0.7)) if near else 0.0
        shape = item.shape
        if rng.random() < 0.5:
            shape = shape.transformed(scale=(1.0, -1.0, 1.0))
        return adapt(shape, parameters, own)

    def sacrum(
        self, parameters: SacrumParameters, rng: np.random.Generator
    ) -> tuple[VertebraShape, tuple[Surface, ...]]:
        """A sacrum of the library at the wanted size and its hip bones (empty if it has none).

        Raises
        ------
        ValueError
            If the library has no sacrum.
        """
        if not self.sacra:
            raise ValueError("This shape library holds no sacrum; add one to its folder.")
        item = self.sacra[int(rng.integers(len(self.sacra)))]
        depth = float(np.linalg.norm(item.shape.points_mm[1] - item.shape.points_mm[0]))
        size = parameters.depth / depth
        scale = size * np.array([1.0, float(rng.normal(1, 0.04)), float(rng.normal(1, 0.05))])
        shape = item.shape.transformed(scale=scale)
        shape = replace(
            shape,
            surfaces=tuple(
                replace(s, shell_mm=parameters.cortex, density=0.6 * parameters.density)
                for s in shape.surfaces
            ),
        )
        # Sparse spongy bone: a solid mesh has no marrow spaces of its own. Set here, not at import,
        # because the stored library holds geometry only.
        cortex = 1.6 * parameters.cortex
        pelvis = tuple(
            replace(part.transformed(scale=scale), shell_mm=cortex, density=0.3)
            for part in item.pelvis
        )
        return shape, pelvis

    def save(self, path: Path) -> None:
        """Write the library to one file (.npz)."""
        arrays: dict[str, np.ndarray] = {"skipped": np.array(self.skipped, dtype=str)}
        names = []
        items = [(f"v{k}", item.name, item.shape, ()) for k, item in enumerate(self.vertebrae)]
        sacra = [(f"s{k}", item.name, item.shape, item.pelvis) for k, item in enumerate(self.sacra)]
        for key, name, shape, pelvis in [*items, *sacra]:
            names.append(f"{key}|{name}|{shape.level}")
            arrays[f"{key}.points"] = shape.points_mm
            arrays[f"{key}.width"] = np.array([shape.half_width_mm])
            for part, surface in enumerate([*shape.surfaces, *pelvis]):
                arrays[f"{key}.{part}.vertices"] = surface.vertices_mm
                arrays[f"{key}.{part}.faces"] = surface.faces
        arrays["names"] = np.array(names, dtype=str)
        with whole_file(path, make_folder=True) as half, half.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "ShapeLibrary":
        """Read what `save` wrote."""
        with np.load(path) as stored:
            arrays = dict(stored)
        vertebrae, sacra = [], []
        for entry in arrays["names"]:
            key, name, level = str(entry).split("|")
            parts: list[Surface] = []
            while f"{key}.{len(parts)}.faces" in arrays:
                prefix = f"{key}.{len(parts)}"
                parts.append(Surface(arrays[f"{prefix}.vertices"], arrays[f"{prefix}.faces"]))
            shape = VertebraShape(
                Level(level),
                tuple(parts[:1]),
                arrays[f"{key}.points"],
                float(arrays[f"{key}.width"][0]),
            )
            if key.startswith("v"):
                vertebrae.append(VertebraItem(name, shape))
            else:
                sacra.append(SacrumItem(name, shape, tuple(parts[1:])))
        return cls(tuple(vertebrae), tuple(sacra), tuple(str(s) for s in arrays["skipped"]))


def _level_token(path: Path) -> Level | None:
    tokens = path.name.split(".")[0].replace("-", "_").split("_")
    found = [Level(token) for token in tokens if token in set(Level)]
    return found[-1] if found else None


def _import(files: list[Path]) -> ShapeLibrary:
    vertebrae: list[VertebraItem] = []
    sacra: list[SacrumItem] = []
    skipped: list[str] = []
    meshes = [path for path in files if path.suffix.lower() in _SUFFIXES]
    for path in meshes:
        level = _level_token(path)
        if level is None:
            if "pelvis" not in path.stem.lower():
                skipped.append(f"{path.name}: its name holds no level (as in bone_L3.ply).")
            continue
        try:
            surface = read_mesh(path)
            if level is not Level.S1:
                vertebrae.append(VertebraItem(path.stem, import_vertebra(surface, level)[0]))
                continue
            shape, frame = import_sacrum(surface)
            hips = path.with_name(path.name.replace("S1", "pelvis"))
            pelvis: tuple[Surface, ...] = ()
            if hips in meshes:
                bones = decimate(read_mesh(hips), 12000)
                local = frame(bones.vertices_mm).astype(np.float32)
                pelvis = (replace(bones, vertices_mm=local),)
            sacra.append(SacrumItem(path.stem, shape, pelvis))
        except MeshError as error:
            skipped.append(f"{path.name}: {error}")
    for path in files:
        if path.name.endswith(_MASKS):
            _import_masks(path, vertebrae, skipped)
    return ShapeLibrary(tuple(vertebrae), tuple(sacra), tuple(skipped))


def _import_masks(path: Path, vertebrae: list[VertebraItem], skipped: list[str]) -> None:
    coarsest = coarsest_spacing_mm(path)
    if coarsest > COARSEST_MM:
        skipped.append(
            f"{path.name}: voxels of {coarsest:.1f} mm are too coarse for endplates "
            f"(at most {COARSEST_MM} mm)."
        )
        return
    for level, surface in read_volume(path):
        name = f"{path.name.split('.')[0]}_{level}"
        try:
            shape, _ = import_vertebra(surface, level)
        except MeshError as error:
            skipped.append(f"{name}: {error}")
            continue
        anterior, middle, posterior = shape.heights_mm
        if min(anterior, middle) < 0.78 * posterior or posterior < 0.78 * anterior:
            skipped.append(f"{name}: its body is deformed (heights differ by more than a fifth).")
            continue
        vertebrae.append(VertebraItem(name, shape))
