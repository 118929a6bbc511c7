"""Negation, suspicion and history: NegEx with the words of radiology.

The algorithm is NegEx (Chapman et al. 2001) as the library negspacy runs it on spaCy's tokens: a
phrase before or after a finding rules it, up to the end of its clause; phrases that only look like
one are masked. One instance runs for each of negation, suspicion and history; ConText (Harkema et
al. 2009) is NegEx with more classes in just this way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from spondyl.labels.reports.errors import ReportsError
from spondyl.labels.reports.terms import Term

_AGES = (
    "old", "chronic", "acute", "subacute", "healed", "healing", "remote", "recent", "new", "osteoporotic", "pathologic", "pathological",
    "benign", "stable", "longstanding", "long-standing", "long standing", "age indeterminate", "age-indeterminate", "due to", "secondary to", "related to", "degenerative",
    "insufficiency", "post-traumatic", "posttraumatic", "traumatic", "unchanged", "progressed", "worsened", "malignant", "metastatic",
    "osteoporosis", "fresh", "previous", "from osteoporosis", "in the setting", "on the basis", "unstable", "slightly",
)  # fmt: skip
_AGING = ("likely", "most likely", "probably", "presumably", "possibly", "?", "favored", "favoured", "perhaps", "potentially", "could be", "may be",
          "might be", "appears", "is likely", "are likely", "suspected to be", "suspect")  # fmt: skip
_LINKS = ("", "to be ", "an ", "a ", "of ", "more ")
_SEEN = (
    "seen", "identified", "present", "evident", "demonstrated", "visible", "visualized", "visualised", "detected", "noted", "appreciated", "apparent", "found", "shown", "observed", "confirmed", "suspected",
)  # fmt: skip
_NEGATION: dict[str, list[str]] = {
    "pseudo_negations": [
        "no change", "no significant change", "no interval change", "no significant interval change", "no definite change", "no appreciable change",
        "no obvious change", "no gross change", "no progression", "no significant progression", "no interval progression", "no further progression",
        "no further collapse", "no further loss", "no further height", "no further compression", "no further wedging", "no further deformity", "no further reduction",
        "no worsening", "no interval worsening", "no increase", "no additional collapse", "no additional height", "no additional loss", "no healing", "no evidence of healing", "no evidence of progression", "no evidence of change",
        "no evidence of interval change", "no further vertebral collapse", "no significant further", "without change", "without significant change", "without interval change", "without progression", "no retropulsion of", "no significant retropulsion of",
        "not only", "not certain if", "not certain whether", "not necessarily", "cannot be excluded", "can not be excluded", "can't be excluded",
        "cannot exclude", "can not exclude", "can't exclude", "cannot be entirely excluded", "cannot be completely excluded", "cannot be ruled out", "can not be ruled out", "cannot rule out",
        "can not rule out", "can't rule out", "could not be excluded", "not excluded", "not be excluded", "not entirely excluded", "not exclude", "not rule out", "not ruled out", "not be ruled out",
        "does not exclude", "not definitively excluded", "not completely excluded", "cannot be confidently excluded", "not confidently excluded", "cannot be definitely excluded", "cannot be fully excluded",
        "difficult to exclude", "unable to exclude", "unable to rule out", "hard to exclude", "not seen on prior", "not seen on previous", "not seen on the prior", "not seen on the previous", "not seen previously", "not present on", "not present previously", "not previously",
        "not identified on", "not evident on", "not present in", "not seen in 20", "not seen on", "not shown on", "not visible on", "not significantly changed", "not changed", "not progressed", "not appreciably changed",
        "no longer", "no doubt", "not definitely acute", "not acute", "not well seen", "no comparison", "no prior", "no priors", "no previous", "no old films", "without contrast",
        "should be excluded", "to be excluded", "needs to be excluded", "must be excluded", "be ruled out", "excluded from", "not mentioned", "not reported", "not new", "not significantly",
        "no displacement of", "not displaced", "no known trauma", "no recent trauma", "no clear history",
    ],
    "preceding_negations": [
        "no", "not", "without", "w/o", "nil", "absent", "absence of", "negative for", "free of", "free from", "neither", "nor", "none of", "none", "never", "no evidence of", "no sign of", "no signs of",
        "denies", "denied", "lack of", "rather than", "instead of", "unlikely", "unlikely to", "isn't", "aren't", "doesn't", "don't", "didn't", "wasn't", "weren't", "fails to show", "fail to show", "fails to reveal", "nothing to suggest",
        "excludes", "rules out", "ruled out", "rule out of", "exclusion of", "excluding any", "resolved", "clear of", "zero", "not a", "no convincing", "no definite", "-ve for", "neg for", "neg",
    ],
    "following_negations": [
        *(f"not {word}" for word in _SEEN), *(f"not {adverb} {word}" for adverb in ("clearly", "definitely", "definitively", "currently", "convincingly", "now") for word in _SEEN),
        *(f"no longer {word}" for word in _SEEN), "absent", "is excluded", "are excluded", "was excluded", "has been excluded", "have been excluded", "excluded", "ruled out", "unlikely", "negative", "not thought to be", "was not", "were not", "is not", "are not", "not the case",
        "isn't seen", "aren't seen", "not been", "are none", "were none", "unconfirmed", "not substantiated", "not borne out",
    ],
    "termination": ["but", "however", "although", "though", "yet", "whereas", "nevertheless", "still", "aside from", "apart from", "except", "other than", ";", "which"],
}  # fmt: skip
_SUSPICION: dict[str, list[str]] = {
    "pseudo_negations": [
        *(f"{first} {link}{age}" for first, link, age in product(_AGING, _LINKS, _AGES)),
        "not suspicious", "no suspicious", "no possible", "clinically suspected", "is suspected clinically", "clinical suspicion", "clinical concern", "clinically indicated", "suspected clinically", "if suspected", "if there is", "may benefit", "may be helpful", "may be considered",
        "might benefit", "could be considered", "may be useful", "may be obtained", "may be performed", "could be obtained", "may account", "may be contributing", "may limit", "may be limited", "may obscure", "?", "whether", "likely related", "not likely", "appears likely to be old",
    ],
    "preceding_negations": [
        "possible", "possibly", "probable", "probably", "likely", "suspicious", "suspicion", "suspicion of", "suspect", "suspected", "suspecting", "questionable", "question of", "questioned", "query", "queried", "r/o", "ro", "rule out", "to rule out",
        "to exclude", "exclude", "excluding", "equivocal", "may", "might", "could", "concern for", "concerning for", "concern of", "concerns for", "worrisome for", "worrying for", "cannot exclude", "can not exclude", "can't exclude", "cannot rule out", "can not rule out", "can't rule out", "not exclude",
        "not rule out", "unable to exclude", "unable to rule out", "difficult to exclude", "hard to exclude", "suggestive of", "suggesting", "suggest", "suggests", "raises", "raising", "raise", "differential", "borderline", "perhaps", "potential", "potentially", "presumptive", "susp", "susp.", "poss", "poss.", "prob", "prob.",
        "cannot completely exclude", "cannot entirely exclude", "uncertain", "indeterminate for", "doubtful", "early", "impending", "incipient", "conceivable", "conceivably", "cf", "evaluate for", "assess for", "cannot definitely exclude", "cannot confidently exclude", "does not exclude", "without excluding", "either", "versus", "vs", "vs.",
        "seems", "not definitely", "not certain",
    ],
    "following_negations": [
        *(f"{can} be {adverb}{out}" for can, adverb, out in product(("cannot", "can not", "can't", "could not", "couldn't", "not"), ("", "entirely ", "completely ", "definitely ", "definitively ", "confidently ", "fully ", "reliably ", "wholly ", "totally ", "absolutely "), ("excluded", "ruled out", "discounted", "dismissed"))),
        "not excluded", "not entirely excluded", "not ruled out", "not completely excluded", "not definitely excluded", "not definitively excluded", "not confidently excluded", "is possible", "are possible", "possible", "is suspected", "are suspected", "suspected", "is questioned", "questionable", "is likely", "are likely", "likely", "is probable", "probable", "difficult to exclude", "hard to exclude",
        "should be excluded", "to be excluded", "needs to be excluded", "must be excluded", "should be considered", "is considered", "be considered", "a consideration", "in question", "a possibility", "remains possible", "is a concern", "of concern", "equivocal", "needs exclusion", "not certain", "uncertain", "is raised", "raised", "to exclude", "to rule out", "is doubtful", "doubtful", "needs confirmation", "versus", "vs", "vs.", "impossible to exclude",
    ],
    "termination": [";", "but", "however", "although", "though", "whereas"],
}  # fmt: skip
_HISTORY: dict[str, list[str]] = {
    "pseudo_negations": ["no history of", "no known history", "natural history", "history of trauma"],
    "preceding_negations": [
        "history of", "h/o", "hx of", "hx", "known history of", "past history of", "pmh", "pmhx", "pmh of", "clinical suspicion of", "clinical suspicion for", "clinically suspected", "clinical concern for", "referred for", "evaluate for", "to evaluate for", "to assess for", "assess for", "to evaluate", "evaluation of", "family history of", "query of", "reason",
        "asked to exclude", "requested to exclude", "request to exclude", "clinically", "risk of", "risk for", "risk factor for", "risk factors for", "at risk", "future", "prevention of", "prevent", "told of", "reportedly", "reported",
    ],
    "following_negations": ["suspected clinically", "is clinically suspected", "clinically suspected", "risk", "risk assessment", "in the past", "clinic", "liaison", "protocol", "pathway", "prevention", "guidelines", "score", "probability"],
    "termination": [";", "but", "however", "although", "with", "shows", "demonstrates", "seen", "today", "now"],
}  # fmt: skip
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
    sets = ({**_NEGATION}, _without_bare_mask(_SUSPICION), {**_HISTORY})
    return nlp, tuple(
        Negex(nlp, name, termset, extension_name=name, span_keys=[_KEY])
        for name, termset in zip(_MASKS, sets, strict=True)
    )


def _without_bare_mask(termset: dict[str, list[str]]) -> dict[str, list[str]]:
    """The question mark asks, too; alone it must not be masked."""
    return {
        **termset,
        "pseudo_negations": [words for words in termset["pseudo_negations"] if words != "?"],
        "preceding_negations": [*termset["preceding_negations"], "?", "??", "???"],
        "following_negations": [*termset["following_negations"], "?", "??", "???"],
    }


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
