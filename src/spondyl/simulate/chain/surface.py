"""What is laid over the finished picture, and what its carrier does to it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.chain.blur import smooth
from spondyl.simulate.chain.draw import Box, field_corners, filled, letters, spot
from spondyl.simulate.chain.look import Carrier, Objects

Picture = NDArray[np.float32]

_WORDS = (
    "L", "R", "LT", "RT", "STANDING", "ERECT", "SUPINE", "LAT", "LATERAL", "LUMBAR", "X-RAY",
    "L SPINE LAT", "ROOM 2", "115 CM", "SID 180", "80 kV", "63 mAs", "W 2048", "CR", "00001",
    "+", "TABLE", "POST", "1/2", "100%", "ANT",
)  # fmt: skip


def add_overlays(
    film: Picture,
    objects: Objects,
    pixel_mm: float,
    keep: Box | None,
    rng: np.random.Generator,
) -> Picture:
    """Shutter, letters, legend boxes, letterbox, light box. ``film`` is changed in place."""
    size = film.shape[1], film.shape[0]
    if objects.shutter:
        corners = field_corners(rng, size, keep, 0.3 * objects.collimation_tilt_rad)
        film[filled(size, corners) < 128] = objects.shutter_grey
    if objects.round_field:
        film[_outside_round(size, keep, rng)] = np.float32(0.0)
    for _ in range(objects.legends):
        _legend(film, objects.mirrored_text, keep, rng)
    for _ in range(objects.letterings):
        _lettering(film, objects.mirrored_text, pixel_mm, keep, rng)
    if objects.letterbox:
        _letterbox(film, keep, rng)
    if objects.lightbox:
        margin = rng.uniform(0.004, 0.04) * min(size)
        inset = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float64)
        inset += np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * margin
        inset += rng.normal(0, 0.25 * margin, (4, 2))
        # A light box shines where no film lies: black in a picture with bone bright.
        film[filled(size, inset) < 128] = rng.choice([0.0, 1.0], p=[0.7, 0.3])
    return film


def _outside_round(
    size_px: tuple[int, int], keep: Box | None, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """What lies outside the round field of an image intensifier, which shows all of ``keep``."""
    width, height = size_px
    if keep is None:
        middle, radius = (width / 2, height / 2), rng.uniform(0.5, 0.6) * max(size_px)
    else:
        middle = (keep.left + keep.right) / 2, (keep.top + keep.bottom) / 2
        needed = 0.5 * float(np.hypot(keep.right - keep.left, keep.bottom - keep.top))
        radius = needed * rng.uniform(1.01, 1.15)
    y, x = np.ogrid[:height, :width]
    return np.asarray((x - middle[0]) ** 2 + (y - middle[1]) ** 2 > radius**2)


def _lettering(
    film: Picture, mirrored: bool, pixel_mm: float, keep: Box | None, rng: np.random.Generator
) -> None:
    """Letters burnt into the picture, with or without a ground."""
    text = str(rng.choice(_WORDS))
    if rng.random() < 0.3:
        text += " " + str(rng.choice(_WORDS))
    height_px = rng.uniform(0.012, 0.035) * film.shape[0]
    patch = letters(rng, text, height_px, rng.uniform(0.6, 1.6), mirrored)
    place = spot(rng, (film.shape[1], film.shape[0]), (patch.shape[1], patch.shape[0]), keep)
    if place is None:
        return
    left, top = place
    view = film[top : top + patch.shape[0], left : left + patch.shape[1]]
    cover = patch[: view.shape[0], : view.shape[1]].astype(np.float32) / np.float32(255)
    ink = np.float32(rng.uniform(0.75, 1.0))
    kind = rng.random()
    if kind < 0.2:
        view[:] = np.float32(0.0)
    elif kind < 0.35:
        view[:] = np.float32(1.0)
        ink = np.float32(0.0)
    view += cover * (ink - view)


def _legend(film: Picture, mirrored: bool, keep: Box | None, rng: np.random.Generator) -> None:
    """A pale or dark box with a few lines of letters, mostly in a corner."""
    height, width = film.shape
    box_width = max(6, round(rng.uniform(0.04, 0.25) * width))
    box_height = max(6, round(rng.uniform(0.04, 0.2) * height))
    if rng.random() < 0.8:
        left = 0 if rng.random() < 0.5 else width - box_width
        top = 0 if rng.random() < 0.5 else height - box_height
        if keep is not None and Box(left, top, left + box_width, top + box_height).meets(keep):
            return
    else:
        place = spot(rng, (width, height), (box_width, box_height), keep)
        if place is None:
            return
        left, top = place
    ground = rng.choice([rng.uniform(0.7, 1.0), rng.uniform(0.0, 0.2)])
    ink = 0.0 if ground > 0.5 else 1.0
    view = film[top : top + box_height, left : left + box_width]
    view[:] = ground
    rows = int(rng.integers(0, 6))
    for index in range(rows):
        patch = letters(rng, str(rng.choice(_WORDS)), 0.5 * box_height / rows, 0.7, mirrored)
        y = round((index + 0.1) * box_height / rows)
        part = view[y : y + patch.shape[0], 2 : 2 + patch.shape[1]]
        cover = patch[: part.shape[0], : part.shape[1]].astype(np.float32) / np.float32(255)
        part += cover * (np.float32(ink) - part)


def _letterbox(film: Picture, keep: Box | None, rng: np.random.Generator) -> None:
    """Plain bars, as programs add them to fit a frame."""
    height, width = film.shape
    grey = 0.0 if rng.random() < 0.8 else rng.uniform(0, 1)
    if rng.random() < 0.7:
        room = 0.1 * width if keep is None else 0.5 * min(keep.left, width - keep.right)
        bar = int(max(0.0, room) * rng.random())
        if bar:
            film[:, :bar] = grey
            film[:, width - bar :] = grey
    else:
        room = 0.04 * height if keep is None else 0.7 * min(keep.top, height - keep.bottom)
        bar = int(max(0.0, room) * rng.random())
        if bar:
            film[:bar] = grey
            film[height - bar :] = grey


def carry(
    film: Picture, carrier: Carrier, pixel_mm: float, keep: Box | None, rng: np.random.Generator
) -> Picture:
    """Dust and scratches, photograph, loss of resolution, JPEG, 8 bits. Values stay in 0..1.

    Every other worn zone lies over the spine, if ``keep`` tells where that is: patients stand
    where others stood, and there wear is taken for an endplate.
    """
    height, width = film.shape
    if carrier.dust:
        _dust(film, carrier.dust, pixel_mm, rng)
    if carrier.scratches:
        _scratches(film, carrier.scratches, pixel_mm, rng)
    for _ in range(carrier.wear):
        _worn_zone(film, pixel_mm, keep if rng.random() < 0.5 else None, rng)
    if carrier.vignette > 0 or carrier.camera_blur_mm > 0 or carrier.camera_noise > 0:
        film = _photograph(film, carrier, pixel_mm, rng)
    if carrier.reduce_factor > 1:
        small = (
            max(2, round(width / carrier.reduce_factor)),
            max(2, round(height / carrier.reduce_factor)),
        )
        ways = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST)
        way = ways[int(rng.choice(3, p=[0.55, 0.35, 0.1]))]
        film = cv2.resize(
            cv2.resize(film, small, interpolation=cv2.INTER_AREA),
            (width, height),
            interpolation=way,
        )
    np.clip(film, 0.0, 1.0, out=film)
    if carrier.jpeg_quality or carrier.eight_bit:
        eight = cv2.convertScaleAbs(film, alpha=255.0)
        if carrier.jpeg_quality:
            done, code = cv2.imencode(
                ".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, carrier.jpeg_quality]
            )
            if done:
                eight = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
        film = eight.astype(np.float32)
        film *= np.float32(1 / 255)
    return film


def _photograph(
    film: Picture, carrier: Carrier, pixel_mm: float, rng: np.random.Generator
) -> Picture:
    """A camera's picture of the film on its light box: unsharp, darker to the corners, noisy."""
    height, width = film.shape
    film = smooth(film, carrier.camera_blur_mm / pixel_mm)
    # The lens's middle is seldom that of the film.
    x0, y0 = rng.uniform(0.35, 0.65) * width, rng.uniform(0.35, 0.65) * height
    y, x = np.ogrid[:height, :width]
    away = ((x - x0) ** 2 + (y - y0) ** 2) * (1.0 / (0.25 * (height**2 + width**2)))
    # On a light box bone lets light through: where light is lost, all greys fall alike.
    film = film * np.subtract(1.0, carrier.vignette * away).astype(np.float32)
    noise = rng.standard_normal(film.shape, dtype=np.float32)
    return cv2.scaleAdd(noise, carrier.camera_noise, film)


