"""The film with its findings drawn in, as a PNG for people. OpenCV only."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from spondyl.deliver.text import draw_text, text_width
from spondyl.deliver.words import NOTICE
from spondyl.files import write_whole
from spondyl.film.normalise import robust_window
from spondyl.read.model import Finding, Reading

Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours (blue, green, red) and how much wider a fractured body's outline is.

    Attributes
    ----------
    normal, fractured, suspicious, unjudged : Colour
        Outlines and words of bodies.
    paper, band : Colour
        Words and ground of the bands.
    fractured_width : float
        Width of a fractured body's outline over that of others.
    """

    normal: Colour
    fractured: Colour
    suspicious: Colour
    unjudged: Colour
    paper: Colour = (245, 245, 245)
    band: Colour = (34, 30, 28)
    fractured_width: float = 1.0


#: Told apart by people with red-green blindness: teal, orange, yellow, grey.
COLOURS = Palette((196, 178, 60), (32, 110, 250), (70, 205, 245), (165, 165, 165))
#: For grey monitors: what colours say is said by brightness, width and words.
GREYS = Palette(
    (170, 170, 170), (255, 255, 255), (225, 225, 225), (150, 150, 150), fractured_width=2.0
)
_SHIFT = 4  # fractional bits of cv2's drawing functions


@dataclass(frozen=True)
class PictureSettings:
    """Look of the picture.

    Attributes
    ----------
    height_px : int
        Height of the film in the picture; the film is scaled to it.
    least_width_px : int
        The picture is padded to this width.
    suspicious_share : float
        A body at or above this share of the threshold is shown with its probability.
    palette : Palette
    """

    height_px: int = 1400
    least_width_px: int = 760
    suspicious_share: float = 0.5
    palette: Palette = COLOURS


def draw_overlay(reading: Reading, settings: PictureSettings | None = None) -> Canvas:
    """Draw a reading on its film.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8
        Blue, green, red. A band over the film says the result, a band under it what it is not.
    """
    settings = settings or PictureSettings()
    canvas, scale, margin = _film_canvas(reading, settings)
    unit = settings.height_px / 1400
    for finding in reading.findings:
        curve = _curve(finding, scale, margin)
        colour = _colour(finding, reading, settings)
        width = unit * (settings.palette.fractured_width if finding.fractured else 1.0)
        _outline(canvas, curve, colour, unit, width, dashed=not finding.assessable)
    for finding in reading.findings:
        _label(canvas, finding, reading, settings, scale, margin, unit)
    return _with_bands(canvas, reading, unit, settings.palette)


def write_overlay(reading: Reading, path: Path) -> None:
    """Write ``draw_overlay`` as a PNG file (whole or not at all)."""
    ok, content = cv2.imencode(".png", draw_overlay(reading))
    if not ok:
        raise OSError(f"The picture {path} could not be encoded as PNG.")
    write_whole(path, content.tobytes())


