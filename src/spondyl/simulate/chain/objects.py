"""Things in the beam besides the patient, drawn into the logarithm of the signal."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.chain.blur import smooth
from spondyl.simulate.chain.draw import Box, field_corners, filled, letters, paste, spot, turned
from spondyl.simulate.chain.look import Objects

Picture = NDArray[np.float32]

_SIDES = ("L", "R", "L", "R", "LT", "RT", "LT", "RT", "LEFT", "RIGHT")
_EXTRA = ("L1", "R2", "LAT", "UP", "WB", "ST", "AB", "JK", "TR", "LJ", "7", "12", "04", "MS")


def limit_field(
    signal: Picture,
    objects: Objects,
    pitch_mm: float,
    keep: Box | None,
    rng: np.random.Generator,
) -> tuple[Picture, NDArray[np.bool_]]:
    """Collimate: outside the field only a leak of the signal is left. Signal, and the field."""
    size = signal.shape[1], signal.shape[0]
    corners = field_corners(rng, size, keep, objects.collimation_tilt_rad)
    inside = filled(size, corners)
    field = smooth(inside.astype(np.float32), objects.collimation_soft_mm / pitch_mm)
    leak = objects.collimation_leak
    field *= np.float32((1 - leak) / 255)
    field += np.float32(leak)
    return cv2.multiply(signal, field), inside > 128


def add_objects(
    grey: Picture,
    objects: Objects,
    pixel_mm: float,
    typical_log: float,
    keep: Box | None,
    rng: np.random.Generator,
) -> Picture:
    """Lattice, markers, electrodes, ruler, cassette seams.

    Parameters
    ----------
    grey : ndarray, float32
        Minus the logarithm of the signal; may be changed in place.
    objects : Objects
    pixel_mm : float
        Pixel pitch on the detector.
    typical_log : float
        Grey of the median body; dense objects come near it or above, even in air.
    keep : Box or None
        The spine, kept free of markers.
    rng : numpy.random.Generator
    """
    if objects.lattice > 0:
        _lattice(grey, objects, pixel_mm, rng)
    if objects.markers or objects.electrodes or objects.ruler:
        mask = np.zeros(grey.shape, dtype=np.uint8)
        for _ in range(objects.markers):
            _marker(mask, objects.mirrored_text, pixel_mm, keep, rng)
        for _ in range(objects.electrodes):
            _electrode(mask, pixel_mm, rng)
        if objects.ruler:
            _ruler(mask, pixel_mm, rng)
        # Dense things stop the beam: what is behind them hardly matters, scatter alone is left.
        reached = np.float32(typical_log + rng.uniform(-0.5, 2.5))
        gain = np.maximum(reached - grey, np.float32(0.4))
        grey += gain * mask.astype(np.float32) * np.float32(1 / 255)
    for _ in range(objects.seams):
        grey = _seam(grey, pixel_mm, rng)
    return grey


def _line_weight(width_mm: float, pixel_mm: float) -> tuple[int, float]:
    """Thickness in whole pixels, and the share of a pixel that a thinner line fills."""
    width_px = width_mm / pixel_mm
    return max(1, round(width_px)), min(1.0, width_px)


def _lattice(grey: Picture, objects: Objects, pixel_mm: float, rng: np.random.Generator) -> None:
    """Wires in front of the cassette, some centimetres apart, by which lengths are measured."""
    height, width = grey.shape
    step = objects.lattice_mm / pixel_mm
    thickness, share = _line_weight(rng.uniform(0.3, 1.0), pixel_mm)
    mask = np.zeros(grey.shape, dtype=np.uint8)
    tilt = float(np.tan(objects.lattice_tilt_rad))

    def line(x0: float, y0: float, x1: float, y1: float) -> None:
        start = round(x0 * 16), round(y0 * 16)
        end = round(x1 * 16), round(y1 * 16)
        cv2.line(mask, start, end, 255, thickness, cv2.LINE_AA, 4)

    only = rng.random()  # now and then wires of one direction alone
    if only > 0.06:
        for x in np.arange(rng.uniform(0, step), width + 1, step):
            line(x, 0, x - tilt * height, height)
    if only < 0.94:
        for y in np.arange(rng.uniform(0, step), height + 1, step):
            line(0, y, width, y + tilt * width)
    cv2.scaleAdd(mask.astype(np.float32), objects.lattice * share / 255, grey, grey)


def _marker(
    mask: NDArray[np.uint8],
    mirrored: bool,
    pixel_mm: float,
    keep: Box | None,
    rng: np.random.Generator,
) -> None:
    text = str(rng.choice(_SIDES if rng.random() < 0.75 else _EXTRA))
    patch = letters(rng, text, rng.uniform(7, 20) / pixel_mm, rng.uniform(0.8, 2.2), mirrored)
    if rng.random() < 0.3:  # framed
        cv2.rectangle(patch, (0, 0), (patch.shape[1] - 1, patch.shape[0] - 1), 255, 1)
    elif rng.random() < 0.15:  # letters cut out of a plate
        patch = 255 - patch
    angle = rng.normal(0, 0.15) if rng.random() < 0.7 else rng.uniform(-np.pi, np.pi)
    patch = turned(patch, angle)
    place = spot(rng, mask.shape[::-1], patch.shape[::-1], keep)
    if place is not None:
        paste(mask, patch, *place)


def _electrode(mask: NDArray[np.uint8], pixel_mm: float, rng: np.random.Generator) -> None:
    """A button, a snap, an electrode with its lead."""
    height, width = mask.shape
    x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
    radius = max(1, round(rng.uniform(2.0, 8.0) / pixel_mm))
    kind = rng.random()
    strength = int(rng.uniform(40, 255))
    if kind < 0.6:
        ring = max(1, round(radius * rng.uniform(0.1, 0.4)))
        cv2.circle(mask, (x, y), radius, strength, ring, cv2.LINE_AA)
        cv2.circle(mask, (x, y), max(1, radius // 3), strength, -1, cv2.LINE_AA)
    else:
        cv2.circle(mask, (x, y), radius, strength, -1, cv2.LINE_AA)
    if kind > 0.7:
        steps = rng.normal(0, 25 / pixel_mm, (12, 2)).cumsum(axis=0) * 0.4
        drift = np.linspace(0, 1, 12)[:, None] * rng.normal(0, 150 / pixel_mm, 2)
        path = np.round(np.array([x, y]) + steps + drift).astype(np.int32)
        cv2.polylines(mask, [path], False, strength // 2 + 20, 1, cv2.LINE_AA)


def _ruler(mask: NDArray[np.uint8], pixel_mm: float, rng: np.random.Generator) -> None:
    height, width = mask.shape
    x = round(rng.choice([rng.uniform(0.02, 0.15), rng.uniform(0.85, 0.98)]) * width)
    unit = 10 / pixel_mm
    strength = int(rng.uniform(80, 255))
    for index, y in enumerate(np.arange(rng.uniform(0, unit), height, unit)):
        length = (8 if index % 5 == 0 else 4) / pixel_mm
        cv2.line(mask, (x, round(y)), (round(x + length), round(y)), strength, 1, cv2.LINE_AA)
        if index % 5 == 0:
            digits = letters(rng, str(index), 5 / pixel_mm, 1.0, False)
            paste(mask, np.minimum(digits, strength), round(x + 1.2 * length), round(y))


def _seam(grey: Picture, pixel_mm: float, rng: np.random.Generator) -> Picture:
    """Where two cassettes meet: a bright edge, fine dark and bright lines, a step, a doubled strip.

    The lower part moves sideways by less than a millimetre, which labels may neglect.
    """
    height, width = grey.shape
    row = int(rng.uniform(0.03, 0.97) * height)
    if row < 2 or row > height - 3:
        return grey
    grey[row:] += np.float32(rng.normal(0, 0.08))
    shift = np.array([[1.0, 0.0, rng.normal(0, 0.35) / pixel_mm], [0.0, 1.0, 0.0]])
    grey[row:] = cv2.warpAffine(
        grey[row:], shift, (width, height - row), borderMode=cv2.BORDER_REPLICATE
    )
    strip = min(int(rng.uniform(1, 14) / pixel_mm), row, height - row)
    if strip > 1 and rng.random() < 0.5:
        share = rng.uniform(0.2, 0.6)
        grey[row - strip : row] = cv2.addWeighted(
            grey[row - strip : row], 1 - share, grey[row : row + strip], share, 0.0
        )
    mask = np.zeros(grey.shape, dtype=np.float32)
    rise = round(rng.normal(0, 0.006) * width)
    thickness, share = _line_weight(rng.uniform(0.5, 2.2), pixel_mm)
    if rng.random() < 0.85:
        cv2.line(mask, (0, row), (width, row + rise), rng.uniform(0.3, 4.0) * share, thickness)
    for _ in range(int(rng.integers(0, 7))):
        y = round(row - abs(rng.normal(0, 8)) / pixel_mm)
        thickness, share = _line_weight(rng.uniform(0.2, 0.8), pixel_mm)
        cv2.line(mask, (0, y), (width, y), rng.normal(0.05, 0.3) * share, thickness)
    if rng.random() < 0.4:  # the ladder of a cassette's rim: dark rungs, evenly spaced
        step, depth = rng.uniform(1.2, 4.0) / pixel_mm, rng.uniform(0.1, 0.7)
        thickness, share = _line_weight(rng.uniform(0.3, 1.2), pixel_mm)
        for rung in range(1, int(rng.integers(3, 8))):
            y = round(row - rung * step)
            cv2.line(mask, (0, y), (width, y), -depth * share, thickness)
    return cv2.add(grey, mask)
