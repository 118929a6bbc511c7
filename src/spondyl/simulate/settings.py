"""What a simulated patient and view can be: the settings of the geometry."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """What of the patient a film shows."""

    STANDING = "standing"
    LUMBAR = "lumbar"
    CONED = "coned"
    FRONTAL = "frontal"
    CHEST = "chest"


#: Views that show a lateral lumbar spine; the others exist so that a reader learns to refuse them.
LATERAL_LUMBAR_VIEWS = (View.STANDING, View.LUMBAR, View.CONED)


@dataclass(frozen=True)
class SceneSettings:
    """Settings of the drawn geometries.

    Attributes
    ----------
    pitch_mm : float
        Pixel pitch in the plane of the spine.
    height_px : int or None
        If given, the pitch is chosen so that the map has this many rows.
    views : tuple of (View, float)
        Views and their shares.
    fracture_share : float
        Share of films with at least one fractured body.
    mimic_share : float
        Probability of a mimic per normal body.
    implant_share : float
        Share of films with implants or cement.
    transitional_share : float
        Share of films with six lumbar bodies or a sacralised L5.
    mesh_share : float
        Share of films whose bones come from the mesh library, where one is given.
    hidden_sacrum_share : float
        Share of lateral views that end above the sacrum.
    stoutness : (float, float)
        Mean and deviation of the build; 0 is the mean patient, 1 a deviation stouter.
    scoliosis_share : float
        Share of patients with a pronounced side curve.
    degeneration : float
        Mean amount of osteophytes, 0..1.
    bone_density : (float, float)
        Range of the mineral against the built-in bones (1); spongy bone loses all of the
        difference, compact bone half of it.
    calcification_share : float
        Share of patients with a calcified aorta.
    """

    pitch_mm: float = 0.5
    height_px: int | None = None
    views: tuple[tuple[View, float], ...] = (
        (View.STANDING, 0.40),
        (View.LUMBAR, 0.42),
        (View.CONED, 0.18),
    )
    fracture_share: float = 0.45
    mimic_share: float = 0.10
    implant_share: float = 0.08
    transitional_share: float = 0.06
    mesh_share: float = 0.5
    hidden_sacrum_share: float = 0.05
    stoutness: tuple[float, float] = (0.0, 1.0)
    scoliosis_share: float = 0.3
    degeneration: float = 0.25
    bone_density: tuple[float, float] = (1.0, 1.0)
    calcification_share: float = 0.3

    def at(self, anatomy: "Anatomy") -> "SceneSettings":
        """These settings at a site: its anatomy fills in what was left at its default."""
        plain = SceneSettings()
        changes = {
            name: value
            for name, value in vars(anatomy).items()
            if value is not None and getattr(self, name) == getattr(plain, name)
        }
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True)
class Anatomy:
    """Which patients and views a site sees: fields of :class:`SceneSettings`; None says nothing."""

    views: tuple[tuple[View, float], ...] | None = None
    mimic_share: float | None = None
    implant_share: float | None = None
    transitional_share: float | None = None
    hidden_sacrum_share: float | None = None
    stoutness: tuple[float, float] | None = None
    scoliosis_share: float | None = None
    degeneration: float | None = None
    bone_density: tuple[float, float] | None = None
    calcification_share: float | None = None
