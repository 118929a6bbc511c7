"""The study page: one HTML file that needs nothing else, and its tables as CSV and LaTeX.

The page is made from a finished comparison; it trains and reads nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from spondyl import __version__
from spondyl.files import write_whole
from spondyl.labels import DatasetError, FilmLabel, load_dataset
from spondyl.study.flow.model import SPLITS, Flow, flow_of_labels, patients_of
from spondyl.study.page.claim import Facts, claim_answers
from spondyl.study.page.sections import Material, sections, tables_of, to_page
from spondyl.study.results.model import Comparison, SetFacts
from spondyl.study.results.readers import SetReaders, films_words, read_sets
from spondyl.study.results.words import budget_words, date_words, hardware_words, minutes_words
from spondyl.study.tables.pairs import pair_tests
from spondyl.study.tables.paper import CITATION, PAPER_FILMS
from spondyl.study.tables.table import Table
from spondyl.study.tables.write import write_tables

PAGE_NAME = "study.html"
TABLES_NAME = "tables"
_TEMPLATE = "page.html.j2"


class PageError(ValueError):
    """A comparison cannot be shown; the message says why."""


def write_page(
    comparison: Comparison,
    flow: Flow | None,
    out: Path,
    *,
    development: Mapping[str, Sequence[FilmLabel]] | None = None,
    title: str | None = None,
    claim: Mapping[int, str] | None = None,
    extra: Sequence[Table] = (),
    pictures: bool = True,
) -> Path:
    """Write ``study.html`` and ``tables/*.csv``, ``tables/*.tex`` into ``out``.

    Parameters
    ----------
    comparison : Comparison
        With at least one result.
    flow : Flow or None
        Of films through the study; None draws what the labels tell.
    out : Path
        A folder; made where it is missing.
    development : mapping, optional
        "train" and "validation" -> labels. By default they are looked up in the internal set's
        data set.
    title : str, optional
        By default the plan's name.
    claim : mapping, optional
        CLAIM's item number -> the authors' words, in place of the program's.
    extra : sequence of Table, optional
        Tables of the study itself, shown after table 1.
    pictures : bool
        Draw the films that went worst.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    PageError
        If the comparison has no result.
    ImportError
        If Jinja2 is not installed (extra ``[evaluate]``).
    """
    readers = read_sets(comparison)
    if not readers:
        raise PageError(
            "This comparison has no result to show; expected at least one system tested on one "
            "set. Run `spondyl compare` to its end."
        )
    known = development_of(comparison) if development is None else development
    columns = sample_columns(comparison, known)
    whole = flow or _least_flow(comparison, known)
    facts = Facts(
        comparison=comparison,
        readers=readers,
        flow=whole,
        columns={name: (len(labels), patients_of(labels)) for name, labels in columns.items()},
        shared_patients=_shared(comparison, known),
        given=claim or {},
    )
    made = sections(
        Material(
            comparison,
            readers,
            pair_tests(readers, comparison.systems),
            whole,
            columns,
            claim_answers(facts),
            tuple(extra),
            pictures,
        )
    )
    out.mkdir(parents=True, exist_ok=True)
    write_tables(tables_of(made), out / TABLES_NAME)
    page = out / PAGE_NAME
    text = _render(
        title=title or str(comparison.plan.get("name") or "Study"),
        comparison=comparison,
        notices=_notices(comparison, known),
        facts=_head_facts(comparison, known, readers),
        sections=to_page(made),
        ran=" ".join(filter(None, (hardware_words(comparison), date_words(comparison)))),
        citation=CITATION,
        tables=TABLES_NAME,
        version=comparison.hardware.get("code") or __version__,
        written=datetime.now(UTC).date().isoformat(),
    )
    return write_whole(page, text, make_folder=True)


def development_of(comparison: Comparison) -> dict[str, tuple[FilmLabel, ...]]:
    """Labels of the films that were trained and validated on, from the internal set's data set."""
    found: dict[str, list[FilmLabel]] = {}
    for facts in comparison.sets:
        if facts.external:
            continue
        try:
            data = load_dataset(facts.folder)
        except DatasetError:
            continue
        for film in data:
            if film.split is not None and film.split != "test":
                found.setdefault(film.split, []).append(film)
    return {name: tuple(labels) for name, labels in found.items()}


def sample_columns(
    comparison: Comparison, development: Mapping[str, Sequence[FilmLabel]]
) -> dict[str, Sequence[FilmLabel]]:
    """Heads of table 1 -> labels: the sides of the split, then the external sets."""
    own = _internal(comparison)
    behind = "" if own is None else films_words(own.simulated)
    words = dict(SPLITS)
    order = [name for name, _ in SPLITS if name in development]
    order += [name for name in development if name not in words]
    columns: dict[str, Sequence[FilmLabel]] = {
        f"{words.get(name, name)}{behind}": development[name] for name in order
    }
    for facts in comparison.sets:
        columns[_set_column(facts)] = facts.labels
    return columns


def _internal(comparison: Comparison) -> SetFacts | None:
    """The test films of the study's own data set."""
    return next((facts for facts in comparison.sets if not facts.external), None)


def _set_column(facts: SetFacts) -> str:
    name = f"External: {facts.name}" if facts.external else "Internal test"
    return name + films_words(facts.simulated)


def _least_flow(comparison: Comparison, development: Mapping[str, Sequence[FilmLabel]]) -> Flow:
    own = _internal(comparison)
    splits = dict(development)
    if own is not None:
        splits["test"] = own.labels
    external = {facts.name: facts.labels for facts in comparison.sets if facts.external}
    simulated = {facts.name: facts.simulated for facts in comparison.sets}
    simulated["internal"] = None if own is None else own.simulated
    return flow_of_labels(splits, external, simulated)


def _shared(comparison: Comparison, development: Mapping[str, Sequence[FilmLabel]]) -> int:
    """Patients on more than one side of the study's own split."""
    sides = [*development.values()]
    sides += [facts.labels for facts in comparison.sets if not facts.external]
    seen: dict[str, int] = {}
    for labels in sides:
        for patient in {label.patient or label.name for label in labels}:
            seen[patient] = seen.get(patient, 0) + 1
    return sum(count > 1 for count in seen.values())


def _notices(comparison: Comparison, development: Mapping[str, Sequence[FilmLabel]]) -> list[str]:
    said = []
    simulated = [facts.name for facts in comparison.sets if facts.simulated]
    silent = [facts.name for facts in comparison.sets if facts.simulated is None]
    if len(simulated) == len(comparison.sets):
        said.append(
            "Every film of this study is simulated. Its figures are simulated figures: they say "
            "nothing of accuracy in patients."
        )
    elif simulated:
        said.append(
            f"Simulated films: {', '.join(simulated)}. Their figures say nothing of accuracy in "
            "patients."
        )
    if silent:
        said.append(f"Whether films are simulated is not stated by: {', '.join(silent)}.")
    said.append(size_words(comparison, development))
    said.append("Spondyl is research software, not a medical device.")
    return said


def size_words(comparison: Comparison, development: Mapping[str, Sequence[FilmLabel]]) -> str:
    """How large the study is, beside the paper's; a smaller one is called small."""
    sizes = {name: len(labels) for name, labels in development.items()}
    own = _internal(comparison)
    if own is not None:
        sizes["test"] = own.films
    external = [facts.films for facts in comparison.sets if facts.external]
    if external:
        sizes["external"] = max(external)
    words = {"train": "training", "validation": "validation", "test": "internal test",
             "external": "external test"}  # fmt: skip
    known = [key for key in words if key in sizes]
    parts = ", ".join(f"{sizes[key]:,} {words[key]} ({PAPER_FILMS[key]:,})" for key in known)
    counted = f"Films, in brackets the paper’s: {parts}."
    if "external" in known:
        counted += " The paper’s external number is derived from its rates."
    budget = budget_words(comparison.plan)
    trained = f" Budget of each training: {budget}." if budget else ""
    missing = "" if external else " There is no external test."
    if any(sizes[key] < PAPER_FILMS[key] for key in known) or not external:
        fractured = sum(
            label.fractured is True for facts in comparison.sets for label in facts.labels
        )
        tested = sum(facts.films for facts in comparison.sets)
        return (
            f"A small study. {counted}{missing} {fractured:,} of all {tested:,} test films are "
            f"fractured; read the intervals, not the figures alone.{trained}"
        )
    return f"A study of the paper’s size. {counted}{trained}"


def _head_facts(
    comparison: Comparison,
    development: Mapping[str, Sequence[FilmLabel]],
    readers: Sequence[SetReaders],
) -> list[tuple[str, str]]:
    films = sum(map(len, development.values())) + sum(facts.films for facts in comparison.sets)
    external = sum(facts.external for facts in comparison.sets)
    facts = [
        (f"{films:,}", "films"),
        (f"{len(comparison.systems):,}", "systems"),
        (
            f"{len(comparison.seeds):,}",
            f"{'seed' if len(comparison.seeds) == 1 else 'seeds'} per arm",
        ),
    ]
    if comparison.folds:
        facts.append((f"{comparison.folds:,}", "folds"))
    facts.append((f"{external:,}", "external set" if external == 1 else "external sets"))
    if comparison.runs:
        facts.append((f"{len(comparison.runs):,}", "trainings"))
    facts.append(minutes_words(comparison.minutes))
    return facts


def _render(**values: object) -> str:
    from jinja2 import Environment, StrictUndefined

    text = files("spondyl.study.page").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(text).render(**values)
