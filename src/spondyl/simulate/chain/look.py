"""A look: all settings of the imaging chain of one film."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from spondyl.simulate.chain.site import Range, Site
from spondyl.simulate.chain.sites import SITES, WIDE, site_named

#: Share of looks of the default mixture that come from the fully wide site.
_WIDE_SHARE = 0.5


@dataclass(frozen=True)
class Beam:
    """X-rays and their way through the patient.

    Attributes
    ----------
    energy_kev : float
        Effective energy; attenuation follows from it.
    trabecular_fraction : float
        Volume of compact bone within spongy bone; the rest is marrow.
    cortex : float
        Share of compact bone that is mineral: cortices are thin in old patients.
    hardening : float
        The line integral L becomes L / (1 + hardening * L).
    scatter_fraction, scatter_mm : float
    heel, heel_angle_rad : float
        Light-field shading: share lost at the dark end, and its direction.
    texture : float
        Anatomical clutter, standard deviation in log units.
    focus_blur_mm : float
        Unsharpness before the noise, Gaussian sigma at the spine.
    motion_mm, motion_angle_rad : float
    """

    energy_kev: float
    trabecular_fraction: float
    cortex: float
    hardening: float
    scatter_fraction: float
    scatter_mm: float
    heel: float
    heel_angle_rad: float
    texture: float
    focus_blur_mm: float
    motion_mm: float
    motion_angle_rad: float


@dataclass(frozen=True)
class Detector:
    """What turns X-rays into numbers.

    Attributes
    ----------
    quanta_per_mm2 : float
        Detected behind the median body.
    electronic_noise : float
        Standard deviation as a share of the median signal.
    reader_blur_mm : float
        Unsharpness after the noise, which it correlates.
    grid_residue : float
        Amplitude of stationary-grid lines in log units; 0 without.
    grid_period_px, grid_vertical
    """

    quanta_per_mm2: float
    electronic_noise: float
    reader_blur_mm: float
    grid_residue: float
    grid_period_px: float
    grid_vertical: bool


@dataclass(frozen=True)
class Processing:
    """From the logarithm of the signal to grey values.

    Attributes
    ----------
    edge_gains : tuple of float
        Gain of the detail bands of ``processing.BAND_MM``, fine to coarse.
    compression, compression_mm : float
        Share of the coarse picture (above this scale) that is taken away.
    equalise_clip : float
        Clip limit of local equalisation; 0 without.
    equalise_tiles : int
    denoise : float
        Suppression of the finest details; 0 without.
    low_percentile, high_percentile, low_margin, high_margin : float
    median_grey, contrast, white, black : float
    """

    edge_gains: tuple[float, ...]
    compression: float
    compression_mm: float
    equalise_clip: float
    equalise_tiles: int
    denoise: float
    low_percentile: float
    high_percentile: float
    low_margin: float
    high_margin: float
    median_grey: float
    contrast: float
    white: float
    black: float


@dataclass(frozen=True)
class Objects:
    """Things in the beam and on the film besides the patient. Counts, or switches.

    ``mirrored_text`` writes letters in mirror image: a film shown with its posterior side right is
    mirrored later, and letters must not betray it.
    """

    lattice: float
    lattice_mm: float
    lattice_tilt_rad: float
    seams: int
    markers: int
    letterings: int
    legends: int
    electrodes: int
    ruler: bool
    collimation: bool
    collimation_leak: float
    collimation_soft_mm: float
    collimation_tilt_rad: float
    collimation_found: bool
    shutter: bool
    shutter_grey: float
    round_field: bool
    letterbox: bool
    lightbox: bool
    mirrored_text: bool


@dataclass(frozen=True)
class Carrier:
    """How the picture is kept: film surface, resolution, compression, bits.

    ``dust``, ``scratches`` and ``wear`` (worn zones) are counts; ``reduce_factor`` is 1 and
    ``jpeg_quality`` is 0 where nothing is lost; ``vignette``, ``camera_blur_mm`` and
    ``camera_noise`` belong to a photographed film.
    """

    dust: int
    scratches: int
    wear: int
    vignette: float
    camera_blur_mm: float
    camera_noise: float
    reduce_factor: float
    jpeg_quality: int
    eight_bit: bool


@dataclass(frozen=True)
class Look:
    """All settings of the imaging chain of one film, and the site they were drawn from."""

    site: str
    beam: Beam
    detector: Detector
    processing: Processing
    objects: Objects
    carrier: Carrier

    @staticmethod
    def draw(rng: np.random.Generator, site: str | Site | None = None) -> "Look":
        """Draw a look.

        Parameters
        ----------
        rng : numpy.random.Generator
        site : str, Site or None
            A site or its name (``site_named``). None: half of the looks from the wide site, half
            from ``SITES`` in equal shares; never one that is held back.

        Raises
        ------
        ValueError
            If the name is unknown.
        """
        return _draw(rng, _resolve(rng, site))

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the provenance of a film."""
        return _rounded(dataclasses.asdict(self))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def _resolve(rng: np.random.Generator, site: str | Site | None) -> Site:
    if isinstance(site, Site):
        return site
    if site is None:
        if rng.random() < _WIDE_SHARE:
            return WIDE
        return list(SITES.values())[int(rng.integers(len(SITES)))]
    return site_named(site)


