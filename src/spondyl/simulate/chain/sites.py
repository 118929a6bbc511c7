"""Sites: distributions from which the settings of an imaging chain are drawn.

A network that saw every plausible chain reads films of a chain that it never saw, so the plain
:class:`Site` is very wide. The named ones are narrow: they stand for one X-ray room each, to
measure how a reader fares from room to room, and to keep typical films frequent in the mixture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Lower and upper end of a uniform (where stated: log-uniform) distribution.
Range = tuple[float, float]


@dataclass(frozen=True)
class Site:
    """Ranges of the settings, and chances (0..1) of what a film may carry.

    Attributes
    ----------
    name : str
    energy_kev, trabecular_fraction, hardening, heel, texture : Range
        Effective photon energy; bone share inside spongy bone; saturation of the line integral
        per unit; largest light-field shading; anatomical clutter (log units).
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
    lightbox, dust, scratches, jpeg, reduce, eight_bit
        Chances.
    jpeg_quality, reduce_factor : Range
    """

    name: str = "wide"
    energy_kev: Range = (40.0, 64.0)
    trabecular_fraction: Range = (0.06, 0.20)
    hardening: Range = (0.0, 0.025)
    heel: Range = (0.0, 0.45)
    texture: Range = (0.002, 0.07)
    scatter_fraction: Range = (0.2, 0.75)
    scatter_mm: Range = (20.0, 60.0)
    quanta_per_mm2: Range = (300.0, 2e5)
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
    median_grey: Range = (0.2, 0.85)
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
    dust: float = 0.2
    scratches: float = 0.15
    jpeg: float = 0.3
    jpeg_quality: Range = (30.0, 95.0)
    reduce: float = 0.2
    reduce_factor: Range = (1.1, 2.4)
    eight_bit: float = 0.6


#: Everything plausible.
WIDE = Site()

_NAMED = (
    Site(
        "crt-scan",  # old screen-film radiographs, put on a light box and scanned
        scatter_fraction=(0.35, 0.7),
        quanta_per_mm2=(2e3, 4e4),
        focus_blur_mm=(0.2, 0.6),
        reader_blur_mm=(0.1, 0.4),
        edge_gain=(0.0, 0.3),
        compression=(0.0, 0.1),
        equalise=0.05,
        low_percentile=(3.0, 15.0),
        high_percentile=(96.0, 99.5),
        contrast=(0.3, 1.0),
        median_grey=(0.25, 0.6),
        black=(0.02, 0.09),
        white=(0.75, 0.95),
        lattice=0.0,
        seam=0.0,
        marker=0.8,
        legend=0.05,
        lightbox=0.3,
        dust=0.8,
        scratches=0.7,
        jpeg=0.6,
        eight_bit=1.0,
    ),
    Site(
        "cr-2000s",  # storage phosphor plates, light processing, dark surroundings
        quanta_per_mm2=(3e3, 4e4),
        reader_blur_mm=(0.1, 0.35),
        edge_gain=(0.2, 0.9),
        compression=(0.0, 0.35),
        equalise=0.05,
        low_margin=(0.0, 0.4),
        median_grey=(0.3, 0.65),
        black=(0.0, 0.02),
        lattice=0.0,
        seam=0.0,
        marker=0.8,
        lettering=0.25,
        collimation=0.6,
        scratches=0.2,
    ),
    Site(
        "dr-modern",  # flat panels, much processing
        energy_kev=(46.0, 60.0),
        scatter_fraction=(0.2, 0.5),
        quanta_per_mm2=(2e4, 2e5),
        focus_blur_mm=(0.05, 0.3),
        reader_blur_mm=(0.0, 0.15),
        edge_gain=(0.6, 2.0),
        compression=(0.3, 0.75),
        equalise=0.25,
        median_grey=(0.35, 0.65),
        black=(0.0, 0.01),
        white=(0.85, 1.0),
        lattice=0.0,
        seam=0.0,
        shutter=0.6,
        dust=0.0,
        scratches=0.0,
        eight_bit=0.3,
    ),
    Site(
        "eos-like",  # slot scanning: nearly no scatter, even field, low dose, grey surroundings
        energy_kev=(50.0, 64.0),
        scatter_fraction=(0.05, 0.2),
        quanta_per_mm2=(1e3, 1.5e4),
        heel=(0.0, 0.05),
        focus_blur_mm=(0.15, 0.35),
        edge_gain=(0.1, 0.8),
        compression=(0.2, 0.6),
        equalise=0.1,
        low_percentile=(0.2, 2.0),
        low_margin=(0.1, 0.5),
        median_grey=(0.4, 0.7),
        lattice=0.0,
        seam=0.0,
        collimation=0.0,
        shutter=0.0,
        dust=0.0,
        scratches=0.0,
        marker=0.15,
    ),
    Site(
        "stitched-standing",  # long cassettes joined, with a wire lattice, flat greys
        energy_kev=(50.0, 64.0),
        scatter_fraction=(0.3, 0.65),
        quanta_per_mm2=(1e3, 2e4),
        texture=(0.01, 0.07),
        edge_gain=(0.5, 2.0),
        compression=(0.4, 0.75),
        equalise=0.1,
        low_percentile=(2.0, 12.0),
        high_margin=(-0.03, 0.15),
        low_margin=(-0.05, 0.2),
        median_grey=(0.66, 0.88),
        contrast=(-0.1, 0.5),
        white=(0.8, 0.9),
        black=(0.0, 0.03),
        lattice=0.9,
        seam=0.8,
        marker=0.15,
        lettering=0.1,
        electrodes=0.12,
        collimation=0.3,
        shutter=0.05,
        scratches=0.8,
        dust=0.7,
        eight_bit=1.0,
    ),
    Site(
        "bedside",  # mobile unit, no grid: haze, noise, buttons and electrodes
        scatter_fraction=(0.6, 0.82),
        quanta_per_mm2=(300.0, 5e3),
        focus_blur_mm=(0.3, 0.8),
        motion=0.3,
        edge_gain=(0.2, 1.2),
        compression=(0.2, 0.6),
        median_grey=(0.3, 0.7),
        lattice=0.0,
        seam=0.0,
        electrodes=0.5,
        grid_residue=0.0,
    ),
    Site(
        "lumbar-table",  # ordinary lying lateral: narrow beam, black surroundings, bright pelvis
        energy_kev=(46.0, 60.0),
        scatter_fraction=(0.25, 0.6),
        quanta_per_mm2=(3e3, 6e4),
        heel=(0.0, 0.35),
        texture=(0.01, 0.07),
        edge_gain=(0.5, 2.0),
        compression=(0.1, 0.65),
        equalise=0.05,
        low_percentile=(0.2, 5.0),
        low_margin=(0.0, 0.25),
        high_margin=(0.0, 0.5),
        median_grey=(0.35, 0.65),
        contrast=(-0.2, 0.4),
        white=(0.75, 1.0),
        black=(0.0, 0.01),
        lattice=0.0,
        seam=0.0,
        marker=0.8,
        lettering=0.4,
        legend=0.3,
        collimation=0.5,
        shutter=0.5,
        eight_bit=1.0,
    ),
)

#: The named sites.
SITES: Mapping[str, Site] = MappingProxyType({site.name: site for site in _NAMED})
