"""Named sites, and the wide one.

A network that saw every plausible chain reads films of a chain that it never saw, so the plain
:class:`Site` is very wide. The named ones are narrow: they stand for one X-ray room each, to
measure how a reader fares from room to room, and to keep typical films frequent in the mixture.
"""

from collections.abc import Mapping
from types import MappingProxyType

from spondyl.simulate.chain.site import Range, Site
from spondyl.simulate.settings import Anatomy, View

__all__ = ["HELD_BACK_SITES", "SITES", "WIDE", "Range", "Site", "site_named"]

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
        wear=0.15,
        jpeg=0.6,
        eight_bit=1.0,
        anatomy=Anatomy(degeneration=0.35, bone_density=(0.8, 1.0), calcification_share=0.4),
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
        wear=0.0,
        eight_bit=0.3,
        anatomy=Anatomy(stoutness=(0.3, 1.0), implant_share=0.12),
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
        wear=0.0,
        marker=0.15,
        anatomy=Anatomy(views=((View.STANDING, 1.0),), scoliosis_share=0.45, stoutness=(-0.2, 0.9)),
    ),
    Site(
        "stitched-standing",  # long cassettes joined, with a wire lattice, flat greys
        energy_kev=(50.0, 64.0),
        scatter_fraction=(0.3, 0.65),
        trabecular_fraction=(0.05, 0.14),
        quanta_per_mm2=(700.0, 1e4),
        focus_blur_mm=(0.05, 0.35),
        reader_blur_mm=(0.0, 0.2),
        texture=(0.01, 0.09),
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
        wear=0.8,
        dust=0.7,
        eight_bit=1.0,
        anatomy=Anatomy(views=((View.STANDING, 1.0),), scoliosis_share=0.4),
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
        anatomy=Anatomy(
            views=((View.STANDING, 0.1), (View.LUMBAR, 0.7), (View.CONED, 0.2)), implant_share=0.12
        ),
    ),
    Site(
        "lumbar-table",  # ordinary lying lateral: narrow beam, black surroundings, bright pelvis
        energy_kev=(46.0, 60.0),
        scatter_fraction=(0.25, 0.6),
        quanta_per_mm2=(3e3, 6e4),
        trabecular_fraction=(0.05, 0.14),
        cortex=(0.45, 0.85),
        heel=(0.0, 0.35),
        focus_blur_mm=(0.15, 0.6),
        texture=(0.01, 0.06),
        edge_gain=(0.5, 2.0),
        compression=(0.1, 0.65),
        equalise=0.05,
        low_percentile=(0.2, 5.0),
        low_margin=(0.0, 0.25),
        high_margin=(0.0, 0.5),
        median_grey=(0.4, 0.78),
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
        anatomy=Anatomy(views=((View.LUMBAR, 0.75), (View.CONED, 0.25)), hidden_sacrum_share=0.03),
    ),
)

# What lies outside the ranges of all sites above is marked: without it they would not be unseen.
_HELD_BACK = (
    Site(
        "viewbox-photo",  # old films of elderly patients, photographed with a telephone
        held_back=True,
        energy_kev=(36.0, 44.0),  # outside: from 36
        trabecular_fraction=(0.035, 0.09),  # outside: from 0.035
        cortex=(0.35, 0.9),  # outside: from 0.35
        scatter_fraction=(0.3, 0.6),
        quanta_per_mm2=(1.5e3, 2e4),
        heel=(0.1, 0.5),
        focus_blur_mm=(0.2, 0.7),  # outside: to 0.7
        reader_blur_mm=(0.1, 0.4),
        edge_gain=(0.0, 0.15),
        compression=(0.0, 0.05),
        equalise=0.0,
        low_percentile=(2.0, 12.0),
        high_percentile=(95.0, 99.5),
        median_grey=(0.3, 0.6),
        contrast=(0.2, 0.9),
        black=(0.08, 0.2),  # outside: a light box shines through the blackest film
        white=(0.66, 0.85),  # outside: from 0.66
        lattice=0.0,
        seam=0.0,
        marker=0.8,
        lettering=0.1,
        legend=0.0,
        lightbox=0.5,
        dust=0.7,
        scratches=0.6,
        vignette=(0.15, 0.5),  # outside
        camera_blur_mm=(0.1, 0.4),  # outside
        camera_noise=(0.004, 0.02),  # outside
        jpeg=1.0,
        jpeg_quality=(25.0, 65.0),  # outside: from 25
        reduce=0.4,
        eight_bit=1.0,
        anatomy=Anatomy(
            views=((View.STANDING, 0.15), (View.LUMBAR, 0.65), (View.CONED, 0.20)),
            implant_share=0.03,
            stoutness=(-0.6, 0.9),
            degeneration=0.45,
            bone_density=(0.65, 1.0),
            calcification_share=0.6,
        ),
    ),
    Site(
        "fluoroscopy",  # image intensifier of a spine clinic: round field, few quanta, smoothed
        held_back=True,
        energy_kev=(56.0, 68.0),  # outside: to 68
        scatter_fraction=(0.45, 0.75),
        quanta_per_mm2=(400.0, 6e3),
        focus_blur_mm=(0.3, 0.7),  # outside: to 0.7
        reader_blur_mm=(0.15, 0.5),  # outside: to 0.5
        electronic_noise=(0.002, 0.01),  # outside: to 0.01
        heel=(0.0, 0.1),
        edge_gain=(1.0, 2.8),  # outside: to 2.8
        compression=(0.5, 0.88),  # outside: to 0.88
        equalise=0.4,
        median_grey=(0.35, 0.7),
        black=(0.0, 0.01),
        lattice=0.0,
        seam=0.0,
        marker=0.1,
        lettering=0.6,
        legend=0.3,
        collimation=0.3,
        shutter=0.2,
        round_field=0.8,  # outside
        denoise=(1.5, 3.0),  # outside
        dust=0.0,
        scratches=0.0,
        wear=0.0,
        eight_bit=1.0,
        anatomy=Anatomy(
            views=((View.STANDING, 0.05), (View.LUMBAR, 0.50), (View.CONED, 0.45)),
            implant_share=0.25,
            transitional_share=0.12,
            stoutness=(0.8, 0.9),
            scoliosis_share=0.55,
            degeneration=0.40,
        ),
    ),
)

#: The named sites that training mixes.
SITES: Mapping[str, Site] = MappingProxyType({site.name: site for site in _NAMED})
#: Sites that no training run may see; they stand in no mixture and are only taken by name.
HELD_BACK_SITES: Mapping[str, Site] = MappingProxyType({site.name: site for site in _HELD_BACK})


def site_named(name: str) -> Site:
    """The site of a name: "wide", one that training mixes, or one held back.

    Raises
    ------
    ValueError
        If no site has this name.
    """
    known = {WIDE.name: WIDE, **SITES, **HELD_BACK_SITES}
    if name not in known:
        raise ValueError(f"Unknown site {name!r} of simulated films; known are {', '.join(known)}.")
    return known[name]
