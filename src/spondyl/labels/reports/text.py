"""A report's text made plain, with the way back to the text as it was."""

import re
from dataclasses import dataclass

from spondyl.labels.reports.spelling import corrected

_SAME = str.maketrans(
    {
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
        "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ",
        "\u202f": " ", "\u2009": " ", "\u200b": " ", "\ufeff": " ", "\t": " ", "\r": "\n",
        "\u2022": "*", "\u25cf": "*", "\u00b7": "*", "\uff03": "#", "\u301c": "~", "\uff5e": "~",
        "\u2192": "~", "\uff0c": ",", "\uff1a": ":", "\x0b": "\n", "\x0c": "\n", "\u2028": "\n",
        "\u2610": "\u2610", "\u2611": "\u2612",
    }
)  # fmt: skip
_ANSWERED = re.compile(
    r"\?(?=\s{0,3}(?:yes|no|none|y|n|absent|present|positive|negative)\b\s*(?:$|\n|[.,;|]))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{5,}")


@dataclass(frozen=True)
class PlainText:
    """A report, made plain.

    Attributes
    ----------
    original : str
    plain : str
        One kind of dash, quote and space; no carriage returns; misspelt words put right.
    origins : tuple of int
        Where each character of ``plain`` stands in ``original``.
    """

    original: str
    plain: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of a stretch of the plain text."""
        if end <= start:
            return (0, 0)
        return self.origins[start], self.origins[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """The original's words of a stretch of the plain text, on one line."""
        first, last = self.span(start, end)
        return " ".join(self.original[first:last].split())


def make_plain(original: str) -> PlainText:
    """Make a report's text plain.

    Examples
    --------
    >>> text = make_plain("Comprsion fx, T12\u2013L2")
    >>> text.plain, text.words(0, 11)
    ('Compression fx, T12-L2', 'Comprsion')
    """
    # "Fracture present? Yes" is an answer, no doubt.
    flat = _ANSWERED.sub(":", original.translate(_SAME))
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    for match in _WORD.finditer(flat):
        word = match.group()
        right = corrected(word.lower())
        if right == word.lower():
            continue
        right = right.upper() if word.isupper() else right
        right = right.capitalize() if word[0].isupper() and not word.isupper() else right
        pieces += [flat[at : match.start()], right]
        origins += range(at, match.start())
        last = match.end() - 1
        origins += [min(match.start() + i, last) for i in range(len(right) - 1)] + [last]
        at = match.end()
    pieces.append(flat[at:])
    origins += range(at, len(flat))
    return PlainText(original, "".join(pieces), tuple(origins))
