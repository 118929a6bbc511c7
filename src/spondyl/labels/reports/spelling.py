"""Misspelt words of radiology, put right where one correction is near."""

from functools import lru_cache

#: Words that carry meaning here; a misspelling of them must not cost a label.
_VOCABULARY = tuple(
    [
        "abnormality",
        "acute",
        "anterior",
        "biconcave",
        "biconcavity",
        "bodies",
        "central",
        "chronic",
        "collapse",
        "collapsed",
        "compressed",
        "compression",
        "deformed",
        "deformities",
        "deformity",
        "degenerative",
        "endplate",
        "evidence",
        "excluded",
        "exclude",
        "findings",
        "fracture",
        "fractured",
        "fractures",
        "healed",
        "height",
        "heights",
        "identified",
        "impression",
        "indication",
        "intact",
        "kyphoplasty",
        "lumbar",
        "maintained",
        "moderate",
        "multiple",
        "narrowing",
        "normal",
        "osteoporotic",
        "pedicle",
        "physiologic",
        "possible",
        "possibly",
        "preserved",
        "previous",
        "probable",
        "process",
        "questionable",
        "radiograph",
        "reduced",
        "reduction",
        "remaining",
        "retropulsion",
        "sclerosis",
        "severe",
        "spinous",
        "spondylolisthesis",
        "stable",
        "superior",
        "suspected",
        "suspicion",
        "suspicious",
        "thoracic",
        "thoracolumbar",
        "transverse",
        "unchanged",
        "unremarkable",
        "vertebra",
        "vertebrae",
        "vertebral",
        "vertebroplasty",
        "visualized",
        "visualised",
        "wedging",
        "wedged",
        "without",
        "conclusion",
        "osteophytes",
        "alignment",
        "lumbosacral",
        "comparison",
        "unlikely",
        "insufficiency",
        "augmented",
    ]
)
#: Right words that are near one of the above.
_RIGHT = frozenset(
    [
        "abnormalities",
        "accurate",
        "anteriorly",
        "ante",
        "cortical",
        "express",
        "expression",
        "compressive",
        "compressing",
        "compresses",
        "concave",
        "control",
        "chronically",
        "collapses",
        "collapsing",
        "collapsible",
        "deform",
        "degeneration",
        "depression",
        "evident",
        "exclusion",
        "excludes",
        "excluding",
        "fraction",
        "fractions",
        "fracturing",
        "finding",
        "heighten",
        "weight",
        "identify",
        "identifies",
        "impressions",
        "included",
        "includes",
        "include",
        "intactness",
        "maintain",
        "maintains",
        "maintaining",
        "moderately",
        "multiply",
        "normally",
        "normals",
        "osteopenic",
        "osteopenia",
        "osteoporosis",
        "osteoporotics",
        "pedicles",
        "physiological",
        "physiologically",
        "possibility",
        "possibilities",
        "preserve",
        "preserves",
        "preserving",
        "previously",
        "probably",
        "processes",
        "processed",
        "progress",
        "progression",
        "progressed",
        "progressive",
        "pressure",
        "question",
        "questioned",
        "radiographs",
        "radiographic",
        "radiography",
        "reduce",
        "reduces",
        "reducing",
        "remain",
        "remains",
        "remained",
        "retropulsed",
        "sclerotic",
        "severely",
        "severity",
        "spinal",
        "spondylolysis",
        "spondylosis",
        "stability",
        "stabilised",
        "stabilized",
        "superiorly",
        "suspect",
        "suspects",
        "suspiciously",
        "thorax",
        "transversely",
        "thoracis",
        "unchanging",
        "vertebroplasties",
        "kyphoplasties",
        "vertical",
        "vertically",
        "visualize",
        "visualise",
        "visualization",
        "wedges",
        "wedge",
        "within",
        "conclude",
        "concluded",
        "osteophyte",
        "osteophytic",
        "alignments",
        "malalignment",
        "comparisons",
        "compared",
        "compare",
        "likely",
        "sufficient",
        "insufficient",
        "augmentation",
        "argument",
        "bodied",
        "lumbago",
        "superficial",
        "inferior",
        "interior",
        "exterior",
        "posterior",
        "posteriorly",
        "process",
        "proceed",
        "proceeds",
        "seven",
        "several",
        "acutely",
        "central",
        "centrally",
        "sacral",
        "healing",
        "heal",
        "reduced",
        "evidenced",
        "indications",
        "indicated",
        "indicating",
        "recession",
        "precession",
        "narrowed",
        "narrows",
        "healthy",
        "stables",
        "intake",
        "normalised",
        "normalized",
    ]
) | frozenset(_VOCABULARY)
#: Whole words that are written wrong so often that distance is not asked.
_KNOWN = {
    "lumber": "lumbar", "fx": "fx", "fracure": "fracture", "farcture": "fracture",
    "dosral": "dorsal", "vertabrae": "vertebrae", "vertabra": "vertebra", "hieght": "height",
    "hieghts": "heights", "heigth": "height", "heigths": "heights", "wegde": "wedge",
    "wegding": "wedging", "weding": "wedging", "thorasic": "thoracic", "normla": "normal",
    "nomral": "normal", "fratcure": "fracture", "fratcures": "fractures",
    "fractue": "fracture", "fxr": "fx", "noraml": "normal", "nromal": "normal", "widge": "wedge",
    "burts": "burst", "wdge": "wedge", "wedeg": "wedge", "brust": "burst", "intct": "intact",
}  # fmt: skip
_SHORTEST = 6
#: From this length on, two letters may be wrong.
_LONG = 9


@lru_cache(maxsize=65536)
def corrected(word: str) -> str:
    """The word (lower case) put right, or as it is.

    Only words near one, and only one, word of the vocabulary are changed: one letter wrong,
    missing, too many or two letters swapped; in long words twice.

    Examples
    --------
    >>> corrected("comprsion"), corrected("vertrebal"), corrected("lumber"), corrected("impresses")
    ('compression', 'vertebral', 'lumbar', 'impresses')
    """
    if word in _KNOWN:
        return _KNOWN[word]
    if len(word) < _SHORTEST or word in _RIGHT:
        return word
    allowed = 2 if len(word) >= _LONG else 1
    best, nearest = word, allowed + 1
    for known in _VOCABULARY:
        if known[0] == word[0] and abs(len(known) - len(word)) <= allowed:
            distance = _distance(word, known, nearest)
            if distance < nearest:
                best, nearest = known, distance
    return best


def _distance(a: str, b: str, limit: int) -> int:
    """Letters to change, put in, take out or swap; ``limit`` where it is that or more."""
    before, last = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
        before, last = last, row
    return min(last[-1], limit)
