"""Small data sets for comparisons: straight columns of bright boxes, drawn in a moment."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.labels import FilmLabel, VertebraLabel, save_dataset

SIZE_PX = (120, 200)
COLUMN = (*JUDGED_LEVELS, Level.S1)
_STEP, _HEIGHT = 23.0, 15.0


def quad(place: int, lost: float = 0.0) -> np.ndarray:
    """The body at a place of the column; ``lost`` of its front."""
    left, top = 45.0, 10.0 + _STEP * place
    return np.array(
        [[left, top], [left + 28, top + lost], [left + 28, top + _HEIGHT], [left, top + _HEIGHT]]
    )


def film(name: str, broken: Level | None = None, **known: Any) -> FilmLabel:
    """A label, posterior left."""
    bodies = {
        level: VertebraLabel(
            level,
            quad(i, 7.0 if level is broken else 0.0),
            status=Status.UNKNOWN
            if level is Level.S1
            else Status.FRACTURED
            if level is broken
            else Status.NORMAL,
        )
        for i, level in enumerate(COLUMN)
    }
    return FilmLabel(name, SIZE_PX, "left", bodies, **known)


def draw(label: FilmLabel, seed: int) -> np.ndarray:
    """The film of a label; no two seeds look alike."""
    rng = np.random.default_rng(seed)
    ground = rng.uniform(20, 110, (20, 12)).astype(np.float32)
    pixels = cv2.resize(ground, label.size_px, interpolation=cv2.INTER_CUBIC)
    for body in label.vertebrae.values():
        cv2.fillPoly(pixels, [np.round(body.corners_px).astype(np.int32)], 190.0)
    noise = rng.normal(0, 4, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def mirrored(label: FilmLabel) -> FilmLabel:
    """The label of the mirrored film."""
    width = label.size_px[0]
    bodies = {
        level: replace(body, corners_px=[width - 1, 0] + body.corners_px * [-1, 1])
        for level, body in label.vertebrae.items()
    }
    return replace(label, posterior_side="right", vertebrae=bodies)


def write_films(
    folder: Path, sides: Sequence[str | None], seed: int = 0, note: str = "Simulated."
) -> Path:
    """A data set of one film per side given; every second film is fractured, some mirrored."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = []
    for i, side in enumerate(sides):
        broken = JUDGED_LEVELS[i % 7] if i % 2 else None
        label = film(f"{i}.png", broken, patient=f"p{seed}-{i}", split=side)
        pixels = draw(label, 1000 * seed + i)
        if i % 3 == 2:
            label, pixels = mirrored(label), pixels[:, ::-1]
        cv2.imwrite(str(folder / label.name), pixels)
        labels.append(label)
    save_dataset(folder, labels, note)
    return folder


SIDES = ["train"] * 4 + ["validation"] * 2 + ["test"] * 2


#: Settings of a comparison that is over in seconds.
TINY: dict[str, Any] = {
    "training": {
        "network": {
            "input_px": [64, 96], "widths": [8, 8, 8, 8, 8], "depths": [1, 1, 1, 1],
            "decoder_widths": [8, 8, 8, 8, 8],
        },
        "optimiser": {"warmup_steps": 1},
        "batch_size": 2,
        "precision": "32-true",
        "accelerator": "cpu",
    },
    "seeds": [1],
    "budget": {"steps": 2},
}  # fmt: skip


def plan_values(folder: Path, **more: Any) -> dict[str, Any]:
    """Plain values of a comparison that is over in seconds."""
    return {"data": {"folder": str(folder)}, **deepcopy(TINY), **more}
