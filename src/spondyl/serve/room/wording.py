"""A reader's report in words, made from what was found; to be edited by the reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.anatomy import LEVELS, Level, Shape
from spondyl.serve.room.drawn import BodyStatus

_GRADES = {1: "mild", 2: "moderate", 3: "severe"}
_LEFT_OPEN = (BodyStatus.UNKNOWN, BodyStatus.UNSURE, BodyStatus.NOT_ASSESSABLE)
_SHAPES = {Shape.WEDGE: "wedge", Shape.BICONCAVE: "biconcave", Shape.CRUSH: "crush"}


@dataclass(frozen=True)
class Said:
    """What is said of one body.

    Attributes
    ----------
    level : Level
    status : BodyStatus
    grade : int or None
        Genant, 0..3.
    shape : Shape or None
    height_loss : float or None
        Largest lost share, 0..1.
    heights_mm : (anterior, middle, posterior) or None
    reasons : tuple of str
        Why it cannot be judged.
    """

    level: Level
    status: BodyStatus
    grade: int | None
    shape: Shape | None
    height_loss: float | None
    heights_mm: tuple[float, float, float] | None
    reasons: tuple[str, ...] = ()


def report_in_words(bodies: Sequence[Said]) -> str:
    """A few sentences, top to bottom: what is seen, fractures, what could not be judged.

    Examples
    --------
    >>> wedge = Said(Level.L1, BodyStatus.FRACTURED, 2, Shape.WEDGE, 0.31, None)
    >>> print(
    ...     report_in_words([wedge, Said(Level.L2, BodyStatus.NORMAL, 0, Shape.NORMAL, 0.0, None)])
    ... )
    Lateral lumbar spine. Vertebral bodies seen: L1 to L2.
    L1: moderate (grade 2) wedge compression fracture, height loss 31 %.
    No other vertebral compression fracture.
    """
    judged = sorted(
        (each for each in bodies if LEVELS[each.level].judged),
        key=lambda each: LEVELS[each.level].order,
    )
    if not judged:
        return "Lateral lumbar spine. No vertebral body was marked."
    lines = [f"Lateral lumbar spine. Vertebral bodies seen: {_span([b.level for b in judged])}."]
    broken = [each for each in judged if each.status is BodyStatus.FRACTURED]
    lines += [_fracture(each) for each in broken]
    left_open = [each for each in judged if each.status in _LEFT_OPEN]
    where = " in the assessable bodies" if left_open else ""
    if len(left_open) < len(judged):
        other = "other " if broken else ""
        lines.append(f"No {other}vertebral compression fracture{where}.")
    if left_open:
        lines.append(f"Not assessed: {_span([each.level for each in left_open])}.")
    return "\n".join(lines)


def _fracture(body: Said) -> str:
    words = []
    if body.grade:
        words.append(f"{_GRADES[body.grade]} (grade {body.grade})")
    if body.shape in _SHAPES:
        words.append(_SHAPES[body.shape])
    words.append("compression fracture")
    text = f"{body.level}: {' '.join(words)}"
    if body.height_loss is not None and body.height_loss > 0:
        text += f", height loss {100 * body.height_loss:.0f} %"
    if body.heights_mm is not None:
        anterior, middle, posterior = body.heights_mm
        text += (
            f" (anterior {anterior:.0f} mm, middle {middle:.0f} mm, posterior {posterior:.0f} mm)"
        )
    return text + "."


def _span(levels: Sequence[Level]) -> str:
    """Levels in words, neighbours as a span: "T12 to L5", "T11, L1 to L3"."""
    runs: list[list[Level]] = []
    for level in dict.fromkeys(levels):
        if runs and _next_to(runs[-1][-1], level):
            runs[-1].append(level)
        else:
            runs.append([level])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _next_to(upper: Level, lower: Level) -> bool:
    return LEVELS[lower].order == LEVELS[upper].order + 1
