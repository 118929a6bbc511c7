"""A site: distributions from which the settings of an imaging chain are drawn."""

from dataclasses import dataclass, field

from spondyl.simulate.settings import Anatomy

#: Lower and upper end of a uniform (where stated: log-uniform) distribution.
Range = tuple[float, float]


@dataclass(frozen=True)
class Site:
    """Ranges of the settings, and chances (0..1) of what a film may carry.

    Attributes
    ----------
    name : str
    energy_kev, trabecular_fraction, cortex, hardening, heel, texture : Range
        Effective photon energy; bone share inside spongy bone; share of compact bone that is
        mineral, the rest being soft tissue; saturation of the line integral per unit; largest
        light-field shading; anatomical clutter (log units).
    scatter_fraction, scatter_mm : Range
        Scatter over total signal behind a body of median thickness, and its spread.
    quanta_per_mm2 : Range
        Detected behind the median body; log-uniform.
    focus_blur_mm, reader_blur_mm, electronic_noise, grid_residue, motion_mm
        Gaussian sigma before and after the noise; noise floor as a share of the median signal;
        chance of stationary-grid lines; chance-weighted patient motion.
    edge_gain, compression, equalise, equalise_clip
        Multi-frequency enhancement, pull of the lowest frequencies towards the median, chance
        and clip limit of local equalisation.
    low_percentile, high_percentile, low_margin, high_margin, median_grey, contrast, white, black
        Window inside the body (percent; margins as shares of the window), grey of the body's
        median, steepness of the S-curve, ends of the grey scale.
    lattice, seam, marker, lettering, legend, electrodes, ruler, collimation, shutter, letterbox,
    lightbox, round_field, dust, scratches, wear, jpeg, reduce, eight_bit
        Chances.
    jpeg_quality, reduce_factor : Range
    denoise : Range
        Suppression of the finest details, in units of their own median size.
    vignette, camera_blur_mm, camera_noise : Range
        A film photographed on its light box: light lost in the corners, unsharpness and noise
        (grey values) of the camera.
    anatomy : Anatomy
        Which patients and views this room sees.
    held_back : bool
        No training run may see this site: it is there to measure how a reader fares on a site
        that nobody trained on.
    """

    name: str = "wide"
    energy_kev: Range = (40.0, 64.0)
    trabecular_fraction: Range = (0.05, 0.18)
    cortex: Range = (0.4, 1.05)
    hardening: Range = (0.0, 0.025)
    heel: Range = (0.0, 0.45)
    texture: Range = (0.004, 0.10)
    scatter_fraction: Range = (0.2, 0.75)
    scatter_mm: Range = (20.0, 60.0)
    quanta_per_mm2: Range = (450.0, 2e5)
    focus_blur_mm: Range = (0.05, 0.6)
    reader_blur_mm: Range = (0.0, 0.45)
    electronic_noise: Range = (0.0, 0.006)
    grid_residue: float = 0.06
    motion: float = 0.05
    edge_gain: Range = (0.0, 2.2)
    compression: Range = (0.0, 0.75)
    equalise: float = 0.2
    equalise_clip: Range = (1.05, 2.5)
    low_percentile: Range = (0.2, 15.0)
    high_percentile: Range = (95.0, 99.97)
    low_margin: Range = (-0.05, 0.5)
    high_margin: Range = (-0.05, 0.6)
    median_grey: Range = (0.25, 0.9)
    contrast: Range = (-0.35, 1.0)
    white: Range = (0.72, 1.0)
    black: Range = (0.0, 0.09)
    lattice: float = 0.15
    seam: float = 0.15
    marker: float = 0.45
    lettering: float = 0.2
    legend: float = 0.15
    electrodes: float = 0.08
    ruler: float = 0.05
    collimation: float = 0.4
    shutter: float = 0.25
    letterbox: float = 0.08
    lightbox: float = 0.03
    round_field: float = 0.0
    dust: float = 0.2
    scratches: float = 0.15
    wear: float = 0.10
    jpeg: float = 0.3
    jpeg_quality: Range = (45.0, 95.0)
    reduce: float = 0.2
    reduce_factor: Range = (1.1, 2.4)
    eight_bit: float = 0.6
    denoise: Range = (0.0, 0.0)
    vignette: Range = (0.0, 0.0)
    camera_blur_mm: Range = (0.0, 0.0)
    camera_noise: Range = (0.0, 0.0)
    anatomy: Anatomy = field(default_factory=Anatomy)
    held_back: bool = False
