"""A reliability diagram as SVG, for the page: what was said against what was so."""

from collections.abc import Sequence

import numpy as np

from spondyl.evaluate.calibration import Bin

_SIZE = 300
_LEFT, _TOP, _RIGHT, _BOTTOM = 52, 8, 12, 44
_TICKS = (0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0)


def stretched(share: float) -> float:
    """Where a share lies on an axis of length 1: the angle whose squared sine it is.

    Most bodies are whole and said to be so: on an even axis nearly all bins would lie in one
    corner. On this one the noise of a share is as wide everywhere.

    Examples
    --------
    >>> [round(stretched(v), 3) for v in (0.0, 0.01, 0.5, 0.99, 1.0)]
    [0.0, 0.064, 0.5, 0.936, 1.0]
    """
    return float(2 / np.pi * np.arcsin(np.sqrt(np.clip(share, 0, 1))))


def reliability_svg(bins: Sequence[Bin], noun: str) -> str:
    """The diagram; empty without bins.

    Parameters
    ----------
    bins : sequence of Bin
    noun : str
        What was counted, in the plural: "bodies", "films".
    """
    if not bins:
        return ""
    count = sum(one.n for one in bins)
    parts = [
        f'<svg class="diagram" viewBox="0 0 {_LEFT + _SIZE + _RIGHT} {_TOP + _SIZE + _BOTTOM}" '
        f'role="img" aria-label="{_spoken(bins, noun)}">',
        f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}"/>',
        *(_tick(value) for value in _TICKS),
        f'<path class="perfect" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>',
        '<polyline class="said" points="'
        + " ".join(f"{_x(one.probability)},{_y(one.share)}" for one in bins)
        + '"/>',
        *(_point(one, noun) for one in bins),
        f'<text x="{_LEFT + _SIZE / 2}" y="{_TOP + _SIZE + 38}" text-anchor="middle">'
        f"probability said ({count} {noun})</text>",
        f'<text transform="translate(12 {_TOP + _SIZE / 2}) rotate(-90)" text-anchor="middle">'
        "share fractured</text>",
        "</svg>",
    ]
    return "".join(parts)


def _x(share: float) -> float:
    return round(_LEFT + _SIZE * stretched(share), 1)


def _y(share: float) -> float:
    return round(_TOP + _SIZE * (1 - stretched(share)), 1)


def _tick(value: float) -> str:
    x, y, words = _x(value), _y(value), f"{100 * value:g}"
    return (
        f'<path class="grid" d="M{x} {_TOP}V{_TOP + _SIZE}M{_LEFT} {y}H{_LEFT + _SIZE}"/>'
        f'<text x="{x}" y="{_TOP + _SIZE + 16}" text-anchor="middle">{words}</text>'
        f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{words}</text>'
    )


def _point(one: Bin, noun: str) -> str:
    x = _x(one.probability)
    return (
        f"<g><title>{_words(one, noun)}</title>"
        f'<path class="range" d="M{x} {_y(one.low)}V{_y(one.high)}"/>'
        f'<circle cx="{x}" cy="{_y(one.share)}" r="4"/></g>'
    )


def _words(one: Bin, noun: str) -> str:
    return (
        f"said {100 * one.probability:.1f} %, were {100 * one.share:.1f} % "
        f"({100 * one.low:.1f} – {100 * one.high:.1f}), {one.n} {noun}"
    )


def _spoken(bins: Sequence[Bin], noun: str) -> str:
    return f"Reliability diagram, {len(bins)} bins: " + "; ".join(_words(b, noun) for b in bins)
