"""Vertebral levels in free text: ranges, lists, ordinals, and regions of the spine."""

import re
from dataclasses import dataclass

from spondyl.anatomy import JUDGED_LEVELS, LEVELS, Level

#: The whole spine from top to bottom as reports count it; levels without a place here are passed.
_SPINE = (
    tuple(f"C{n}" for n in range(1, 8))
    + tuple(f"T{n}" for n in range(1, 13))
    + tuple(f"L{n}" for n in range(1, 6))
    + ("S1",)
)
_NUMBER = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "one": 1, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "l": 1, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5,
}  # fmt: skip
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|1\s?st|2\s?nd|3\s?rd|[4-9]\s?th|1[0-2]\s?th)"
)
_UNIT = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?P<thoracic>[Tt][Hh]\.?|[Tt]|[Dd])(?P<tgap>\s?-?\s?)(?P<tnumber>1[0-2]|[1-9])(?!\d)"
    r"|(?P<lumbar>[Ll])(?P<lgap>\s?[-.]?\s?)(?P<lnumber>[1-6])(?![\d])(?!\.\d)"
    r"|L\s?(?P<roman>III|II|IV|I|l)(?![A-Za-z0-9'])"
    r"|(?P<sacral>[Ss])\s?-?(?P<snumber>[1-5])(?!\d)"
    r"|(?P<cervical>[Cc])\s?-?(?P<cnumber>[1-7])(?!\d)"
    r"|(?P<spoken>[LlTt])(?:-|\s)(?P<snum>one|two|three|four|five|nine|ten|eleven|twelve)\b"
    rf"|(?P<named>(?i:(?:{_ORDINAL}\s*(?:,\s*(?:and\s+|or\s+)?|and\s+|or\s+|to\s+|through\s+|&\s*|-\s*)"
    rf"\s*(?:the\s+)?)*{_ORDINAL}\s+(?:lumbar|thoracic|dorsal)\b(?!\s+(?:rib|nerve|root))))"
    r"|(?P<after>(?i:lumbar|thoracic|dorsal)\s+(?i:vertebra(?:l bod(?:y|ies)|e)?\s+)?)"
    r"(?P<anumber>1[0-2]|[1-9])(?!\d)(?!\s*(?:%|mm|cm|views?|films?|compression|fract|vert))"
    r")"
)
_RANGE = re.compile(
    r"\s*(?:-+|~|\.\.+|to|thru|through(?:\s+to)?|until|till|down\s+to|up\s+to|down\s+through|and\s+"
    r"through|inclusive\s+to)\s*(?:the\s+)?(?:level\s+of\s+)?", re.IGNORECASE,
)  # fmt: skip
_LIST = re.compile(
    r"\s*(?:,\s*(?:and|or|&|plus|also)?|and(?:\s+also)?|&|\+|or|nor|/|\\|plus|as\s+well\s+as|along\s+with"
    r"|and\s*/\s*or|,?\s*and\s+at|,?\s*and\s+to\s+a\s+lesser\s+(?:extent|degree))\s*"
    r"(?:(?:of|at|the|in|both|also|vertebra[el]?|to\s+a\s+lesser\s+(?:extent|degree))\s+)*"
    r"(?:vertebra[el]?\s+)?", re.IGNORECASE,
)  # fmt: skip
#: A bare number that goes on with a list ("L1, 3 and 4"), and what shows that it counts else.
_BARE = re.compile(
    r"(?P<bare>1[0-2]|[1-9])(?![\dA-Za-z#%])(?!\s*(?:%|per ?cent|mm|cm|views?|levels?|degrees?|years?|weeks?"
    r"|months?|days?|hours?|st\b|nd\b|rd\b|th\b|x\b|[/.]\d|\.\d|films?|of\b|projections?|more|other|further"
    r"|old|additional|images?|deg|out of|consecutive|adjacent))",
    re.IGNORECASE,
)
#: After a comma a number before such a noun counts it: "L1, 3 vertebrae".
_COUNTED = re.compile(
    r"\s*(?:vertebra|compression|wedge|fractures?\b|vcfs?\b|bodies)", re.IGNORECASE
)
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?$", re.IGNORECASE)
_LAST_THORACIC = 12
_LAST_LUMBAR = 6


@dataclass(frozen=True)
class LevelMention:
    """Levels named in one place.

    Attributes
    ----------
    start, end : int
        Where, in the plain text.
    items : tuple of (start, end, names)
        The parts of a list; a range is one part. Names may be outside the registry (T3, C5).
    spaces : bool
        May name a disc space: a single pair of neighbours, as L4-5 or T12/L1.
    """

    start: int
    end: int
    items: tuple[tuple[int, int, tuple[str, ...]], ...]
    spaces: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Every level named, top to bottom of the list, once."""
        return tuple(dict.fromkeys(name for _, _, names in self.items for name in names))

    @property
    def levels(self) -> tuple[Level, ...]:
        """Those of the registry whose bodies are judged, or lie above them."""
        return known_levels(self.names)


def known_levels(names: tuple[str, ...]) -> tuple[Level, ...]:
    """The registry's levels among the names; the sacrum has no body to compress."""
    return tuple(Level(n) for n in names if n in Level.__members__ and n != Level.S1)