def _draw(rng: np.random.Generator, site: Site) -> Look:
    def uniform(ends: Range) -> float:
        return float(rng.uniform(*ends))

    def log_uniform(ends: Range) -> float:
        return float(np.exp(rng.uniform(*np.log(ends))))

    def seldom(ends: Range, power: float) -> float:
        # Most films of a room look alike: strong settings are rare, but present.
        return ends[0] + (ends[1] - ends[0]) * float(rng.random()) ** power

    def chance(probability: float) -> bool:
        return bool(rng.random() < probability)

    def count(probability: float, most: int) -> int:
        return int(rng.integers(1, most + 1)) if chance(probability) else 0

    edge = seldom(site.edge_gain, 1.5)
    beam = Beam(
        energy_kev=uniform(site.energy_kev),
        trabecular_fraction=uniform(site.trabecular_fraction),
        cortex=uniform(site.cortex),
        hardening=uniform(site.hardening),
        scatter_fraction=uniform(site.scatter_fraction),
        scatter_mm=uniform(site.scatter_mm),
        heel=uniform(site.heel),
        heel_angle_rad=uniform((-np.pi, np.pi)),
        texture=seldom(site.texture, 1.4),
        focus_blur_mm=uniform(site.focus_blur_mm),
        motion_mm=uniform((0.5, 2.5)) if chance(site.motion) else 0.0,
        motion_angle_rad=uniform((-np.pi, np.pi)),
    )
    detector = Detector(
        quanta_per_mm2=log_uniform(site.quanta_per_mm2),
        electronic_noise=uniform(site.electronic_noise),
        reader_blur_mm=uniform(site.reader_blur_mm),
        grid_residue=log_uniform((0.003, 0.04)) if chance(site.grid_residue) else 0.0,
        grid_period_px=uniform((2.1, 9.0)),
        grid_vertical=chance(0.7),
    )
    processing = Processing(
        edge_gains=tuple(float(edge * rng.uniform(0.2, 1.4)) for _ in range(3)),
        compression=uniform(site.compression),
        compression_mm=uniform((18.0, 70.0)),
        equalise_clip=uniform(site.equalise_clip) if chance(site.equalise) else 0.0,
        equalise_tiles=int(rng.integers(3, 11)),
        denoise=uniform(site.denoise),
        low_percentile=uniform(site.low_percentile),
        high_percentile=uniform(site.high_percentile),
        low_margin=uniform(site.low_margin),
        high_margin=uniform(site.high_margin),
        median_grey=uniform(site.median_grey),
        contrast=uniform(site.contrast),
        white=uniform(site.white),
        black=uniform(site.black),
    )
    objects = Objects(
        lattice=log_uniform((0.06, 0.9)) if chance(site.lattice) else 0.0,
        lattice_mm=uniform((40.0, 60.0)),
        lattice_tilt_rad=float(rng.normal(0.0, 0.006)),
        seams=count(site.seam, 2),
        markers=count(site.marker, 2),
        letterings=count(site.lettering, 3),
        legends=count(site.legend, 2),
        electrodes=count(site.electrodes, 5),
        ruler=chance(site.ruler),
        collimation=chance(site.collimation),
        collimation_leak=log_uniform((0.01, 0.6)),
        collimation_soft_mm=log_uniform((0.5, 12.0)),
        collimation_tilt_rad=float(rng.normal(0.0, 0.03)),
        collimation_found=chance(0.93),
        shutter=chance(site.shutter),
        shutter_grey=0.0 if chance(0.75) else uniform((0.0, 1.0)),
        round_field=chance(site.round_field),
        letterbox=chance(site.letterbox),
        lightbox=chance(site.lightbox),
        mirrored_text=chance(0.5),
    )
    carrier = Carrier(
        dust=count(site.dust, 60),
        scratches=count(site.scratches, 8),
        wear=count(site.wear, 3),
        vignette=uniform(site.vignette),
        camera_blur_mm=uniform(site.camera_blur_mm),
        camera_noise=uniform(site.camera_noise),
        reduce_factor=uniform(site.reduce_factor) if chance(site.reduce) else 1.0,
        jpeg_quality=round(uniform(site.jpeg_quality)) if chance(site.jpeg) else 0,
        eight_bit=chance(site.eight_bit),
    )
    return Look(site.name, beam, detector, processing, objects, carrier)