def _dust(film: Picture, count: int, pixel_mm: float, rng: np.random.Generator) -> None:
    height, width = film.shape
    xs = rng.integers(0, width, count)
    ys = rng.integers(0, height, count)
    sizes_px = rng.exponential(0.35, count) / pixel_mm
    # Dust on a plate takes light away and shows bright; on a scanned film either way.
    greys = np.where(rng.random(count) < 0.8, rng.uniform(0.5, 1.0, count), 0.05)
    for x, y, size, grey in zip(xs, ys, sizes_px, greys, strict=True):
        if size < 1.5:
            film[y, x] += min(1.0, float(size) ** 2 + 0.1) * (grey - film[y, x])
        else:
            cv2.circle(film, (int(x), int(y)), int(size / 2 + 0.5), float(grey), -1)


def _worn_zone(
    film: Picture, pixel_mm: float, within: Box | None, rng: np.random.Generator
) -> None:
    """Specks and short dashes along the rows, many at one place: where a plate's coat wears off."""
    height, width = film.shape
    if rng.random() < 0.5:  # thin and wide
        count = int(rng.integers(30, 400))
        spread = np.array([rng.uniform(10, 60), rng.uniform(6, 40)]) / pixel_mm
        dash = 1.5 / pixel_mm
    else:  # dense and small, as wide as an endplate
        count = int(rng.integers(15, 90))
        spread = np.array([rng.uniform(4, 14), rng.uniform(0.8, 6)]) / pixel_mm
        dash = rng.uniform(1.5, 6.0) / pixel_mm
    box = within or Box(0, 0, width, height)
    centre = rng.uniform((box.left, box.top), (box.right, box.bottom))
    places = centre + rng.standard_normal((count, 2)) * spread
    lengths = rng.exponential(dash, count)
    mask = np.zeros(film.shape, dtype=np.uint8)
    for (x, y), length, strength in zip(places, lengths, rng.integers(40, 255, count), strict=True):
        start, end = (
            (round(16 * (x - length / 2)), round(16 * y)),
            (
                round(16 * (x + length / 2)),
                round(16 * y),
            ),
        )
        cv2.line(mask, start, end, int(strength), 1, cv2.LINE_AA, 4)
    share = mask.astype(np.float32) * np.float32(rng.uniform(0.2, 0.9) / 255)
    film += share * (np.float32(1.0) - film)


