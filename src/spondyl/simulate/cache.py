"""A folder of simulated geometries: path maps in half precision and their labels.

One geometry can be exposed many times, so training draws geometries from here and makes a new film
of each every time it is used.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spondyl.anatomy import Level, Shape, Status
from spondyl.files import write_whole
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.maps import PathMaps

_CHANNELS = ("cortical_mm", "trabecular_mm", "soft_mm", "metal_mm")


@dataclass(frozen=True)
class GeometryStore:
    """Geometries in a folder, by number; safe to fill from many processes."""

    folder: Path

    def paths(self) -> list[Path]:
        """The stored geometries in the order of their names."""
        return sorted(self.folder.glob("*.json"))

    def save(self, name: str, maps: PathMaps, label: FilmLabel) -> None:
        """Write one geometry; its label last, so that a killed run leaves no half one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stack = np.stack([getattr(maps, channel) for channel in _CHANNELS]).astype(np.float16)
        np.save(self.folder / f"{name}.npy", stack)
        content = {
            "pitch_mm": maps.pitch_mm,
            "magnification": maps.magnification,
            "extra": dict(label.extra),
            "vertebrae": {
                str(level): _body_to_json(body) for level, body in label.vertebrae.items()
            },
        }
        write_whole(self.folder / f"{name}.json", json.dumps(content))

    def load(self, path: Path) -> tuple[PathMaps, FilmLabel]:
        """Read one geometry; the maps stay on disk (memory-mapped, float16) until used."""
        content = json.loads(path.read_text(encoding="utf-8"))
        stack = np.load(path.with_suffix(".npy"), mmap_mode="r")
        maps = PathMaps(
            **dict(zip(_CHANNELS, stack, strict=True)),
            pitch_mm=content["pitch_mm"],
            magnification=content["magnification"],
        )
        vertebrae = {
            Level(name): _body_from_json(Level(name), body)
            for name, body in content["vertebrae"].items()
        }
        label = FilmLabel(path.stem, maps.size_px, "left", vertebrae, extra=content["extra"])
        return maps, label

    def __len__(self) -> int:
        return len(self.paths())

    def __getitem__(self, index: int) -> tuple[PathMaps, FilmLabel]:
        return self.load(self.paths()[index])


def _body_to_json(body: VertebraLabel) -> dict[str, object]:
    points = body.six_points_px
    return {
        "points": None if points is None else points.tolist(),
        "status": str(body.status),
        "grade": body.genant_grade,
        "shape": body.shape and str(body.shape),
        "loss": body.height_loss,
        "losses": body.height_losses,
        "assessable": body.assessable,
    }


def _body_from_json(level: Level, body: dict[str, object]) -> VertebraLabel:
    points = None if body["points"] is None else np.array(body["points"], dtype=np.float64)
    losses = body["losses"]
    return VertebraLabel(
        level=level,
        corners_px=None if points is None else points[:4],
        mid_endplates_px=None if points is None else points[4:],
        status=Status(str(body["status"])),
        genant_grade=body["grade"],  # type: ignore[arg-type]
        shape=Shape(str(body["shape"])) if body["shape"] else None,
        height_loss=body["loss"],  # type: ignore[arg-type]
        height_losses=tuple(losses) if losses else None,  # type: ignore[arg-type]
        assessable=bool(body["assessable"]),
    )
