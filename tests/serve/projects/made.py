"""Films, drawings and readings made up for tests."""

import hashlib
from typing import Any

import cv2
import numpy as np

from spondyl.geometry import POINT_NAMES
from spondyl.labels import FilmLabel
from spondyl.serve.projects.state import View, bodies_of

LEVELS = ("T12", "L1", "L2", "L3", "L4")
SIZE_PX = (400, 800)


def png(name: str) -> bytes:
    """A picture of noise, another one for each name."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    picture = np.random.default_rng(seed).integers(0, 255, (80, 40), dtype=np.uint8)
    done, data = cv2.imencode(".png", cv2.resize(picture, SIZE_PX))
    assert done
    return data.tobytes()


def points_of(number: int, lost: float = 0.0, shift: float = 0.0) -> dict[str, list[float]]:
    """Six points of a body, 60 px deep and 50 px high; ``lost`` of its anterior height is gone."""
    top, left = 100.0 + 70 * number, 150.0 + shift
    six = np.array(
        [
            [left, top],
            [left + 60, top + 50 * lost],
            [left + 60, top + 50],
            [left, top + 50],
            [left + 30, top + 25 * lost],
            [left + 30, top + 50],
        ]
    )
    return {name: [float(x), float(y)] for name, (x, y) in zip(POINT_NAMES, six, strict=True)}


def drawing(
    fractured: dict[str, int] | None = None, shift: float = 0.0, **more: Any
) -> dict[str, Any]:
    """A state of a decision: bodies of LEVELS, some fractured with their grades."""
    broken = fractured or {}
    losses = {0: 0.0, 1: 0.22, 2: 0.3, 3: 0.5}
    return {
        "vertebrae": [
            {
                "level": level,
                "points_px": points_of(k, losses[broken.get(level, 0)], shift),
                "status": "fractured" if level in broken else "normal",
                "genant_grade": broken.get(level, 0),
                "shape": "wedge" if level in broken else "normal",
                "origin": "reader",
                "note": "",
            }
            for k, level in enumerate(LEVELS)
        ],
        "posterior_side": "left",
        "shift": 0,
        "assessable": True,
        "comment": "",
        **more,
    }


def view(fractured: dict[str, int] | None = None, shift: float = 0.0) -> View:
    """What a reader makes of a film."""
    state = drawing(fractured, shift)
    return View(FilmLabel("film.png", SIZE_PX, "left", bodies_of(state["vertebrae"])))


def reading_of(probability: float, threshold: float = 0.5, **more: Any) -> dict[str, Any]:
    """A ``spondyl.reading/1`` whose L1 has the given probability of a fracture."""
    bodies = []
    for k, level in enumerate(LEVELS):
        points = points_of(k)
        own = probability if level == "L1" else 0.01
        bodies.append(
            {
                "level": level,
                "level_confidence": 0.95,
                "confidence": 0.95,
                "corners_px": {name: points[name] for name in POINT_NAMES[:4]},
                "mid_endplates_px": {
                    "superior": points["superior_middle"],
                    "inferior": points["inferior_middle"],
                },
                "assessable": True,
                "reasons": [],
                "fracture_probability": own,
                "fractured": own >= threshold,
                "genant_grade": int(own >= threshold),
                "shape": "wedge" if own >= threshold else "normal",
                "heights_px": {"anterior": 50.0, "middle": 50.0, "posterior": 50.0},
                "height_loss": 0.0,
            }
        )
    return {
        "schema": "spondyl.reading/1",
        "film": {
            "path": None,
            "sha256": "0" * 64,
            "size_px": list(SIZE_PX),
            "posterior_side": "left",
            "inverted": False,
            "spacing_mm": [0.5, 0.5],
            "spacing_source": "calibrated",
        },
        "model": {"name": "made", "version": "1", "sha256": "0" * 64},
        "site": "default",
        "assessable": True,
        "reasons": [],
        "fracture_probability": probability,
        "threshold": threshold,
        "fractured": probability >= threshold,
        "numbering": {"confidence": 0.9, "assumption": "", "alternative_shift": 0},
        "vertebrae": bodies,
        "warnings": [],
        **more,
    }
