"""The parts of a report: what was asked, what was seen, what was concluded."""

import re
from dataclasses import dataclass
from enum import IntEnum

from spondyl.labels.reports.sentences import hard_breaks


class Part(IntEnum):
    """What a part of a report is; of two that contradict, the higher number is believed."""

    CONTEXT = 0
    ADVICE = 1
    FINDINGS = 2
    IMPRESSION = 3
    ADDENDUM = 4


@dataclass(frozen=True)
class Section:
    """A stretch of the text, without its heading."""

    part: Part
    start: int
    end: int


_HEADINGS = {
    Part.CONTEXT: (
        r"(?:relevant |brief |pertinent )?clinical (?:history|information|info|details?|data|"
        r"indications?|question|note|notes|context|presentation|summary|background|dx|diagnosis|"
        r"features|statement|history and indication)",
        r"(?:past |patient |surgical |past medical |medical )?history(?: ?/ ?indication| of present "
        r"illness)?", r"clinical", r"indications?(?: for (?:the )?(?:exam\w*|study|procedure))?",
        r"reason(?: for (?:the )?(?:exam\w*|study|request|referral|visit|procedure|test|imaging))?",
        r"(?:clin(?:ical)?\.? )?hx\.?", r"cl\.? hx", r"pmhx?", r"presenting complaint",
        r"c ?/ ?o", r"c ?/ ?i", r"c\.i\.?", r"request(?: details)?", r"referral(?: reason)?",
        r"background", r"chief complaint", r"symptoms?", r"admitting diagnosis",
        r"provisional diagnosis", r"ordering diagnosis", r"pre-?test diagnosis",
        r"technique", r"procedure", r"exam(?:ination)?(?: type| date)?", r"study(?: type| date)?",
        r"protocol", r"projections?", r"views?", r"modality", r"quality", r"image quality",
        r"comparisons?(?: stud(?:y|ies)| films?| exams?| made)?", r"priors?",
        r"(?:prior|previous) (?:stud(?:y|ies)|imaging|exams?|films?|reports?)", r"compared (?:to|with)",
        r"clinical indication/history", r"info(?:rmation)?",
    ),
    Part.FINDINGS: (
        r"findings?(?: ?(?:/|and|&) ?impression)?", r"report", r"description", r"observations?",
        r"results?", r"radiographic findings", r"x-?ray findings", r"imaging findings", r"interpretation",
        r"(?:detailed|full) report", r"body of report",
    ),
    Part.IMPRESSION: (
        r"(?:final |overall )?impressions?", r"conclusions?", r"opinion", r"summary",
        r"(?:final |radiological |radiologic |imaging )?diagnosis", r"dx", r"imp\.?", r"assessment",
        r"concl?\.?", r"comments?", r"bottom line", r"key findings", r"overall",
    ),
    Part.ADVICE: (
        r"recommendations?", r"rec\.?", r"advice", r"plan", r"suggestions?", r"follow-?up",
        r"management", r"disclaimer", r"electronically signed(?: by)?", r"reported by", r"dictated(?: by)?",
        r"signed(?: by)?",
    ),
    Part.ADDENDUM: (
        r"addendum(?: ?\d)?", r"amend(?:ed|ment)(?: report)?", r"correct(?:ion|ed report)",
        r"revised report", r"supplementary report",
    ),
}  # fmt: skip
_ANY = "|".join(f"(?P<{part.name}>{'|'.join(words)})" for part, words in _HEADINGS.items())
#: A heading: at the start of a line, or of a sentence if a colon follows.
_HEADING = re.compile(
    r"(?:(?P<line>(?:^|\n)[ *#=_>\-]*(?:\d{1,2}[.)] ?)?[\[<(*]{0,3} ?)|(?<=[.;!?\])|]) {1,4}|\n)"
    rf"(?:{_ANY})"
    r"(?: ?[:\])>]{1,3}\**:?|\*\* ?:?| {1,2}-{1,2}(?= )|(?P<alone>[ .=_-]*(?=\n|$)))",
    re.IGNORECASE,
)
#: "Summary" of wide words at the start of prose must not be headings: only with a mark.
_PARAGRAPH = re.compile(r"\n\s*\n")


def find_sections(text: str) -> list[Section]:
    """Cut a report into its parts, in order; a report without headings is one of findings.

    A history ends at the next heading. If no heading of findings follows, it ends with its
    paragraph or line, and in a report of one line with its sentence.
    """
    heads: list[tuple[Part, int, int]] = []
    for match in _HEADING.finditer(text):
        part = _part(match)
        if match["alone"] is not None and match["line"] is None:
            continue
        heads.append((part, match.start(), match.end()))
    sections: list[Section] = []
    first = heads[0][1] if heads else len(text)
    if text[:first].strip():
        sections.append(Section(Part.FINDINGS, 0, first))
    for index, (part, _, start) in enumerate(heads):
        last = index + 1 == len(heads)
        end = len(text) if last else heads[index + 1][1]
        following = None if last else heads[index + 1][0]
        if part is Part.CONTEXT and following not in (Part.FINDINGS, Part.CONTEXT):
            stop = _end_of_context(text, start, end)
            sections.append(Section(part, start, stop))
            if text[stop:end].strip():
                sections.append(Section(Part.FINDINGS, stop, end))
        elif (
            part is Part.CONTEXT
            and following is Part.CONTEXT
            and (paragraph := _PARAGRAPH.search(text, start + 1, end))
            and text[start : paragraph.start()].strip()
            and text[paragraph.end() : end].strip()
        ):
            sections.append(Section(part, start, paragraph.start()))
            sections.append(Section(Part.FINDINGS, paragraph.end(), end))
        else:
            sections.append(Section(part, start, end))
    return sections


def _part(match: re.Match[str]) -> Part:
    return next(part for part in Part if match[part.name] is not None)


def _end_of_context(text: str, start: int, end: int) -> int:
    """Where a history without a heading behind it stops."""
    begin = start + len(text[start:end]) - len(text[start:end].lstrip())
    paragraph = _PARAGRAPH.search(text, begin, end)
    if paragraph and text[paragraph.end() : end].strip():
        return paragraph.start()
    breaks = [at for at in hard_breaks(text, begin, end) if text[at:end].strip()]
    lines = [at for at in breaks if "\n" in text[at - 1 : at + 1]]
    return (lines or breaks or [end])[0]
