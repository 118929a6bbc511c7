"""The vertebral body: a closed block with two concave endplates, a waist and a crisp rim."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.simulate.shapes.primitives import ring_faces
from spondyl.simulate.shapes.surface import Surface

SECTORS = 48
_CAP = np.array([0.13, 0.26, 0.39, 0.52, 0.64, 0.76, 0.86, 0.94])
_CORNER = np.deg2rad([0.0, 30.0, 60.0, 90.0])
_SIDE = np.linspace(1, 0, 13)[1:-1]


@dataclass(frozen=True)
class BodyParameters:
    """Size and form of one body, in millimetres unless said otherwise.

    Attributes
    ----------
    depth_superior, depth_inferior : float
        Anterior-posterior length of the endplates in the mid-sagittal plane.
    width_superior, width_inferior : float
        Left-right width of the endplates.
    height_anterior, height_middle, height_posterior : float
        Between the corners, and between the endplates at half depth.
    inferior_shift : float
        How far the inferior endplate lies in front of the superior one.
    wedge_share : float
        Share (0..1) of the anterior-posterior difference that the superior endplate takes.
    concavity_share : float
        Share (0..1) of the middle height's deficit that the inferior endplate takes.
    concavity_focus : float
        Deepest place of the endplates, as a share of half depth (negative = posterior).
    ring_share : float
        Width of the flat bony ring at the rim, as a share of the radius.
    waist_anterior, waist_lateral, waist_posterior : float
        How far the walls are drawn in between the rims.
    waist_power : float
        2 is a round waist; larger is a straight wall that flares at the rims.
    rim_radius : float
        Rounding of the rim.
    posterior_concavity : float
        How far the posterior wall's middle lies in front of its sides.
    squareness_anterior, squareness_posterior : float
        Superellipse exponents of the outline (2 = ellipse).
    cortex, endplate : float
        Thickness of the walls and of the endplates.
    density : float
        Spongy bone relative to normal.
    """

    depth_superior: float = 34.0
    depth_inferior: float = 34.5
    width_superior: float = 44.0
    width_inferior: float = 46.0
    height_anterior: float = 27.0
    height_middle: float = 25.0
    height_posterior: float = 27.0
    inferior_shift: float = 0.0
    wedge_share: float = 0.5
    concavity_share: float = 0.6
    concavity_focus: float = -0.25
    ring_share: float = 0.12
    waist_anterior: float = 2.6
    waist_lateral: float = 3.0
    waist_posterior: float = 1.5
    waist_power: float = 2.4
    rim_radius: float = 0.8
    posterior_concavity: float = 0.8
    squareness_anterior: float = 2.1
    squareness_posterior: float = 2.7
    cortex: float = 0.5
    endplate: float = 0.7
    density: float = 1.0


def body_points(body: BodyParameters) -> NDArray[np.float64]:
    """The six points (6, 3) in ``POINT_NAMES`` order, origin at the mean of the four corners."""
    anterior = body.height_anterior - body.height_posterior
    top_front = body.height_posterior / 2 + anterior * body.wedge_share
    low_front = -body.height_posterior / 2 - anterior * (1 - body.wedge_share)
    up, down, shift = body.depth_superior / 2, body.depth_inferior / 2, body.inferior_shift
    corners = np.array(
        [
            [-up, 0.0, body.height_posterior / 2],
            [up, 0.0, top_front],
            [down + shift, 0.0, low_front],
            [-down + shift, 0.0, -body.height_posterior / 2],
        ]
    )
    # Heights are distances between points, so a shifted endplate is brought nearer.
    for high, low, height in ((1, 2, body.height_anterior), (0, 3, body.height_posterior)):
        slant = corners[high, 0] - corners[low, 0]
        excess = (corners[high, 2] - corners[low, 2]) - np.sqrt(height**2 - slant**2)
        corners[high, 2] -= excess / 2
        corners[low, 2] += excess / 2
    corners -= corners.mean(axis=0)
    middle = np.stack([(corners[0] + corners[1]) / 2, (corners[3] + corners[2]) / 2])
    slant = middle[0, 0] - middle[1, 0]
    drop = middle[0, 2] - middle[1, 2] - np.sqrt(body.height_middle**2 - slant**2)
    middle[0, 2] -= drop * (1 - body.concavity_share)
    middle[1, 2] += drop * body.concavity_share
    return np.concatenate([corners, middle])


def _outline(
    body: BodyParameters, depth: float, width: float, angle: NDArray[np.floating]
) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    power = np.where(cos >= 0, 2 / body.squareness_anterior, 2 / body.squareness_posterior)
    x = depth / 2 * np.sign(cos) * np.abs(cos) ** power
    y = width / 2 * np.sign(sin) * np.abs(sin) ** power
    # The body is widest a little behind its middle.
    x = x - 0.05 * depth * (1 - (2 * x / depth) ** 2)
    side = (2 * np.abs(y) / width / 0.55) ** 2
    x = x - body.posterior_concavity * np.where(cos < 0, side * np.exp(1 - side), 0.0)
    return np.stack([x, y], axis=-1)


def _dish(
    body: BodyParameters, u: NDArray[np.float64], v: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Depth of the endplate's dish, 1 at half depth in the mid-sagittal plane.

    ``u`` and ``v`` are shares of half depth and half width.
    """
    reach = 1 - body.ring_share

    def bowl(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
        across = reach * np.sqrt(np.clip(1 - np.minimum(np.abs(u), 1) ** 2.2, 0.02, 1))
        focus = body.concavity_focus
        along = np.where(u > focus, (u - focus) / (reach - focus), (u - focus) / (-reach - focus))
        rest = np.clip(1 - along**2, 0, 1) * np.clip(1 - (v / across) ** 2, 0, 1)
        return rest**0.9

    return bowl(u, v) / bowl(np.zeros(1), np.zeros(1))


def build_body(body: BodyParameters) -> tuple[Surface, NDArray[np.float64]]:
    """The closed surface of a body and its six points (6, 3).

    The mid-endplate points are vertices of the surface; the corners lie on the sharp rim that
    ``rim_radius`` rounds off (0.41 of it away from the surface).
    """
    points = body_points(body)
    angle = np.arange(SECTORS) * (2 * np.pi / SECTORS)
    radius = body.rim_radius
    outlines, rims, caps = [], [], []
    for back, front, mid, depth, width, sign in (
        (0, 1, 4, body.depth_superior, body.width_superior, 1.0),
        (3, 2, 5, body.depth_inferior, body.width_inferior, -1.0),
    ):
        outline = _outline(body, depth, width, angle)
        length = np.linalg.norm(outline, axis=1, keepdims=True)
        outward = outline / length
        centre = (points[back, 0] + points[front, 0]) / 2
        forward = np.array([centre, 0.0])
        half = (points[front, 0] - points[back, 0]) / 2
        slope = (points[front, 2] - points[back, 2]) / (2 * half)
        level = (points[front, 2] + points[back, 2]) / 2
        dip = points[mid, 2] - level
        flat = outline - radius * outward
        inner = _CAP[:, None, None] * flat
        u, v = inner[..., 0] / half, inner[..., 1] / (width / 2)
        z = level + slope * inner[..., 0] + dip * _dish(body, u, v)
        cap = np.concatenate([inner + forward, z[..., None]], axis=-1)
        bend = flat + radius * np.sin(_CORNER)[:, None, None] * outward
        z = level + slope * bend[..., 0] - sign * radius * (1 - np.cos(_CORNER))[:, None]
        rim = np.concatenate([bend + forward, z[..., None]], axis=-1)
        outlines.append(outward)
        rims.append(rim)
        caps.append(cap)
    t = _SIDE[:, None, None]
    wall = t * rims[0][-1] + (1 - t) * rims[1][-1]
    cos, sin = np.cos(angle), np.sin(angle)
    waist = body.waist_lateral * sin**2 + cos**2 * np.where(
        cos > 0, body.waist_anterior, body.waist_posterior
    )
    inward = (t * outlines[0] + (1 - t) * outlines[1]) * waist[:, None]
    wall[..., :2] -= (1 - np.abs(2 * t - 1) ** body.waist_power) * inward
    rings = np.concatenate([caps[0], rims[0], wall, rims[1][::-1], caps[1][::-1]])
    vertices = np.concatenate([points[4:5], rings.reshape(-1, 3), points[5:6]])
    rows = len(rings)
    shell = np.full((rows, SECTORS), body.cortex, dtype=np.float32)
    plate_rows = len(_CAP) + 1
    shell[:plate_rows] = shell[-plate_rows:] = body.endplate
    ends = np.full(1, body.endplate, dtype=np.float32)
    faces = ring_faces(rows, SECTORS)
    surface = Surface(
        vertices.astype(np.float32),
        faces,
        np.concatenate([ends, shell.ravel(), ends]),
        body.density,
    )
    if surface.volume_mm3 <= 0:
        surface = Surface(
            surface.vertices_mm, faces[:, ::-1].copy(), surface.shell_mm, body.density
        )
    return surface, points
