"""From path lengths to the logarithm of the detected signal."""

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.chain.blur import coarse_noise, reduced, smooth
from spondyl.simulate.chain.look import Beam, Detector

Picture = NDArray[np.float32]

# Linear attenuation, 1/mm: NIST XCOM / Hubbell & Seltzer (NISTIR 5632) mass attenuation times
# density: water 1.00, cortical bone 1.92, titanium 4.54 g/cm3.
_ENERGY_KEV = np.array([30.0, 40.0, 50.0, 60.0, 80.0])
_WATER = np.array([0.03756, 0.02683, 0.02269, 0.02059, 0.01837])
_BONE = np.array([0.2556, 0.1278, 0.0814, 0.0604, 0.0428])
_TITANIUM = np.array([2.258, 1.005, 0.551, 0.348, 0.184])

#: Thickness of water-equivalent tissue from which a pixel counts as body, mm.
BODY_FROM_MM = 25.0
#: Beyond this line integral nothing passes; it keeps exponentials within float32.
_THICKEST = 60.0
_FLOOR = np.float32(1e-7)


def attenuation_per_mm(energy_kev: float) -> tuple[float, float, float]:
    """Water, cortical bone, titanium; log-log interpolation of the NIST tables."""

    def at(table: NDArray[np.float64]) -> float:
        return float(np.exp(np.interp(np.log(energy_kev), np.log(_ENERGY_KEV), np.log(table))))

    return at(_WATER), at(_BONE), at(_TITANIUM)


def line_integral(
    cortical_mm: Picture,
    trabecular_mm: Picture,
    soft_mm: Picture,
    metal_mm: Picture,
    beam: Beam,
    pitch_mm: float,
    rng: np.random.Generator,
) -> Picture:
    """Attenuation along each ray (no unit), with texture of tissue and spongy bone, hardened."""
    water, bone, titanium = attenuation_per_mm(beam.energy_kev)
    spongy = beam.trabecular_fraction * bone + (1 - beam.trabecular_fraction) * water
    integral = soft_mm * np.float32(water)
    compact = beam.cortex * bone + (1 - beam.cortex) * water
    cv2.scaleAdd(cortical_mm, compact, integral, integral)
    if beam.texture > 0:
        size = integral.shape[1], integral.shape[0]
        clutter = coarse_noise(rng, size, 14.0 / pitch_mm)
        cv2.scaleAdd(coarse_noise(rng, size, 5.0 / pitch_mm), 0.6, clutter, clutter)
        fine = coarse_noise(rng, size, 1.3 / pitch_mm)
        cv2.scaleAdd(fine, 0.35, clutter, clutter)
        # Clutter belongs to tissue: it fades out where there is little of it.
        share = soft_mm * np.float32(1 / 150.0)
        np.minimum(share, np.float32(1.0), out=share)
        clutter *= share
        cv2.scaleAdd(clutter, beam.texture, integral, integral)
        # Trabeculae: relative fluctuation of the spongy path.
        fine *= np.float32(0.5 * beam.texture)
        fine += np.float32(1.0)
        fine *= trabecular_mm
        cv2.scaleAdd(fine, spongy, integral, integral)
    else:
        cv2.scaleAdd(trabecular_mm, spongy, integral, integral)
    if metal_mm.any():
        cv2.scaleAdd(metal_mm, titanium, integral, integral)
    np.clip(integral, 0.0, _THICKEST, out=integral)
    if beam.hardening > 0:
        harder = integral * np.float32(beam.hardening)
        harder += np.float32(1.0)
        integral /= harder
    return integral


