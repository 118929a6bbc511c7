"""The page's sections, in order: each a heading, a sentence, and tables, charts or films."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from spondyl.evaluate.reliability_picture import reliability_svg
from spondyl.labels import FilmLabel
from spondyl.study.flow.model import Flow
from spondyl.study.flow.picture import flow_svg
from spondyl.study.page.charts import Chart, chart_svg, legend_html
from spondyl.study.page.claim import Answer, claim_table
from spondyl.study.page.curves import decision_chart, reliability, roc_chart
from spondyl.study.page.films import WorstFilm, worst_films
from spondyl.study.results.model import Comparison
from spondyl.study.results.readers import UNITS, SetReaders
from spondyl.study.tables.levels import confusion_table, naming_table
from spondyl.study.tables.pairs import Pairs, pairs_table, verdict
from spondyl.study.tables.paper import paper_table, seeds_table
from spondyl.study.tables.quality import (
    calibration_table,
    subgroup_table,
    thresholds_table,
    training_table,
)
from spondyl.study.tables.sample import sample_table
from spondyl.study.tables.table import Table, to_html


@dataclass(frozen=True)
class Material:
    """All that the page is made from.

    Attributes
    ----------
    comparison : Comparison
    readers : tuple of SetReaders
    pairs : Pairs
    flow : Flow
    columns : mapping
        Heads of table 1 -> labels.
    answers : tuple of Answer
        Of CLAIM.
    extra : tuple of Table
        Tables of the study itself, as how well labels were read out of reports.
    pictures : bool
        Draw the films that went worst.
    """

    comparison: Comparison
    readers: tuple[SetReaders, ...]
    pairs: Pairs
    flow: Flow
    columns: Mapping[str, Sequence[FilmLabel]]
    answers: tuple[Answer, ...]
    extra: tuple[Table, ...] = ()
    pictures: bool = True


@dataclass(frozen=True)
class Section:
    """One section; ``blocks`` are tables or finished HTML."""

    key: str
    title: str
    blocks: tuple[Table | str, ...]
    lead: tuple[str, ...] = ()


@dataclass
class _Numbers:
    """Tables and figures are numbered through the page."""

    kinds: dict[str, int] = field(default_factory=dict)

    def next(self, kind: str) -> str:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return f"{kind} {self.kinds[kind]}"


def sections(material: Material) -> tuple[Section, ...]:
    """Every section of the page, in order; those without anything to show are left out."""
    return tuple(section for section in _sections(material) if section.blocks)


def tables_of(made: Sequence[Section]) -> tuple[Table, ...]:
    """The tables of all sections, in order."""
    return tuple(block for section in made for block in section.blocks if isinstance(block, Table))


def to_page(made: Sequence[Section]) -> list[dict[str, str | tuple[str, ...]]]:
    """Sections as the template takes them, tables and figures numbered."""
    numbers = _Numbers()
    return [
        {
            "key": section.key,
            "title": section.title,
            "lead": section.lead,
            "body": "".join(_block(block, numbers) for block in section.blocks),
        }
        for section in made
    ]


def _block(block: Table | str, numbers: _Numbers) -> str:
    if isinstance(block, Table):
        return to_html(block, numbers.next("Table"))
    while _NUMBER in block:
        block = block.replace(_NUMBER, f"<b>{numbers.next('Figure')}.</b> ", 1)
    return block


#: Where a figure's number will stand.
_NUMBER = "\u0000"


def _sections(material: Material) -> Iterator[Section]:
    comparison, readers = material.comparison, material.readers
    yield Section("flow", "Films", (_flow(material.flow), sample_table(material.columns)))
    yield Section("labels", "Labels", material.extra)
    yield Section(
        "figures",
        "The paper’s figures and this study’s",
        tuple(map(paper_table, readers)) + tuple(map(seeds_table, readers)),
    )
    yield Section(
        "pairs",
        _pairs_title(comparison),
        tuple(_pairs(material)),
        tuple(verdict(material.pairs, readers)),
    )
    for key, title, make in (
        ("roc", "ROC curves", roc_chart),
        ("decision", "Decision curves", decision_chart),
    ):
        charts = [make(one, unit) for one in readers for unit, _ in UNITS]
        yield Section(key, title, _charts([chart for chart in charts if chart is not None]))
    yield Section(
        "calibration",
        "Calibration",
        (*_reliability(readers), *(calibration_table(one) for one in readers)),
    )
    yield Section(
        "levels",
        "Confusion by level",
        tuple(confusion_table(one) for one in readers)
        + tuple(naming_table(one, reader) for one in readers for reader in one.averages.values()),
    )
    groups = [subgroup_table(one, reader) for one in readers for reader in one.averages.values()]
    yield Section("subgroups", "Subgroups", tuple(table for table in groups if table.rows))
    yield Section(
        "training", "Training", (training_table(comparison), thresholds_table(comparison, readers))
    )
    if material.pictures:
        yield Section(
            "worst",
            "Films that went worst",
            tuple(filter(None, map(_worst, readers))),
            (
                "White: the label, fractured bodies starred. Blue: the reading; red where it calls "
                "a fracture.",
            ),
        )
    yield Section("claim", "CLAIM checklist", (claim_table(material.answers),))


def _flow(flow: Flow) -> str:
    return (
        f'<figure class="wide"><figcaption>{_NUMBER}Flow of films through the study</figcaption>'
        f'<div class="scroll">{flow_svg(flow)}</div></figure>'
    )


def _pairs_title(comparison: Comparison) -> str:
    first, *others = comparison.systems
    if not others:
        return "One system against another"
    return f"{first[:1].upper()}{first[1:]} against {' and '.join(others)}"


def _pairs(material: Material) -> Iterator[Table]:
    for averaged in (True, False):
        for one in material.readers:
            for other in material.comparison.systems[1:]:
                table = pairs_table(material.pairs, one, other, averaged)
                if table.rows:
                    yield table


def _charts(charts: Sequence[Chart]) -> tuple[str, ...]:
    if not charts:
        return ()
    return (f'<div class="charts">{"".join(map(_chart, charts))}</div>',)


def _chart(chart: Chart) -> str:
    note = f'<p class="note">{escape(chart.note)}</p>' if chart.note else ""
    return (
        f"<figure><figcaption>{_NUMBER}{escape(chart.title)}</figcaption>{chart_svg(chart)}"
        f"{legend_html(chart)}{note}</figure>"
    )


def _reliability(readers: Sequence[SetReaders]) -> tuple[str, ...]:
    shown = []
    for one in readers:
        for reader in one.averages.values():
            for unit, _ in UNITS:
                drawn = reliability_svg(*reliability(reader, unit))
                if drawn:
                    title = f"Reliability per {unit}, {reader.system}, {reader.words}. {one.title}"
                    shown.append(
                        f"<figure><figcaption>{_NUMBER}{escape(title)}</figcaption>{drawn}</figure>"
                    )
    note = (
        '<p class="note">Ten bins of equally many, lowest to highest, with Wilson’s interval; on '
        "the dashed line all is as said. Axes in per cent, stretched at both ends.</p>"
    )
    return (f'<div class="charts many">{"".join(shown)}</div>{note}',) if shown else ()


def _worst(readers: SetReaders) -> str:
    """The worst films of the first system's first training: an average has no readings."""
    reader = next(iter(readers.trainings.values()))[0]
    films = worst_films(readers, reader)
    if not films:
        return ""
    title = f"{reader.system}, {reader.words}. {readers.title}"
    shown = "".join(map(_film, films))
    return f'<h3>{escape(title)}</h3><div class="films">{shown}</div>'


def _film(film: WorstFilm) -> str:
    name = escape(film.name)
    picture = (
        f'<img src="{film.picture}" alt="{name} with label and reading drawn on it">'
        if film.picture
        else '<p class="gone">The picture is not at hand.</p>'
    )
    caption = f"<figcaption><b>{name}</b><br>{escape(film.words)}</figcaption>"
    return f"<figure>{picture}{caption}</figure>"