def find_levels(text: str, start: int = 0, end: int | None = None) -> list[LevelMention]:
    """Every mention of levels, in order.

    Examples
    --------
    >>> [m.names for m in find_levels("L1, 3 and 4; T12 through L2; 12th thoracic; D12/L1")]
    [('L1', 'L3', 'L4'), ('T12', 'L1', 'L2'), ('T12',), ('T12', 'L1')]
    """
    end = len(text) if end is None else end
    mentions: list[LevelMention] = []
    at = start
    while (unit := _UNIT.search(text, at, end)) is not None:
        mention = _grow(text, unit, end)
        at = max(mention.end, unit.end())
        mentions.append(mention)
    return mentions


def _names(unit: re.Match[str]) -> tuple[str, ...]:
    if unit["thoracic"]:
        return (f"T{unit['tnumber']}",)
    if unit["lumbar"]:
        return (f"L{unit['lnumber']}",)
    if unit["roman"]:
        return (f"L{_NUMBER[unit['roman'].lower()]}",)
    if unit["sacral"]:
        return (f"S{unit['snumber']}",)
    if unit["cervical"]:
        return (f"C{unit['cnumber']}",)
    if unit["spoken"]:
        return (f"{unit['spoken'].upper()}{_NUMBER[unit['snum']]}",)
    if unit["after"]:
        region = "L" if unit["after"].lower().startswith("l") else "T"
        return (f"{region}{unit['anumber']}",)
    return _ordinals(unit["named"])


def _ordinals(words: str) -> tuple[str, ...]:
    words = words.lower()
    region = "L" if words.rstrip().endswith("lumbar") else "T"
    found = list(re.finditer(_ORDINAL, words))
    names: list[str] = []
    for before, match in zip([None, *found], found, strict=False):
        name = f"{region}{_value(match.group())}"
        gap = words[before.end() : match.start()] if before else ""
        if names and re.search(r"\bto\b|through|-", gap):
            names += _between(names[-1], name)[1:]
        else:
            names.append(name)
    return tuple(names)