def _film_canvas(
    reading: Reading, settings: PictureSettings
) -> tuple[Canvas, float, NDArray[np.float64]]:
    """The film as a grey picture in colour, the scale film -> picture, and the left margin."""
    pixels = reading.film.pixels
    if reading.inverted:
        pixels = np.float32(float(pixels.min()) + float(pixels.max())) - pixels
    height, width = pixels.shape
    scale = settings.height_px / height
    size = (max(1, round(width * scale)), settings.height_px)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(pixels, size, interpolation=how), np.float32)
    grey = 0.5 + 0.5 * np.clip(robust_window(small, 1.0, 99.5), -1, 1)
    # A little under full white, so that outlines and letters stand out on bone.
    picture = cv2.cvtColor((grey * 225).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    spare = max(0, settings.least_width_px - size[0])
    left = spare // 2
    picture = cv2.copyMakeBorder(
        picture, 0, 0, left, spare - left, cv2.BORDER_CONSTANT, value=(0, 0, 0)
    )
    return np.asarray(picture, np.uint8), scale, np.array([left, 0.0])


def _colour(finding: Finding, reading: Reading, settings: PictureSettings) -> Colour:
    if not finding.assessable:
        return settings.palette.unjudged
    if finding.fractured:
        return settings.palette.fractured
    if finding.fracture_probability >= settings.suspicious_share * reading.threshold:
        return settings.palette.suspicious
    return settings.palette.normal


def _curve(finding: Finding, scale: float, margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """The outline in picture px, endplates bent through their middles."""
    corners = (finding.corners_px + 0.5) * scale - 0.5 + margin
    if finding.mid_endplates_px is None:
        return np.asarray(corners, np.float64)
    mids = (finding.mid_endplates_px + 0.5) * scale - 0.5 + margin
    t = np.linspace(0, 1, 13)[:, None]

    def through(start: NDArray[np.float64], middle: NDArray[np.float64],
                end: NDArray[np.float64]) -> NDArray[np.float64]:  # fmt: skip
        control = 2 * middle - 0.5 * (start + end)
        return (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end

    superior = through(corners[0], mids[0], corners[1])
    inferior = through(corners[2], mids[1], corners[3])
    return np.vstack([superior, inferior])


def _outline(
    canvas: Canvas,
    curve: NDArray[np.float64],
    colour: Colour,
    unit: float,
    line: float,
    dashed: bool,
) -> None:
    closed = np.vstack([curve, curve[:1]])
    if not np.isfinite(closed).all():
        return
    runs = _dashes(closed, 9 * unit) if dashed else [closed]
    fixed = [np.round(run * 2**_SHIFT).astype(np.int32) for run in runs]
    for width, ink in ((round(4 * line) + 1, (0, 0, 0)), (max(1, round(2 * line)), colour)):
        cv2.polylines(canvas, fixed, False, ink, width, cv2.LINE_AA, _SHIFT)


def _dashes(line: NDArray[np.float64], length_px: float) -> list[NDArray[np.float64]]:
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    starts = np.arange(0, along[-1], 2 * length_px)
    runs = []
    for start in starts:
        at = np.linspace(start, min(start + length_px, along[-1]), 4)
        runs.append(np.stack([np.interp(at, along, line[:, k]) for k in (0, 1)], axis=1))
    return runs


def _label(
    canvas: Canvas,
    finding: Finding,
    reading: Reading,
    settings: PictureSettings,
    scale: float,
    margin: NDArray[np.float64],
    unit: float,
) -> None:
    """Name behind the body; what is suspicious in front of it."""
    corners = (finding.corners_px + 0.5) * scale - 0.5 + margin
    posterior = 0.5 * (corners[0] + corners[3])
    anterior = 0.5 * (corners[1] + corners[2])
    colour = _colour(finding, reading, settings)
    gap = 14 * unit
    behind_is_left = posterior[0] < anterior[0]
    name = str(finding.level)
    size = 24 * unit
    width = text_width(name, size)
    x = posterior[0] - gap - width if behind_is_left else posterior[0] + gap
    draw_text(canvas, name, (x, posterior[1] + 0.35 * size), size, colour, plate=True)
    lines = _remarks(finding, reading, settings)
    small = 19 * unit
    for k, line in enumerate(lines):
        width = text_width(line, small)
        x = anterior[0] + gap if behind_is_left else anterior[0] - gap - width
        x = float(np.clip(x, 4, canvas.shape[1] - width - 4))
        y = anterior[1] + 0.35 * small + (k - 0.5 * (len(lines) - 1)) * 1.3 * small
        draw_text(canvas, line, (x, y), small, colour, plate=True)


def _remarks(finding: Finding, reading: Reading, settings: PictureSettings) -> list[str]:
    probability = finding.fracture_probability
    if not finding.assessable or probability < settings.suspicious_share * reading.threshold:
        return []
    lines = [f"fracture {probability:.0%}"]
    if finding.fractured and finding.genant_grade is not None:
        lines.append(f"grade {int(finding.genant_grade)} {finding.shape or ''}".rstrip())
        if finding.height_loss is not None:
            lines.append(f"height lost {finding.height_loss:.0%}")
    return lines


def headline(reading: Reading) -> tuple[str, str]:
    """Result and its footing, as two short lines."""
    if not reading.assessable:
        return "Not assessable", " ".join(reading.reasons)
    hit = [str(f.level) for f in reading.findings if f.fractured]
    result = f"Fracture suspected: {', '.join(hit)}" if hit else "No fracture found"
    footing = (
        f"Highest probability {reading.fracture_probability:.2f}, threshold "
        f"{reading.threshold:.2f}; confidence of the level names {reading.numbering.confidence:.2f}"
    )
    return result, footing


def _with_bands(canvas: Canvas, reading: Reading, unit: float, palette: Palette) -> Canvas:
    width = canvas.shape[1]
    top = np.full((round(84 * unit), width, 3), palette.band, np.uint8)
    bottom = np.full((round(44 * unit), width, 3), palette.band, np.uint8)
    result, footing = headline(reading)
    colour = palette.paper if reading.assessable else palette.suspicious
    if reading.fractured:
        colour = palette.fractured
    left = 18 * unit
    room = width - 2 * left
    draw_text(top, result, (left, 36 * unit), _fitting(result, 27 * unit, room), colour)
    draw_text(top, footing, (left, 66 * unit), _fitting(footing, 18 * unit, room), palette.paper)
    origin = f"Spondyl {reading.model.version}"
    small = 18 * unit
    draw_text(bottom, NOTICE, (left, 29 * unit), small, palette.suspicious)
    if text_width(NOTICE, small) + text_width(origin, small) + 3 * left < width:
        x = width - left - text_width(origin, small)
        draw_text(bottom, origin, (x, 29 * unit), small, palette.paper)
    return np.vstack([top, canvas, bottom])


def _fitting(line: str, size_px: float, room_px: float) -> float:
    return min(size_px, size_px * room_px / max(text_width(line, size_px), 1.0))
