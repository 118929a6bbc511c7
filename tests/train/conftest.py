"""A handful of phantom geometries: boxes of bone in soft tissue, with exact labels."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from spondyl.anatomy import Level, Status
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.simulate.cache import GeometryStore
from spondyl.simulate.maps import PathMaps

LEVELS = (Level.T11, Level.T12, Level.L1, Level.L2, Level.L3, Level.L4, Level.L5, Level.S1)


def phantom(rng: np.random.Generator, pitch_mm: float = 1.4) -> tuple[PathMaps, FilmLabel]:
    """A straight column of boxes; one body is fractured (lower in front)."""
    width, height = 170, 240
    soft = np.full((height, width), 180, np.float32)
    soft[:, -20:] = 0
    cortical, trabecular = np.zeros_like(soft), np.zeros_like(soft)
    x, top = float(rng.uniform(50, 80)), float(rng.uniform(6, 12))
    broken = LEVELS[int(rng.integers(len(LEVELS) - 1))]
    vertebrae = {}
    for level in LEVELS:
        loss = 0.45 if level is broken else 0.0
        quad = np.array(
            [[x, top], [x + 25, top + 21 * loss], [x + 25, top + 21], [x, top + 21]], float
        )
        mids = np.array([quad[:2].mean(axis=0), quad[2:].mean(axis=0)])
        polygon = np.round(quad * 16).astype(np.int32)
        cv2.fillConvexPoly(trabecular, polygon, 35.0, cv2.LINE_AA, 4)
        cv2.polylines(cortical, [polygon], True, 12.0, 1, cv2.LINE_AA, 4)
        vertebrae[level] = VertebraLabel(
            level,
            quad,
            mids,
            Status.FRACTURED if loss else Status.NORMAL,
            height_loss=loss,
            height_losses=(loss, loss / 2, 0.0),
        )
        top += 27.5
    maps = PathMaps(cortical, trabecular, soft, np.zeros_like(soft), pitch_mm)
    return maps, FilmLabel("phantom", (width, height), "left", vertebrae)


@pytest.fixture(scope="session")
def geometries(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("geometries")
    rng = np.random.default_rng(4)
    store = GeometryStore(folder)
    for index in range(12):
        store.save(f"{index:06d}", *phantom(rng))
    return folder


@pytest.fixture
def values(geometries) -> dict:
    """Plain values of a tiny experiment."""
    return {
        "name": "tiny",
        "kind": "finder",
        "seed": 3,
        "network": {
            "widths": [8, 8, 16, 16, 24],
            "depths": [1, 1, 1, 1],
            "decoder_widths": [16, 8, 8, 8, 8],
        },
        "data": {"geometry": str(geometries), "validation_share": 0.3, "validation_films": 2},
        "optimiser": {"rate": 0.005, "warmup_steps": 2, "ema_decay": 0.9},
        "budget": {"max_steps": 4, "validate_every": 2, "checkpoint_every": 2},
        "batch_size": 2,
        "workers": 0,
        "precision": "32-true",
        "accelerator": "cpu",
    }