def _value(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else _NUMBER[word]


def _between(first: str, last: str) -> list[str]:
    """Levels from one to another, both included; in either order."""
    order = (*_SPINE[:-1], "L6", "S1") if "L6" in (first, last) else _SPINE
    if first not in order or last not in order:
        return [first, last]
    a, b = order.index(first), order.index(last)
    return list(order[a : b + 1]) if a <= b else list(order[b : a + 1])


def _grow(text: str, unit: re.Match[str], end: int) -> LevelMention:
    """Take in what goes on with the list or the range that begins with this unit."""
    items = [(unit.start(), unit.end(), _names(unit))]
    between = _BETWEEN.search(text[max(0, unit.start() - 16) : unit.start()]) is not None
    at = unit.end()
    while True:
        joined = _RANGE.match(text, at, end)
        listed = _LIST.match(text, at, end)
        ranged = joined is not None
        if between and len(items) == 1 and listed and not ranged:
            joined, ranged = listed, True
        step = joined if ranged else listed
        if step is None:
            break
        # "T11 - normal", "L1 to moderate": no level follows, the mention ends here.
        following = _UNIT.match(text, step.end(), end)
        last = items[-1][2][-1]
        if following is not None and following["named"] is None:
            names = _names(following)
            stop = following.end()
        elif (bare := _bare(text, step, end)) is not None and (
            name := _bare_name(last, int(bare["bare"]), ranged)
        ) is not None:
            names = (name,)
            stop = bare.end()
        elif following is not None:
            names, stop = _names(following), following.end()
        else:
            break
        if ranged or ("/" in step.group() and len(items) == 1 and _next_to(last, names[0])):
            first, _, before = items.pop()
            whole = (*before[:-1], *_between(before[-1], names[0]), *names[1:])
            items.append((first, stop, tuple(dict.fromkeys(whole))))
        else:
            items.append((step.end(), stop, names))
        at = stop
    spaces = all(len(names) == 2 and _next_to(*names) for _, _, names in items)
    return LevelMention(items[0][0], items[-1][1], tuple(items), spaces)


def _bare(text: str, step: re.Match[str], end: int) -> re.Match[str] | None:
    """A number without its letter that goes on with a list or a range."""
    number = _BARE.match(text, step.end(), end)
    if number is None or (step.group().strip() == "," and _COUNTED.match(text, number.end(), end)):
        return None
    return number


def _next_to(a: str, b: str) -> bool:
    return a in _SPINE and b in _SPINE and _SPINE.index(b) - _SPINE.index(a) == 1


def _bare_name(last: str, number: int, ranged: bool) -> str | None:
    """The level of a number without its letter, after the level ``last``."""
    region, before = last[0], int(last[1:])
    if region == "T":
        if ranged and number < before and number < _LAST_LUMBAR and before >= 10:
            return f"L{number}"  # T12-2
        return f"T{number}" if before < number <= _LAST_THORACIC else None
    if region == "L":
        if ranged and number == 1 and before == 5:
            return "S1"  # L5-1
        return f"L{number}" if before < number <= _LAST_LUMBAR - 1 else None
    return f"{region}{number}" if before < number < 8 else None


_SPINES = (
    (r"(?:lower|distal|caudal|inferior)(?: (?:to|and) mid)? (?:thoracic|dorsal)", ("T10", "T11", "T12")),
    (r"(?:upper|mid|middle|proximal|superior)[ -](?:to[ -]mid[ -])?(?:thoracic|dorsal)", ("T8",)),
    (r"upper[ -](?:to|and)[ -]mid(?:dle)?[ -]lumbar|upper and middle lumbar", ("L1", "L2", "L3")),
    (r"mid(?:dle)?[ -](?:to|and)[ -]lower[ -]lumbar", ("L3", "L4", "L5")),
    (r"(?:upper|proximal|superior)[ -]lumbar", ("L1", "L2")),
    (r"(?:mid|middle)[ -]?lumbar", ("L3",)),
    (r"(?:lower|distal|caudal|inferior)[ -]lumbar", ("L4", "L5")),
    (r"thoraco[ -]?lumbar(?: (?:region|transition|jun\w*)|(?= levels?\b))|T-?L jun\w*|TLJ|dorso[ -]?lumbar jun\w*",
     ("T11", "T12", "L1", "L2")),
    (r"thoraco[ -]?lumbar|T ?[-/] ?L[ -]?(?:S )?spine|TL[ -]?spine|dorso[ -]?lumbar|TLSO?-?spine",
     tuple(JUDGED_LEVELS)),
    (r"(?:thoracic|dorsal)(?= (?:and|or|&|to|/) )|(?:thoracic|dorsal)[ -](?:spine|vertebra\w*|bod\w+|levels?|segments?|column|compression|wedge"
     r"|vcfs?|fract\w*|region|or lumbar|and lumbar)|[TD][ -]?spine", ("T8", "T9", "T10", "T11", "T12")),
    (r"lumbar(?= (?:and|or|&|to|/) (?:[a-z]+ )?(?:thoracic|sacral|dorsal))|(?:lumbar|lumbosacral|lumbo-sacral)[ -](?:spine|spinal column|vertebra\w*|bod\w+|levels?|segments?"
     r"|column|compression|wedge|vcfs?|fract\w*|region|vert\b)|L[ -]?S?[ -]?spine|LS[ -]spine",
     ("L1", "L2", "L3", "L4", "L5")),
)  # fmt: skip
_REGIONS = [
    (re.compile(rf"(?<![A-Za-z])(?:{words})(?![a-z])", re.IGNORECASE), names)
    for words, names in _SPINES
]
#: A film's title is no region: "lumbar spine radiograph: no fracture" speaks of all it shows.
_TITLE = re.compile(
    r"\s*(?:,|-|\(|:)?\s*(?:x-?rays?|xr\b|radiograph\w*|films?|series|views?|stud(?:y|ies)|exam\w*|plain|ap\b|lateral"
    r"|\d\s*(?:-|x\s)?\s*(?:views?|v\b)|two|three|images?|lat\b|imaging)", re.IGNORECASE,
)  # fmt: skip
_TITLE_BEFORE = re.compile(
    r"(?:x-?rays?|xr|radiographs?|views?|films?|study|examination|lateral|ap|series)\s*(?:of\s*)?(?:the\s*)?[:,-]?\s*"
    r"$", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class RegionMention:
    """A region of the spine named in one place, and the levels that it surely holds."""

    start: int
    end: int
    levels: tuple[Level, ...]


def find_regions(text: str, start: int, end: int) -> list[RegionMention]:
    """Regions named between two places; names of examinations are none."""
    found: list[RegionMention] = []
    for pattern, names in _REGIONS:
        for match in pattern.finditer(text, start, end):
            if any(match.start() < r.end and r.start < match.end() for r in found):
                continue
            if _TITLE.match(text, match.end(), end) or _TITLE_BEFORE.search(
                text[max(start, match.start() - 24) : match.start()]
            ):
                continue
            found.append(RegionMention(match.start(), match.end(), known_levels(tuple(names))))
    return sorted(found, key=lambda region: region.start)


def in_order(levels: set[Level]) -> tuple[Level, ...]:
    """Levels from top to bottom."""
    return tuple(sorted(levels, key=lambda level: LEVELS[level].order))
