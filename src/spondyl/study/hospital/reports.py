"""Made-up radiology reports of simulated films: free text in several styles, and what it means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spondyl.anatomy import JUDGED_LEVELS, Level, Status
from spondyl.labels import FilmLabel
from spondyl.study.hospital import reports_words as words
from spondyl.study.hospital.reports_names import Letters, name_levels, ordinal
from spondyl.study.hospital.reports_opinion import Called, Opinion, Rest, form_opinion
from spondyl.study.hospital.reports_settings import ReportSettings, Style
from spondyl.study.hospital.reports_words import Voice

__all__ = ["Report", "ReportSettings", "Style", "write_report"]

_VOICES = {
    Style.TERSE: words.TERSE,
    Style.STRUCTURED: words.STRUCTURED,
    Style.PROSE: words.PROSE,
    Style.BRITISH: words.BRITISH,
    Style.TABLE: words.STRUCTURED,
    Style.IMPRESSION: words.IMPRESSION,
    Style.COMPARISON: words.COMPARISON,
}


@dataclass(frozen=True)
class Report:
    """A report and what it means.

    Attributes
    ----------
    text : str
    style : Style
    opinion : Opinion
        What its writer thought, right or wrong.
    """

    text: str
    style: Style
    opinion: Opinion

    @property
    def intended(self) -> Mapping[Level, Status]:
        """The status that the words give each level; what a perfect reader would get out."""
        return self.opinion.intended


def write_report(
    label: FilmLabel,
    rng: np.random.Generator,
    settings: ReportSettings | None = None,
    age: int = 70,
    female: bool = True,
) -> Report:
    """Write the report of a film whose truth is known.

    Parameters
    ----------
    label : FilmLabel
        The truth.
    rng : numpy.random.Generator
        The only source of chance.
    settings : ReportSettings, optional
    age : int
        Years.
    female : bool

    Returns
    -------
    Report
    """
    settings = settings or ReportSettings()
    styles = sorted(settings.styles)
    shares = np.array([settings.styles[style] for style in styles])
    style = Style(styles[int(rng.choice(len(styles), p=shares / shares.sum()))])
    opinion = form_opinion(label, style, settings, rng)
    writer = _Writer(opinion, style, rng)
    if style is Style.TABLE:
        text = writer.table(label, age, female)
    elif style is Style.STRUCTURED:
        text = writer.structured(age, female)
    elif style is Style.IMPRESSION:
        head = writer.pick(("Impression:", "IMPRESSION:", "Conclusion:"))
        text = f"{head} {writer.body(words.IMPRESSION)}"
    else:
        text = writer.body(_VOICES[style])
    return Report(text.strip(), style, opinion)


class _Writer:
    """One report under way."""

    def __init__(self, opinion: Opinion, style: Style, rng: np.random.Generator) -> None:
        self.opinion = opinion
        self.style = style
        self.rng = rng
        british = style is Style.BRITISH and rng.random() < 0.5
        self.letters = Letters.D if british else Letters.T
        if style is Style.TERSE and rng.random() < 0.15:
            self.letters = Letters.TH

    def pick(self, choices: Sequence[str]) -> str:
        """One of several phrases."""
        return choices[int(self.rng.integers(len(choices)))]

    def names(self, levels: Sequence[Level]) -> str:
        """Levels in words."""
        return name_levels(levels, self.rng, self.letters, "-" if self.style is Style.TERSE else "")

    def body(self, voice: Voice) -> str:
        """Lead, bodies and asides as running text."""
        parts = [self.pick(voice.lead), *self.bodies(voice)]
        asides = self.asides(voice)
        # Discs and joints are mostly dictated after the bodies, now and then before.
        if self.rng.random() < 0.2:
            parts = [parts[0], *asides, *parts[1:]]
        else:
            parts += asides
        return voice.join.join(part for part in parts if part)

    def bodies(self, voice: Voice) -> list[str]:
        """Sentences on vertebral bodies."""
        said = self.fractures(voice)
        if self.opinion.suspected:
            said.append(self.fill(self.pick(voice.suspected), self.names(self.opinion.suspected)))
        return [*said, *self.rest(voice, bool(said))]

    def fractures(self, voice: Voice) -> list[str]:
        """Sentences on fractures: new ones and old ones apart, several at once or one by one."""
        said = []
        for old in (False, True):
            group = [item for item in self.opinion.called if item.old is old]
            one, many = (voice.old_one, voice.old_many) if old else (voice.one, voice.many)
            if len(group) > 1 and self.rng.random() < 0.6:
                said.append(self.fill(self.pick(many), self.names([g.level for g in group])))
            else:
                said += [self.fracture(self.pick(one), item, voice) for item in group]
        return said

    def fracture(self, template: str, item: Called, voice: Voice) -> str:
        """One fracture's sentence."""
        name = self.names([item.level])
        spoken = ordinal(item.level)
        if self.style is Style.PROSE and spoken and self.rng.random() < 0.2:
            bare = "vertebral body" in template
            name = spoken if bare else f"the {spoken} vertebra"
        return self.fill(template, name, voice.shapes[item.shape], item.percent)

    def rest(self, voice: Voice, something: bool) -> list[str]:
        """The sentence on all other bodies, or none."""
        opinion = self.opinion
        if opinion.rest is Rest.ALL:
            return [self.pick(voice.others if something else voice.none)]
        if opinion.rest is Rest.LUMBAR:
            return [self.pick(voice.lumbar_others if something else voice.lumbar_none)]
        if opinion.rest is Rest.NAMED:
            return [self.fill(self.pick(voice.named), self.names(opinion.named))]
        return []

    def asides(self, voice: Voice) -> list[str]:
        """What else the film shows; something where nothing is said of the bodies."""
        least = 1 if self.opinion.rest is Rest.SILENT else 0
        count = int(self.rng.integers(least, 3))
        order = self.rng.permutation(len(voice.asides))[:count]
        return [voice.asides[k] for k in order]

    def fill(self, template: str, levels: str, shape: str = "", percent: int = 0) -> str:
        """A sentence with its gaps filled, its first letter as sentences have it."""
        one = re.fullmatch(r"\w+", levels) is not None
        text = template.format(
            levels=levels, shape=shape, percent=percent,
            are="is" if one else "are", bodies="body" if one else "bodies", s="s" if one else "",
        )  # fmt: skip
        return text[:1].upper() + text[1:]

    def head(self, age: int, female: bool) -> list[str]:
        """Sections before the findings; a history may ask after a fracture that is not there."""
        history = self.pick(words.HISTORIES).format(
            level=self.names([JUDGED_LEVELS[int(self.rng.integers(len(JUDGED_LEVELS)))]]),
            age=age,
            person="woman" if female else "man",
        )
        lines = []
        if self.rng.random() < 0.7:
            lines.append(f"EXAM: {self.pick(words.EXAMS)}")
        lines.append(f"{self.pick(('HISTORY', 'CLINICAL HISTORY', 'INDICATION'))}: {history}")
        if self.rng.random() < 0.4:
            lines.append("TECHNIQUE: Single lateral view.")
        if self.rng.random() < 0.4:
            lines.append("COMPARISON: None.")
        return lines

    def impression(self) -> str:
        """The closing section, of one mind with the findings."""
        opinion = self.opinion
        said = self.fractures(words.IMPRESSION)
        if opinion.suspected:
            said.append(
                self.fill(self.pick(words.IMPRESSION.suspected), self.names(opinion.suspected))
            )
        if not said:
            said = {
                Rest.ALL: [self.pick(words.IMPRESSION.none)],
                Rest.LUMBAR: [self.pick(words.IMPRESSION.lumbar_none)],
            }.get(opinion.rest, [self.pick(words.IMPRESSION.asides)])
        if len(said) == 1:
            return f"IMPRESSION: {said[0]}"
        return "\n".join(["IMPRESSION:", *(f"{n}. {line}" for n, line in enumerate(said, 1))])

    def structured(self, age: int, female: bool) -> str:
        """Sections with headings."""
        findings = [*self.bodies(words.STRUCTURED), *self.asides(words.STRUCTURED)]
        if self.rng.random() < 0.5:
            text = "FINDINGS: " + " ".join(findings)
        else:
            text = "\n".join(["FINDINGS:", *findings])
        return "\n".join([*self.head(age, female), text, self.impression()])

    def table(self, label: FilmLabel, age: int, female: bool) -> str:
        """A row for each body."""
        called = {item.level: item for item in self.opinion.called}
        rows = []
        for level in (Level.T10, *JUDGED_LEVELS):
            name = self.names([level])
            if level in called:
                item = called[level]
                shape = words.STRUCTURED.shapes[item.shape]
                row = self.pick(words.ROW_OLD if item.old else words.ROW_CALLED)
                rows.append(f"{name}: {row.format(shape=shape, percent=item.percent)}")
            elif level in self.opinion.suspected:
                rows.append(f"{name}: {self.pick(words.ROW_SUSPECTED)}")
            elif level in self.opinion.named:
                rows.append(f"{name}: {self.pick(words.ROW_NORMAL)}")
        rows += self.asides(words.STRUCTURED)
        return "\n".join([*self.head(age, female), "FINDINGS", *rows, self.impression_row()])

    def impression_row(self) -> str:
        """The closing section of a table: fractures alone; its rows have said the rest."""
        if self.opinion.called or self.opinion.suspected:
            return self.impression()
        return f"IMPRESSION: {self.pick(words.IMPRESSION.asides)}"
