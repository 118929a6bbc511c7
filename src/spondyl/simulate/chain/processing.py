"""From the logarithm of the signal to grey values as a workstation shows them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.chain.blur import enlarged, reduced, reduction, smooth, smooth_small
from spondyl.simulate.chain.look import Processing

Picture = NDArray[np.float32]

#: Scales of detail enhancement, Gaussian sigma at the spine in mm: bands lie between neighbours.
BAND_MM: tuple[float, ...] = (0.7, 2.0, 6.0)
#: Scale of what noise suppression takes away, Gaussian sigma at the spine in mm.
_NOISE_MM = 0.7
_SAMPLES = 12_000


def body_samples(picture: Picture, body: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Grey values inside the body, thinned to some ten thousand; of the whole film without body."""
    stride = max(1, int(np.sqrt(picture.size / _SAMPLES)))
    thin, mask = picture[::stride, ::stride], body[::stride, ::stride]
    inside = thin[mask]
    return inside if inside.size >= 50 else thin.ravel()


def process(
    log_picture: Picture, body: NDArray[np.bool_], processing: Processing, pitch_mm: float
) -> Picture:
    """Enhance, compress, window; returns grey values 0..1.

    Parameters
    ----------
    log_picture : ndarray, float32
    body : ndarray of bool, same shape
        Where the window is measured: body without metal.
    processing : Processing
    pitch_mm : float
    """
    grey = log_picture
    if processing.denoise > 0:
        grey = _denoise(grey, body, processing.denoise, pitch_mm)
    if processing.compression > 0:
        grey = _compress(grey, body, processing, pitch_mm)
    grey = _enhance(grey, processing, pitch_mm)
    if processing.equalise_clip > 0:
        grey = _equalise(grey, body, processing)
    return _window(grey, body, processing)


def _denoise(grey: Picture, body: NDArray[np.bool_], strength: float, pitch_mm: float) -> Picture:
    """Noise suppression: the finest details shrink by a multiple of their own median size.

    What is smaller vanishes, edges stay: soft thresholding of one detail band.
    """
    coarser = smooth(grey, _NOISE_MM / pitch_mm)
    band = cv2.subtract(grey, coarser)
    limit = np.float32(strength * np.median(np.abs(body_samples(band, body))))
    cv2.subtract(band, np.clip(band, -limit, limit), band)
    return cv2.add(coarser, band, coarser)


def _compress(
    grey: Picture, body: NDArray[np.bool_], processing: Processing, pitch_mm: float
) -> Picture:
    """Dynamic range compression: the coarse picture is pulled towards the body's median.

    The coarse picture is limited to the body's own range, so that air beside the body stays dark
    and does not make a wide halo.
    """
    low, middle, high = map(float, np.percentile(body_samples(grey, body), [3, 50, 99]))
    sigma_px = processing.compression_mm / pitch_mm
    factor = reduction(sigma_px, grey.shape)
    small = smooth_small(np.clip(reduced(grey, factor), low, high), sigma_px, factor)
    coarse = enlarged(small, grey.shape, factor)
    share = processing.compression
    return cv2.addWeighted(grey, 1.0, coarse, -share, share * middle, coarse)


def _enhance(grey: Picture, processing: Processing, pitch_mm: float) -> Picture:
    """Add detail bands; large differences (skin, metal) are limited as real enhancement does."""
    bands = [
        (gain, sigma_mm / pitch_mm)
        for gain, sigma_mm in zip(processing.edge_gains, BAND_MM, strict=True)
        if sigma_mm / pitch_mm >= 0.3 and gain >= 0.02
    ]
    if not bands:
        return grey
    # Only the finest band needs the whole picture; what is coarser is made on a reduced one.
    gain, sigma_px = bands[0]
    factor = reduction(sigma_px, grey.shape)
    small = reduced(grey, factor)
    finer = smooth_small(small, sigma_px, factor)
    result = cv2.scaleAdd(_limited(grey, enlarged(finer, grey.shape, factor)), gain, grey)
    if len(bands) > 1:
        details = np.zeros_like(small)
        for gain, sigma_px in bands[1:]:
            coarser = smooth(small, sigma_px / factor)
            cv2.scaleAdd(_limited(finer, coarser), gain, details, details)
            finer = coarser
        cv2.add(result, enlarged(details, grey.shape, factor), result)
    return result


def _limited(finer: Picture, coarser: Picture) -> Picture:
    """A band of details without its largest differences."""
    band = cv2.subtract(finer, coarser)
    return np.clip(band, -0.25, 0.25, out=band)


def _equalise(grey: Picture, body: NDArray[np.bool_], processing: Processing) -> Picture:
    low, high = map(float, np.percentile(body_samples(grey, body), [0.5, 99.9]))
    span = max(high - low, 1e-3)
    low -= 0.15 * span
    span *= 1.3
    scale = 255 / span
    eight = cv2.convertScaleAbs(np.maximum(grey, np.float32(low)), alpha=scale, beta=-low * scale)
    tiles = (processing.equalise_tiles, processing.equalise_tiles)
    local = cv2.createCLAHE(processing.equalise_clip, tiles).apply(eight)
    # Only the change is taken from the 8-bit picture, so that its steps do not show.
    change = cv2.subtract(local, eight, dtype=cv2.CV_32F)
    return cv2.scaleAdd(change, span / 255, grey)


def _window(grey: Picture, body: NDArray[np.bool_], processing: Processing) -> Picture:
    """Window inside the body, gamma that puts the median where it is wanted, S-curve, ends."""
    inside = body_samples(grey, body)
    low, middle, high = np.percentile(
        inside, [processing.low_percentile, 50, processing.high_percentile]
    )
    width = high - low
    low -= processing.low_margin * width
    high += processing.high_margin * width
    span = max(float(high - low), 0.05)
    shown = grey - np.float32(low)
    shown *= np.float32(1 / span)
    np.clip(shown, 0.0, 1.0, out=shown)
    at_middle = float(np.clip((middle - low) / span, 0.05, 0.95))
    table = np.linspace(0.0, 1.0, 4096)
    gamma = float(np.clip(np.log(processing.median_grey) / np.log(at_middle), 0.3, 5.0))
    curve = table**gamma
    pivot = at_middle**gamma
    # The S-curve turns about the median: slope 1 + contrast there, ends fixed.
    bend = np.where(
        curve < pivot,
        pivot * (np.clip(curve / pivot, 0, 1)) ** (1 + processing.contrast),
        1 - (1 - pivot) * (np.clip((1 - curve) / (1 - pivot), 0, 1)) ** (1 + processing.contrast),
    )
    bend = processing.black + (processing.white - processing.black) * bend
    shown *= np.float32(4095)
    index = shown.astype(np.uint16)
    return bend.astype(np.float32)[index]
