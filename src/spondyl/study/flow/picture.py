"""The flow of films as a picture (SVG), drawn from top to bottom, one column per source."""

import textwrap
from dataclasses import dataclass
from html import escape

from spondyl.study.flow.model import Excluded, Flow, Step, Stream

_BOX, _SIDE, _END = 200, 188, 156
_GAP, _DOWN, _BETWEEN = 26, 30, 40
_LINE, _PAD = 16, 10
#: Characters of 12 px system type in a box, on the safe side.
_CHARS = 27
_END_CHARS = 22
_SIDE_CHARS = 28


@dataclass(frozen=True)
class _Drawn:
    svg: str
    width: float
    height: float


def flow_svg(flow: Flow) -> str:
    """The diagram; empty without streams."""
    if not flow.streams:
        return ""
    x, height, parts = 1.0, 0.0, []
    for stream in flow.streams:
        drawn = _stream(stream, x)
        parts.append(drawn.svg)
        x += drawn.width + _BETWEEN
        height = max(height, drawn.height)
    width = x - _BETWEEN + 1
    return (
        f'<svg class="flow" viewBox="0 0 {width:.0f} {height + 2:.0f}" '
        f'style="max-width:{width:.0f}px;min-width:{min(width, 640):.0f}px" '
        f'role="img" aria-label="{escape(spoken(flow))}">{"".join(parts)}</svg>'
    )


def spoken(flow: Flow) -> str:
    """The diagram in words, for those who do not see it."""
    said = []
    for stream in flow.streams:
        steps = [_spoken_step(step) for step in stream.steps]
        ends = "; ".join(_spoken_step(end) for end in stream.ends)
        said.append(
            f"{_name(stream)}: " + "; ".join(steps) + (f"; divided into {ends}" if ends else "")
        )
    return "Flow of films. " + ". ".join(said) + "."


def _spoken_step(step: Step) -> str:
    out = "".join(f", excluded {one.count:,}: {one.reason}" for one in step.excluded)
    return f"{step.words} {step.count:,} {step.unit}{out}"


def _name(stream: Stream) -> str:
    return f"{stream.name} (simulated)" if stream.simulated else stream.name


def _stream(stream: Stream, left: float) -> _Drawn:
    """One column; its chain is centred over its ends."""
    ends_width = len(stream.ends) * _END + max(0, len(stream.ends) - 1) * 10
    sided = any(step.excluded for step in stream.steps)
    chain = max(_BOX, min(ends_width, 2 * _BOX))
    middle = left + max(_BOX / 2, ends_width / 2 if not sided else min(ends_width / 2, chain / 2))
    width = max(ends_width, middle - left + _BOX / 2 + (_GAP + _SIDE if sided else 0))
    parts = [
        f'<text class="head" x="{middle:.1f}" y="15" text-anchor="middle">'
        f"{escape(_name(stream))}</text>"
    ]
    y = 26.0
    for i, step in enumerate(stream.steps):
        lines = _lines(step, _CHARS)
        parts.append(_box(middle - _BOX / 2, y, _BOX, lines))
        y += _tall(lines)
        last = i == len(stream.steps) - 1
        if step.excluded:
            side = _excluded(step.excluded)
            drop = max(_DOWN, _tall(side) + 14)
            top = y + (drop - _tall(side)) / 2
            corner = middle + _BOX / 2 + _GAP
            parts.append(_box(corner, top, _SIDE, side, "out"))
            parts.append(_arrow(middle, y + drop / 2, corner, y + drop / 2))
        else:
            drop = _DOWN
        if not last:
            parts.append(_arrow(middle, y, middle, y + drop))
            y += drop
        elif stream.ends:
            y = _fork(stream.ends, middle, y, drop, left + (width - ends_width) / 2, parts)
        elif step.excluded:
            parts.append(_arrow(middle, y, middle, y + drop))
            y += drop
    return _Drawn("".join(parts), width, y)


def _fork(
    ends: tuple[Step, ...], middle: float, y: float, drop: float, left: float, parts: list[str]
) -> float:
    """The parts that the last box is divided into; returns the lower end."""
    first = min(left, middle - _END / 2) if len(ends) == 1 else left
    boxes = [_lines(end, _END_CHARS) for end in ends]
    height = max(_tall(lines) for lines in boxes)
    bar = y + drop - 14
    centres = [first + i * (_END + 10) + _END / 2 for i in range(len(ends))]
    parts.append(f'<path class="arrow" d="M{middle:.1f} {y:.1f}V{bar:.1f}"/>')
    ends_at = (min(*centres, middle), max(*centres, middle))
    parts.append(f'<path class="arrow" d="M{ends_at[0]:.1f} {bar:.1f}H{ends_at[1]:.1f}"/>')
    for centre, lines in zip(centres, boxes, strict=True):
        parts.append(_arrow(centre, bar, centre, y + drop))
        parts.append(_box(centre - _END / 2, y + drop, _END, lines, height=height))
    return y + drop + height


def _lines(step: Step, chars: int) -> list[tuple[str, str]]:
    count = f"{step.count:,} {step.unit}"
    if step.patients is not None:
        count += f", {step.patients:,} patients"
    return (
        [("strong", line) for line in _wrapped(step.words, chars)]
        + [("", line) for line in _wrapped(count, chars)]
        + [("soft", line) for line in _wrapped(step.detail, chars)]
    )


def _wrapped(text: str, chars: int) -> list[str]:
    """Lines of a text; one that is too long is broken after its commas first."""
    if len(text) <= chars:
        return [text] if text else []
    return [line for part in text.split(", ") for line in textwrap.wrap(part, chars)]


def _excluded(excluded: tuple[Excluded, ...]) -> list[tuple[str, str]]:
    lines = [("strong", f"Excluded: {sum(one.count for one in excluded):,}")]
    for one in excluded:
        wrapped = textwrap.wrap(f"{one.count:,}: {one.reason}", _SIDE_CHARS)
        lines += [("", line) for line in wrapped]
    return lines


def _tall(lines: list[tuple[str, str]]) -> float:
    return len(lines) * _LINE + 2 * _PAD - 4


def _box(
    x: float,
    y: float,
    width: float,
    lines: list[tuple[str, str]],
    kind: str = "",
    height: float | None = None,
) -> str:
    tall = _tall(lines) if height is None else height
    rows = "".join(
        f'<text class="{style}" x="{x + width / 2:.1f}" y="{y + _PAD + 10 + i * _LINE:.1f}" '
        f'text-anchor="middle">{escape(text)}</text>'
        for i, (style, text) in enumerate(lines)
    )
    return (
        f'<rect class="box {kind}" x="{x:.1f}" y="{y:.1f}" width="{width}" height="{tall:.1f}" '
        f'rx="5"/>{rows}'
    )


def _arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    """A line with a small head, straight down or to the right."""
    if x0 == x1:
        head = f"M{x1 - 4:.1f} {y1 - 6:.1f}L{x1:.1f} {y1:.1f}L{x1 + 4:.1f} {y1 - 6:.1f}"
    else:
        head = f"M{x1 - 6:.1f} {y1 - 4:.1f}L{x1:.1f} {y1:.1f}L{x1 - 6:.1f} {y1 + 4:.1f}"
    return f'<path class="arrow" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}{head}"/>'
