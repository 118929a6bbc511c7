"""Negation, suspicion and history: NegEx with the words of radiology.

The algorithm is NegEx (Chapman et al. 2001) as the library negspacy runs it on spaCy's tokens: a
phrase before or after a finding rules it, up to the end of its clause; phrases that only look like
one are masked. One instance runs for each of negation, suspicion and history; ConText (Harkema et
al. 2009) is NegEx with more classes in just this way.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

from spondyl.labels.reports.errors import ReportsError
from spondyl.labels.reports.terms import Term

_NAMES = {
    "masked": "pseudo_negations",
    "before": "preceding_negations",
    "after": "following_negations",
    "ends": "termination",
}
_HOW = ("", "clearly ", "definitely ", "definitively ", "currently ", "convincingly ", "now ")
_CAN = ("cannot", "can not", "can't", "could not", "couldn't", "not")
_WHOLLY = (
    "", "entirely ", "completely ", "definitely ", "definitively ", "confidently ", "fully ",
    "reliably ", "wholly ", "totally ", "absolutely ",
)  # fmt: skip
_OUT = ("excluded", "ruled out", "discounted", "dismissed")
_LINKS = ("", "to be ", "an ", "a ", "of ", "more ")
_GLUED = re.compile(r"(?<=[A-Za-z0-9])[.,;:](?=[A-Za-z])")
_KEY = "findings"
_MASKS = ("negated", "suspected", "historical")


@dataclass(frozen=True)
class Certainty:
    """What the words around a term make of it."""

    negated: bool = False
    suspected: bool = False
    historical: bool = False


@lru_cache(maxsize=1)
def _pipeline() -> tuple[Any, tuple[Any, ...]]:
    try:
        import spacy
        from negspacy.negation import Negex
    except ImportError as error:
        raise ReportsError(
            f"Labels from reports need the extra [reports] ({error.name} is missing); "
            'run: pip install "spondyl[reports]"'
        ) from None
    nlp = spacy.blank("en")
    sets = _termsets()
    return nlp, tuple(
        Negex(nlp, name, termset, extension_name=name, span_keys=[_KEY])
        for name, termset in zip(_MASKS, sets, strict=True)
    )


def _termsets() -> tuple[dict[str, list[str]], ...]:
    """NegEx's lists for negation, suspicion and history, from ``phrases.toml``."""
    text = files("spondyl.labels.reports").joinpath("phrases.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    negation, suspicion, history = (
        {_NAMES[key]: _lines(value) for key, value in content[name].items()}
        for name in ("negation", "suspicion", "history")
    )
    seen = content["seen"].split()
    negation["following_negations"] += [
        *(f"not {how}{word}" for how, word in product(_HOW, seen)),
        *(f"no longer {word}" for word in seen),
    ]
    # "L1 compression fracture, likely old": its age is doubted, not the fracture.
    suspicion["pseudo_negations"] += [
        f"{first} {link}{age}"
        for first, link, age in product(_lines(content["aging"]), _LINKS, _lines(content["ages"]))
    ]
    excluded = [f"{can} be {how}{out}" for can, how, out in product(_CAN, _WHOLLY, _OUT)]
    suspicion["following_negations"] += excluded
    negation["pseudo_negations"] += excluded
    return negation, suspicion, history


def _lines(block: str) -> list[str]:
    return [line for line in block.split("\n") if line]


def judge(text: str, clauses: Sequence[tuple[int, int]], terms: Sequence[Term]) -> list[Certainty]:
    """Certainty of each term.

    Parameters
    ----------
    text : str
        The plain text.
    clauses : sequence of (start, end)
        In order and apart; no phrase rules beyond its clause.
    terms : sequence of Term
        Each inside one clause.
    """
    if not terms:
        return []
    nlp, rulers = _pipeline()
    # A missing space after a stop ("body.no other") must not hide the next word in a token.
    doc = nlp.make_doc(_GLUED.sub(" ", text))
    starts = {start for start, _ in clauses} | {end for _, end in clauses}
    waiting = sorted(starts)
    index = 0
    for token in doc:
        begins = token.i == 0
        while index < len(waiting) and token.idx >= waiting[index]:
            begins = True
            index += 1
        token.is_sent_start = begins
    spans = [doc.char_span(t.start, t.end, alignment_mode="expand") for t in terms]
    doc.spans[_KEY] = [span for span in spans if span is not None]
    for ruler in rulers:
        ruler(doc)
    return [
        Certainty() if span is None else Certainty(*(bool(span._.get(name)) for name in _MASKS))
        for span in spans
    ]
