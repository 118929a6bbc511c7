"""Putting implants into a placed spine: screws and rods, cages, cement, clips, hip prostheses."""

from collections.abc import Mapping

import numpy as np

from spondyl.anatomy import Level
from spondyl.simulate.placed import PlacedSurface
from spondyl.simulate.shapes.implants import (
    cage,
    cement,
    hip_prosthesis,
    pedicle_screws,
    rod,
    surgical_clips,
)
from spondyl.simulate.shapes.vertebra import VertebraShape
from spondyl.simulate.spine import Pose

_WORLD = Pose(np.eye(3), np.zeros(3))


def draw_implants(
    rng: np.random.Generator,
    share: float,
    shapes: Mapping[Level, VertebraShape],
    poses: Mapping[Level, Pose],
    notes: list[str],
) -> tuple[PlacedSurface, ...]:
    """Draw the metal of one patient; ``share`` is the probability of spinal implants.

    Clips and hip prostheses come apart from that, each in a few per cent of patients.
    """
    metal: list[PlacedSurface] = []
    order = sorted(shapes, key=list(Level).index)
    if rng.random() < share:
        kind = str(
            rng.choice(["short fusion", "long fusion", "cement", "cage"], p=[0.35, 0.3, 0.2, 0.15])
        )
        notes.append(kind)
        if kind.endswith("fusion"):
            count = (
                int(rng.integers(2, 4)) if kind.startswith("short") else int(rng.integers(5, 11))
            )
            count = min(count, len(order))
            first = int(
                rng.integers(
                    max(0, len(order) - count - 3 if count < 4 else 0), len(order) - count + 1
                )
            )
            metal += _fusion(rng, order[first : first + count], shapes, poses)
        elif kind == "cement":
            for index in rng.choice(len(order) - 1, int(rng.integers(1, 3)), replace=False):
                level = order[index]
                metal += [PlacedSurface(part, poses[level]) for part in cement(shapes[level], rng)]
        else:
            level = order[int(rng.integers(len(order) - 4, len(order)))]
            parts = cage(shapes[level], float(rng.uniform(7, 12)), rng, bool(rng.random() < 0.6))
            metal += [PlacedSurface(part, poses[level]) for part in parts]
    if rng.random() < 0.05:
        low, high = np.array([10.0, -60.0, -40.0]), np.array([110.0, 60.0, 180.0])
        clips = surgical_clips(rng, int(rng.integers(1, 9)), low, high)
        metal += [PlacedSurface(part, _WORLD) for part in clips]
    if rng.random() < 0.03:
        side = int(rng.choice([-1, 1]))
        hip = np.array([rng.uniform(10, 50), side * 88.0, -rng.uniform(80, 115)])
        metal += [PlacedSurface(part, _WORLD) for part in hip_prosthesis(hip, side, rng)]
    return tuple(metal)


def _fusion(
    rng: np.random.Generator,
    levels: list[Level],
    shapes: Mapping[Level, VertebraShape],
    poses: Mapping[Level, Pose],
) -> list[PlacedSurface]:
    both = rng.random() < 0.9
    sides = (1, -1) if both else (1,)
    skip = 0.25 if len(levels) > 4 else 0.0
    heads: dict[int, list[np.ndarray]] = {1: [], -1: []}
    metal = []
    for position, level in enumerate(levels):
        if 0 < position < len(levels) - 1 and rng.random() < skip:
            continue
        screws = pedicle_screws(shapes[level], rng, sides)
        metal += [PlacedSurface(part, poses[level]) for part in screws.surfaces]
        for side, head in zip(screws.sides, poses[level](screws.heads_mm), strict=True):
            heads[side].append(head)
    radius = float(rng.uniform(2.3, 3.2))
    metal += [
        PlacedSurface(rod(np.array(places), radius), _WORLD)
        for places in heads.values()
        if len(places) >= 2
    ]
    return metal
