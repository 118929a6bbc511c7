"""Line charts as SVG: ROC and decision curves. Their colours come from the page's style."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 340, 300
_LEFT, _TOP, _RIGHT, _BOTTOM = 54, 10, 14, 44
#: Points closer than this in both directions (px) are one: a curve of thousands of bodies.
_NEAR = 0.4


@dataclass(frozen=True)
class Axis:
    """One axis: its ends, ticks and words."""

    low: float
    high: float
    ticks: tuple[float, ...]
    words: str

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end; outside of these where the value lies outside."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Curve:
    """A line through points; ``style`` names its class ("s0", "s1 thin", "reference")."""

    points: tuple[tuple[float, float], ...]
    style: str
    title: str = ""


@dataclass(frozen=True)
class Band:
    """The area between two lines over the same x."""

    xs: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    style: str


@dataclass(frozen=True)
class Mark:
    """A point: a circle, or a diamond for what others published."""

    x: float
    y: float
    style: str
    title: str
    diamond: bool = False


@dataclass(frozen=True)
class Legend:
    """One entry of the list under a chart: a line, or a mark where ``diamond`` is set."""

    style: str
    words: str
    diamond: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart; drawn in the order bands, curves, marks."""

    title: str
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...] = ()
    bands: tuple[Band, ...] = ()
    legend: tuple[Legend, ...] = ()
    note: str = ""


SHARE_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def chart_svg(chart: Chart) -> str:
    """The chart; its words for those who do not see it are title and legend."""

    def x(value: float) -> float:
        return round(_LEFT + _WIDTH * chart.x.place(value), 1)

    def y(value: float) -> float:
        return round(_TOP + _HEIGHT * (1 - chart.y.place(value)), 1)

    def path(points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(
            f"{px} {py}" for px, py in _thinned([(x(a), y(b)) for a, b in points])
        )

    spoken = ". ".join([chart.title, *(entry.words for entry in chart.legend)])
    parts = [
        f'<svg class="chart" viewBox="0 0 {_LEFT + _WIDTH + _RIGHT} {_TOP + _HEIGHT + _BOTTOM}" '
        f'role="img" aria-label="{escape(spoken)}">',
        f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_WIDTH}" height="{_HEIGHT}"/>',
    ]
    for tick in chart.x.ticks:
        parts.append(
            f'<path class="grid" d="M{x(tick)} {_TOP}V{_TOP + _HEIGHT}"/>'
            f'<text x="{x(tick)}" y="{_TOP + _HEIGHT + 16}" text-anchor="middle">'
            f"{_tick(tick)}</text>"
        )
    for tick in chart.y.ticks:
        parts.append(
            f'<path class="grid" d="M{_LEFT} {y(tick)}H{_LEFT + _WIDTH}"/>'
            f'<text x="{_LEFT - 6}" y="{y(tick) + 4}" text-anchor="end">{_tick(tick)}</text>'
        )
    # an inner picture cuts off what leaves the frame
    parts.append(
        f'<svg x="{_LEFT - 2}" y="{_TOP - 2}" width="{_WIDTH + 4}" height="{_HEIGHT + 4}" '
        f'viewBox="{_LEFT - 2} {_TOP - 2} {_WIDTH + 4} {_HEIGHT + 4}">'
    )
    for band in chart.bands:
        around = [*zip(band.xs, band.high, strict=True)]
        around += reversed([*zip(band.xs, band.low, strict=True)])
        parts.append(f'<path class="band {band.style}" d="{path(around)}Z"/>')
    for curve in chart.curves:
        if curve.points:
            title = f"<title>{escape(curve.title)}</title>" if curve.title else ""
            parts.append(
                f'<path class="curve {curve.style}" d="{path(curve.points)}">{title}</path>'
            )
    parts.append("</svg>")
    parts += [_mark(x(mark.x), y(mark.y), mark) for mark in chart.marks]
    parts += [
        f'<text class="axis" x="{_LEFT + _WIDTH / 2}" y="{_TOP + _HEIGHT + 38}" '
        f'text-anchor="middle">{escape(chart.x.words)}</text>',
        f'<text class="axis" transform="translate(13 {_TOP + _HEIGHT / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(chart.y.words)}</text>',
        "</svg>",
    ]
    return "".join(parts)


def legend_html(chart: Chart) -> str:
    """The list under a chart: a stroke of the line, then its words."""
    items = "".join(
        f'<li><svg class="key" viewBox="0 0 26 12" aria-hidden="true">{_key(entry)}</svg>'
        f"{escape(entry.words)}</li>"
        for entry in chart.legend
    )
    return f'<ul class="legend">{items}</ul>' if items else ""


def _key(entry: Legend) -> str:
    if entry.diamond:
        return _mark(13, 6, Mark(0, 0, entry.style, "", True))
    return f'<path class="curve {entry.style}" d="M1 6H25"/>'


def _mark(x: float, y: float, mark: Mark) -> str:
    title = f"<title>{escape(mark.title)}</title>" if mark.title else ""
    if mark.diamond:
        return (
            f'<path class="mark {mark.style}" d="M{x} {y - 5.5}L{x + 5.5} {y}L{x} {y + 5.5}'
            f'L{x - 5.5} {y}Z">{title}</path>'
        )
    return f'<circle class="mark {mark.style}" cx="{x}" cy="{y}" r="4">{title}</circle>'


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points that no screen could tell from the one before; both ends stay."""
    kept = list(points[:1])
    for point in points[1:-1]:
        if abs(point[0] - kept[-1][0]) >= _NEAR or abs(point[1] - kept[-1][1]) >= _NEAR:
            kept.append(point)
    return kept + list(points[-1:] if len(points) > 1 else [])


def _tick(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def even_ticks(high: float) -> tuple[float, ...]:
    """Round ticks from 0 up to a positive end, four to eight of them.

    Examples
    --------
    >>> even_ticks(0.5), even_ticks(0.12)
    ((0.0, 0.1, 0.2, 0.3, 0.4, 0.5), (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12))
    """
    step = next(
        (s for s in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if high / s <= 7.01), high
    )
    return tuple(round(i * step, 6) for i in range(int(high / step + 1e-6) + 1))