def transmitted(integral: Picture, beam: Beam, pitch_mm: float, typical: float) -> Picture:
    """Primary and scattered signal relative to the open beam.

    Parameters
    ----------
    integral : ndarray, float32
    beam : Beam
    pitch_mm : float
    typical : float
        Line integral of the median body; there the scatter fraction holds.

    Notes
    -----
    Scatter arises in proportion to ``primary * line integral`` (Ohnesorge et al., Eur Radiol
    1999) and spreads as a wide Gaussian, so that it varies over centimetres only.
    """
    primary = np.negative(integral)
    cv2.exp(primary, primary)
    primary = smooth(primary, beam.focus_blur_mm / pitch_mm)
    if beam.motion_mm > pitch_mm:
        primary = cv2.filter2D(
            primary,
            -1,
            _streak(beam.motion_mm / pitch_mm, beam.motion_angle_rad),
            borderType=cv2.BORDER_REPLICATE,
        )
    height, width = integral.shape
    # Whole blocks first, which are quick to average.
    small = reduced(integral, max(1, min(int(2.0 / pitch_mm), height // 8, width // 8)))
    step = max(1.0, 4.0 / pitch_mm)
    small_size = max(2, round(width / step)), max(2, round(height / step))
    small = cv2.resize(small, small_size, interpolation=cv2.INTER_AREA)
    source = cv2.exp(-small) * small
    reach = smooth(source, beam.scatter_mm / (pitch_mm * width / small_size[0]))
    # Bright rims (skin) must not flood the middle: thin parts scatter at most a few times more.
    reach = np.minimum(reach, np.float32(6.0 * np.exp(-typical) * typical))
    ratio = beam.scatter_fraction / max(1 - beam.scatter_fraction, 0.02)
    reach *= np.float32(ratio / max(typical, 0.1))
    scatter = cv2.resize(reach, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.add(primary, scatter, scatter)


def shade(size_px: tuple[int, int], beam: Beam) -> Picture:
    """Light field of the tube (heel effect), 1 at its bright end."""
    width, height = size_px
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :] * np.float32(
        np.cos(beam.heel_angle_rad)
    )
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * np.float32(
        np.sin(beam.heel_angle_rad)
    )
    heel = np.float32(beam.heel)
    return np.add(x * heel, y * heel + np.float32(1 - 0.7 * beam.heel))


def detected_log(
    signal: Picture,
    detector: Detector,
    pitch_mm: float,
    magnification: float,
    typical_signal: float,
    rng: np.random.Generator,
) -> Picture:
    """Minus the logarithm of the detected signal, dense bone bright.

    Noise is Gaussian with the Poisson variance; ``typical_signal`` is that of the median body,
    behind which ``detector.quanta_per_mm2`` are counted.
    """
    height, width = signal.shape
    quanta = detector.quanta_per_mm2 * (pitch_mm * magnification) ** 2
    per_signal = quanta / max(typical_signal, 1e-6)
    noise = rng.standard_normal(signal.shape, dtype=np.float32)
    deviation = signal * np.float32(1 / per_signal)
    deviation += np.float32((detector.electronic_noise * typical_signal) ** 2)
    cv2.sqrt(deviation, deviation)
    noise *= deviation
    noise += signal
    noisy = smooth(noise, detector.reader_blur_mm / pitch_mm)
    # A pixel counts at least a quarter of a quantum; this also bounds the logarithm.
    np.maximum(noisy, max(_FLOOR, np.float32(min(0.25 / per_signal, typical_signal))), out=noisy)
    cv2.log(noisy, noisy)
    grey = np.negative(noisy, out=noisy)
    if detector.grid_residue > 0:
        length = width if detector.grid_vertical else height
        wave = np.float32(detector.grid_residue) * np.sin(
            np.arange(length, dtype=np.float32) * np.float32(2 * np.pi / detector.grid_period_px)
        )
        grey += wave[None, :] if detector.grid_vertical else wave[:, None]
    return grey


def _streak(length_px: float, angle_rad: float) -> Picture:
    """Line kernel of unit sum: motion of the patient during the exposure."""
    radius = int(np.ceil(length_px / 2))
    size = 2 * radius + 1
    kernel = np.zeros((size, size), dtype=np.float32)
    for step in np.linspace(-length_px / 2, length_px / 2, 4 * size):
        x = radius + step * np.cos(angle_rad)
        y = radius + step * np.sin(angle_rad)
        kernel[round(float(y)), round(float(x))] += 1
    return kernel / kernel.sum()
