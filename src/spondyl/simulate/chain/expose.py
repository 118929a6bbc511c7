"""Expose path-length maps: the whole imaging chain in order."""

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.chain import objects, physics, surface
from spondyl.simulate.chain.draw import Box
from spondyl.simulate.chain.look import Look
from spondyl.simulate.chain.processing import body_samples, process
from spondyl.simulate.maps import PathMaps

_METAL_FROM_MM = 0.5


def expose(
    maps: PathMaps,
    look: Look,
    rng: np.random.Generator,
    keep_px: tuple[float, float, float, float] | None = None,
) -> NDArray[np.float32]:
    """Make a film of path-length maps.

    Parameters
    ----------
    maps : PathMaps
        float32 or float16; one geometry can be exposed many times.
    look : Look
    rng : numpy.random.Generator
        Noise and the places of objects. Same maps, look and generator state give the same film.
    keep_px : (left, top, right, bottom), optional
        Part of the maps that must stay in view (the labelled bodies). Collimation may then come
        close to it, and markers keep out of it; without it collimation stays near the rim.

    Returns
    -------
    ndarray, shape (height, width), float32
        0..1, dense bone bright, same geometry as the maps (cassette seams move the part below by
        less than a millimetre).
    """
    keep = None if keep_px is None else Box(*keep_px)
    cortical, trabecular, soft, metal = (
        np.nan_to_num(np.asarray(part, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        if part.dtype != np.float32
        else part
        for part in (maps.cortical_mm, maps.trabecular_mm, maps.soft_mm, maps.metal_mm)
    )
    pitch_mm = float(maps.pitch_mm)
    pixel_mm = pitch_mm * float(maps.magnification)
    size = maps.size_px

    body = soft > physics.BODY_FROM_MM
    if metal.any():
        body &= metal < _METAL_FROM_MM
    integral = physics.line_integral(cortical, trabecular, soft, metal, look.beam, pitch_mm, rng)
    typical = float(np.median(body_samples(integral, body)))
    signal = physics.transmitted(integral, look.beam, pitch_mm, typical)
    if look.beam.heel > 0.01:
        signal *= physics.shade(size, look.beam)
    typical_signal = float(np.median(body_samples(signal, body)))
    typical_log = -float(np.log(max(typical_signal, 1e-7)))
    if look.objects.collimation:
        signal, field = objects.limit_field(signal, look.objects, pitch_mm, keep, rng)
        # Processing looks for the edges of the field, and now and then misses them.
        if look.objects.collimation_found:
            body &= field
    grey = physics.detected_log(
        signal, look.detector, pitch_mm, maps.magnification, typical_signal, rng
    )
    grey = objects.add_objects(grey, look.objects, pixel_mm, typical_log, keep, rng)
    film = process(grey, body, look.processing, pitch_mm)
    film = surface.add_overlays(film, look.objects, pixel_mm, keep, rng)
    return surface.carry(film, look.carrier, pixel_mm, keep, rng)
