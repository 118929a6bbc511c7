"""Pictures of the films that went worst, the truth and the reading drawn on them."""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from spondyl.anatomy import Status
from spondyl.evaluate.outcome import FilmCall, FilmOutcome
from spondyl.labels import FilmLabel

_HEIGHT_PX = 760
_JPEG_QUALITY = 82
_Colour = tuple[int, int, int]
# blue, green, red, as OpenCV orders them; the two pairs differ in lightness too
_TRUTH = (255, 255, 255)
_READING = (235, 190, 60)
_FRACTURED = (60, 90, 255)


def badness(outcome: FilmOutcome) -> float:
    """How much went wrong: bodies misnamed or missed, wrong fracture calls doubled."""
    misnamed = sum(not body.named_right for body in outcome.judged)
    wrong_calls = missed_fractures(outcome) + outcome.false_alarms
    return misnamed + 2 * wrong_calls + (10 if outcome.error else 0)


def missed_fractures(outcome: FilmOutcome) -> int:
    """Fractured T11-L5 bodies that were not called."""
    return sum(b.status is Status.FRACTURED and not b.called_fractured for b in outcome.judged)


def worst(outcomes: Sequence[FilmOutcome], count: int) -> list[int]:
    """Indices of the films that went worst, worst first; films without a mistake are left out."""
    ranked = sorted(range(len(outcomes)), key=lambda i: (-badness(outcomes[i]), outcomes[i].film))
    return [i for i in ranked if badness(outcomes[i]) > 0][:count]


def load_grey(path: Path) -> NDArray[np.uint8] | None:
    """The film's picture in 8 bits, bone bright; None where it cannot be read."""
    from spondyl.film.load import load_film

    try:
        pixels = load_film(path).pixels
    except Exception:  # a film that fails here has been reported as failed already
        return None
    low, high = np.percentile(pixels[:: max(1, len(pixels) // 500)], [0.5, 99.5])
    grey = np.clip((pixels - low) / max(high - low, 1e-6), 0, 1) * 255
    return grey.astype(np.uint8)


def draw(grey: NDArray[np.uint8], label: FilmLabel, call: FilmCall) -> NDArray[np.uint8]:
    """Truth in thin white, named on the left; the reading in colour, named on the right."""
    factor = min(1.0, _HEIGHT_PX / grey.shape[0])
    size = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
    canvas = cv2.cvtColor(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)
    for truth in label.vertebrae.values():
        if truth.has_quad and truth.corners_px is not None:
            left = _side(truth.corners_px, np.min)
            mark = "*" if truth.status is Status.FRACTURED else ""
            _outline(canvas, truth.corners_px * factor, _TRUTH, 1)
            _text(canvas, f"{truth.level}{mark}", left * factor - (40, 0), _TRUTH)
    for finding in call.findings:
        colour = _FRACTURED if finding.fractured else _READING
        right = _side(finding.corners_px, np.max)
        said = f"{finding.level}"
        if finding.fractured:
            said += f" {100 * finding.fracture_probability:.0f} %"
        _outline(canvas, finding.corners_px * factor, colour, 2)
        _text(canvas, said, right * factor + (6, 0), colour)
    return np.asarray(canvas, dtype=np.uint8)


def as_data_url(picture: NDArray[np.uint8]) -> str:
    """A picture as a ``data:`` address, so that a page needs no second file."""
    _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode("ascii")


def _side(corners: NDArray[np.float64], end: Callable[..., float]) -> NDArray[np.float64]:
    """Beside a body, at half its height."""
    return np.array([end(corners[:, 0]), corners[:, 1].mean()])


def _outline(canvas: MatLike, corners: NDArray[np.float64], colour: _Colour, width: int) -> None:
    rounded = np.round(corners).astype(np.int32)
    cv2.polylines(canvas, [rounded], True, colour, width, cv2.LINE_AA)


def _text(canvas: MatLike, text: str, at: NDArray[np.float64], colour: _Colour) -> None:
    x, y = max(2, int(at[0])), int(np.clip(at[1] + 5, 12, canvas.shape[0] - 4))
    # a rim by shifted copies: a thicker stroke would be wider and would not lie under the letters
    rim = [((x + dx, y + dy), (0, 0, 0)) for dx in (-1, 1) for dy in (-1, 1)]
    for place, shade in (*rim, ((x, y), colour)):
        cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, shade, 1, cv2.LINE_AA)
