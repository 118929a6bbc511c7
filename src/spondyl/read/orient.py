"""Which way the film lies: posterior side and polarity, from the picture, checked by the header."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.geometry import Affine, identity, mirror
from spondyl.read.engine import Networks
from spondyl.read.prepare import view_input

FloatImage = NDArray[np.float32]


@dataclass(frozen=True)
class Orientation:
    """How a film differs from the canonical frame (posterior left, bone bright)."""

    posterior_right: bool
    inverted: bool

    @property
    def posterior_side(self) -> str:
        """``"left"`` or ``"right"``."""
        return "right" if self.posterior_right else "left"


@dataclass(frozen=True)
class View:
    """What the picture says of itself; positive logits say yes.

    Attributes
    ----------
    posterior_right, inverted, lumbar : float
    """

    posterior_right: float
    inverted: float
    lumbar: float


@dataclass(frozen=True)
class OrientSettings:
    """Logits (absolute) from which the picture alone decides.

    Under ``side_sure`` both sides are read and the better column counts: a column seen the wrong
    way round scores lower.
    """

    side_sure: float = 3.0
    polarity_sure: float = 1.0


def look_at(pixels: FloatImage, networks: Networks) -> View:
    """Ask the view network of a picture, its mirror image, its negative and both.

    The four answers are averaged with their signs turned, so that a mirrored or negative film gets
    exactly the turned answer, whatever the network learned.
    """
    picture = view_input(pixels)
    mirrored = picture[..., ::-1]
    logits = networks.view(np.stack([picture, mirrored, 1 - picture, 1 - mirrored]))
    side = float(np.mean(logits.side * np.array([1, -1, 1, -1])))
    inverted = float(np.mean(logits.inverted * np.array([1, 1, -1, -1])))
    upright = logits.lumbar[2:] if inverted > 0 else logits.lumbar[:2]
    return View(side, inverted, float(np.mean(upright)))


def likely_orientations(
    view: View, header_side: str | None, settings: OrientSettings | None = None
) -> tuple[Orientation, ...]:
    """Orientations worth trying, the likeliest first; one where picture or header decide.

    Parameters
    ----------
    view : View
    header_side : "left", "right" or None
        From the header; used where the picture is unsure.
    settings : OrientSettings, optional
    """
    settings = settings or OrientSettings()
    right = view.posterior_right > 0
    if abs(view.posterior_right) >= settings.side_sure:
        sides = [right]
    elif header_side is not None:
        sides = [header_side == "right"]
    else:
        sides = [right, not right]
    negative = view.inverted > 0
    unsure = abs(view.inverted) < settings.polarity_sure
    polarities = [negative, not negative] if unsure else [negative]
    return tuple(Orientation(side, polarity) for polarity in polarities for side in sides)


def other_orientations(tried: tuple[Orientation, ...]) -> tuple[Orientation, ...]:
    """The orientations that were not tried."""
    return tuple(
        Orientation(side, polarity)
        for polarity in (False, True)
        for side in (False, True)
        if Orientation(side, polarity) not in tried
    )


def to_canonical(pixels: FloatImage, orientation: Orientation) -> tuple[FloatImage, Affine]:
    """The film with posterior left and bone bright, and the map film px -> canonical px."""
    if orientation.inverted:
        # Turned within the film's own range, so that the ends of the grey scale swap places.
        pixels = np.float32(float(pixels.min()) + float(pixels.max())) - pixels
    if not orientation.posterior_right:
        return pixels, identity()
    return np.ascontiguousarray(pixels[:, ::-1]), mirror(pixels.shape[1])


def orientation_warnings(
    orientation: Orientation, header_side: str | None, header_inverted: bool
) -> tuple[str, ...]:
    """Sentences where the picture and the header disagree."""
    warnings = []
    if header_side is not None and header_side != orientation.posterior_side:
        warnings.append(
            f"The header says that the posterior side is {header_side}, the picture shows it "
            f"{orientation.posterior_side}; the picture was followed."
        )
    if orientation.inverted:
        cause = "after" if header_inverted else "although"
        told = (
            f"{cause} its header had it inverted"
            if header_inverted
            else f"{cause} its header does not call it inverted"
        )
        warnings.append(f"The picture shows bone dark {told}; it was turned for reading.")
    return tuple(warnings)