def _scratches(film: Picture, count: int, pixel_mm: float, rng: np.random.Generator) -> None:
    """Fine wavy lines of cassette transport, mostly along the rows, some steep."""
    height, width = film.shape
    mask = np.zeros(film.shape, dtype=np.uint8)
    for _ in range(count):
        length = rng.uniform(4, 45) / pixel_mm
        angle = rng.normal(0, 0.08) + (np.pi / 2 if rng.random() < 0.25 else 0.0)
        along = np.linspace(0, length, 10)
        across = rng.normal(0, 0.4 / pixel_mm, 10)
        start = rng.uniform(0, 1, 2) * (width, height)
        path = np.stack(
            [
                start[0] + along * np.cos(angle) - across * np.sin(angle),
                start[1] + along * np.sin(angle) + across * np.cos(angle),
            ],
            axis=1,
        )
        for _ in range(int(rng.integers(1, 4))):
            points = np.round(path * 16).astype(np.int32)
            cv2.polylines(mask, [points], False, int(rng.uniform(60, 255)), 1, cv2.LINE_AA, 4)
            path = path + rng.normal(0, 0.8 / pixel_mm, 2)
    grey = 1.0 if rng.random() < 0.8 else 0.0
    share = mask.astype(np.float32) * np.float32(min(1.0, 0.5 / pixel_mm) / 255)
    film += share * (np.float32(grey) - film)
