"""Samples of the crop network: bodies of one film, on frames as a finder would give them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.anatomy import LEVELS, Level, Status
from spondyl.geometry import POINT_NAMES, Affine, BodyFrame, body_frame
from spondyl.labels import FilmLabel, VertebraLabel
from spondyl.read.prepare import CROP_SIZE_PX, body_crop, normalise_crop
from spondyl.train.collapsing import collapsed
from spondyl.train.config import BodySettings, FramingSettings
from spondyl.train.framing import Framing, draw_framing, label_box
from spondyl.train.sources import Scene
from spondyl.train.types import Sample

#: Around the column, in mm, when only its strip is exposed.
_STRIP_MARGIN_MM = 38.0
#: A corner this share of the depth outside the film makes a body not assessable.
_OUTSIDE_SHARE = 0.05


def body_samples(
    scene: Scene,
    rng: np.random.Generator,
    settings: BodySettings,
    framing: FramingSettings,
    collapse_share: float = 0.0,
) -> list[Sample]:
    """Expose one film and cut its bodies, and some places beside them, out of it.

    One exposure serves all bodies: the crop then carries the film's own windowing and processing,
    as it does when a whole film is read, at a fraction of the cost of one exposure per body.
    ``collapse_share`` is the share of films into which fractures are pressed (``collapsed``).

    Returns
    -------
    list of dict
        ``crop`` (1, 112, 112); ``points`` (6, 2) crop pixels, ``fracture``, ``loss`` (3,) and
        ``body``, NaN where unknown; ``height`` crop pixels, for metrics.
    """
    view = _draw_view(scene, rng, settings, framing)
    picture = collapsed(scene.picture(view, rng), rng, collapse_share)
    samples = []
    bodies = [body for body in picture.label.vertebrae.values() if body.has_quad]
    for body in bodies:
        fractured = body.status is Status.FRACTURED
        if not fractured and rng.random() > settings.normal_keep:
            continue
        if not _centre_on_film(body, picture.label.size_px):
            continue
        frame = jittered(body_frame(_corners(body)), rng, settings)
        samples.append(_sample(picture.pixels, frame, body, picture.label))
    for _ in range(settings.negatives if bodies and picture.complete else 0):
        place = _beside(bodies, rng, picture.label)
        if place is not None:
            samples.append(_sample(picture.pixels, place, None, picture.label))
    return samples


def _draw_view(
    scene: Scene, rng: np.random.Generator, settings: BodySettings, framing: FramingSettings
) -> Framing:
    """A view at film resolution: often only the strip round the column, which is cheaper."""
    width, height = scene.label.size_px
    scale = 1.0
    if scene.pitch_mm is not None:
        scale = scene.pitch_mm / float(rng.uniform(*settings.pitch_mm))
    label = scene.label
    whole = draw_framing(
        rng, label, (max(8, round(width * scale)), max(8, round(height * scale))), framing
    )
    box = label_box(label)
    if box is None or scene.pitch_mm is None or rng.random() < settings.whole_film_share:
        return whole
    corners = whole.to_view([(box[x], box[y]) for x in (0, 2) for y in (1, 3)])
    margin = _STRIP_MARGIN_MM / scene.pitch_mm * whole.to_view.scale
    low = np.maximum(np.floor(corners.min(axis=0) - margin), 0)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin), np.array(whole.size_px))
    if (high - low).min() < 32:
        return whole
    shifted = Affine(whole.to_view.linear, whole.to_view.offset_px - low)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    return Framing(shifted, size)


def jittered(frame: BodyFrame, rng: np.random.Generator, settings: BodySettings) -> BodyFrame:
    """A frame with the errors of a finder: shifted, turned, scaled; now and then twice as much."""
    tail = 2.0 if rng.random() < settings.tail_share else 1.0
    shift = tail * settings.shift * frame.depth_px * rng.standard_normal(2)
    angle = np.deg2rad(tail * settings.rotation_deg * rng.standard_normal())
    scale = float(np.exp(np.clip(tail * settings.scale * rng.standard_normal(), -0.35, 0.35)))
    return _changed(frame, shift, float(angle), scale)


def _changed(
    frame: BodyFrame, shift_px: NDArray[np.float64], angle: float, scale: float
) -> BodyFrame:
    cos, sin = np.cos(angle), np.sin(angle)
    return replace(
        frame,
        centre_px=frame.centre_px + shift_px,
        anterior=np.array([[cos, -sin], [sin, cos]]) @ frame.anterior,
        depth_px=frame.depth_px * scale,
        height_px=frame.height_px * scale,
    )


def _beside(
    bodies: list[VertebraLabel], rng: np.random.Generator, label: FilmLabel
) -> BodyFrame | None:
    """A frame where no body is centred: a disc, half a body off, the abdomen, the arches."""
    body = bodies[int(rng.integers(len(bodies)))]
    frame = body_frame(_corners(body))
    down = np.array([-frame.anterior[1], frame.anterior[0]])
    down = down if down[1] > 0 else -down
    kind = rng.random()
    if kind < 0.4:
        way = rng.choice([-1.0, 1.0])
        shift = way * down * frame.height_px * rng.uniform(0.5, 0.65)
        shift = shift + frame.anterior * frame.depth_px * rng.normal(0, 0.08)
    elif kind < 0.65:
        shift = frame.anterior * frame.depth_px * rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 0.8)
        shift = shift + down * frame.height_px * rng.normal(0, 0.15)
    else:
        way = rng.choice([-1.0, 1.0], p=[0.3, 0.7])
        shift = frame.anterior * frame.depth_px * way * rng.uniform(0.9, 2.5)
        shift = shift + down * frame.height_px * rng.normal(0, 0.8)
    angle = float(np.deg2rad(rng.normal(0, 8)))
    changed = _changed(frame, shift, angle, float(np.exp(rng.normal(0, 0.12))))
    width, height = label.size_px
    x, y = changed.centre_px
    if not (0 <= x < width and 0 <= y < height):
        return None
    # A place beside one body may be the middle of the next.
    for other in bodies:
        near = body_frame(_corners(other))
        away = np.abs(changed.centre_px - near.centre_px)
        if np.hypot(*away) < 0.42 * min(near.depth_px, near.height_px):
            return None
    return changed


def _sample(
    pixels: NDArray[np.float32],
    frame: BodyFrame,
    body: VertebraLabel | None,
    label: FilmLabel,
) -> Sample:
    crop, to_crop = body_crop(pixels, frame)
    sample: Sample = {
        "crop": normalise_crop(crop),
        "points": np.full((len(POINT_NAMES), 2), np.nan, np.float32),
        "fracture": np.float32(np.nan),
        "loss": np.full(3, np.nan, np.float32),
        "body": np.float32(0),
        "height": np.float32(np.nan),
    }
    if body is None or body.corners_px is None:
        return sample
    points = np.full((len(POINT_NAMES), 2), np.nan)
    points[:4] = body.corners_px
    if body.mid_endplates_px is not None:
        points[4:] = body.mid_endplates_px
    points = to_crop(points)
    # Points far outside the crop cannot be found in it.
    outside = ((points < -4) | (points > CROP_SIZE_PX + 3)).any(axis=1)
    points[outside] = np.nan
    sample["points"] = points.astype(np.float32)
    sides = to_crop(body.corners_px)
    sample["height"] = np.float32(np.hypot(*(0.5 * (sides[:2] - sides[[3, 2]]).sum(axis=0))))
    judged = LEVELS[body.level].judged or body.level in (Level.T8, Level.T9)
    if not judged:
        return sample
    if _cut_off(body, label.size_px):
        return sample
    if not body.assessable:
        sample["body"] = np.float32(np.nan)
        return sample
    sample["body"] = np.float32(1)
    if body.status is not Status.UNKNOWN:
        sample["fracture"] = np.float32(body.status is Status.FRACTURED)
    if body.height_losses is not None:
        sample["loss"] = np.array(body.height_losses, np.float32)
    return sample


def _corners(body: VertebraLabel) -> NDArray[np.float64]:
    if body.corners_px is None:
        raise ValueError(f"The label of {body.level} has no corners.")
    return body.corners_px


def _centre_on_film(body: VertebraLabel, size_px: tuple[int, int]) -> bool:
    x, y = _corners(body).mean(axis=0)
    return bool(0 <= x < size_px[0] and 0 <= y < size_px[1])


def _cut_off(body: VertebraLabel, size_px: tuple[int, int]) -> bool:
    corners = _corners(body)
    slack = _OUTSIDE_SHARE * float(np.hypot(*(corners[1] - corners[0])))
    high = np.array(size_px) - 0.5 + slack
    return bool(((corners < -0.5 - slack) | (corners > high)).any())
