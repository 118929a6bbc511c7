"""CLAIM's items filled in as far as the program can know them; the rest is left to the authors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spondyl.study.flow.model import Flow
from spondyl.study.page.claim_items import ITEMS, Item
from spondyl.study.results.model import Comparison
from spondyl.study.results.readers import SetReaders
from spondyl.study.results.words import (
    budget_words,
    checkpoint_words,
    goal_words,
    network_words,
    software_words,
)
from spondyl.study.tables.table import Column, Row, Table

AUTHORS = "To be stated by the authors."


class Filled(StrEnum):
    """Who has filled in an item."""

    PROGRAM = "stated here"
    PART = "in part"
    AUTHORS = "authors"
    GIVEN = "given with the study"


@dataclass(frozen=True)
class Answer:
    """One item and what this study says to it."""

    item: Item
    words: str
    filled: Filled


@dataclass(frozen=True)
class Facts:
    """What the answers are made from.

    Attributes
    ----------
    comparison : Comparison
    readers : tuple of SetReaders
    flow : Flow
    columns : mapping
        Table 1's columns: name -> films, patients.
    shared_patients : int
        Patients that two sides of the split have in common.
    given : mapping
        Item number -> words of the authors, which stand in place of the program's.
    """

    comparison: Comparison
    readers: Sequence[SetReaders]
    flow: Flow
    columns: Mapping[str, tuple[int, int]]
    shared_patients: int
    given: Mapping[int, str]


def claim_answers(facts: Facts) -> tuple[Answer, ...]:
    """All 42 answers, in the checklist's order.

    Raises
    ------
    ValueError
        If words are given for an item that the checklist does not have.
    """
    numbers = {item.number for item in ITEMS}
    if unknown := sorted(set(facts.given) - numbers):
        raise ValueError(
            f"CLAIM has items 1 to {len(ITEMS)}; found words for {', '.join(map(str, unknown))}."
        )
    known = _whole(facts)
    parts = _parts(facts)
    answers = []
    for item in ITEMS:
        number = item.number
        if number in facts.given:
            answers.append(Answer(item, facts.given[number], Filled.GIVEN))
        elif number in known:
            answers.append(Answer(item, known[number], Filled.PROGRAM))
        elif number in parts:
            answers.append(
                Answer(
                    item,
                    f"{parts[number]} The rest: {AUTHORS[0].lower()}{AUTHORS[1:]}",
                    Filled.PART,
                )
            )
        else:
            answers.append(Answer(item, AUTHORS, Filled.AUTHORS))
    return tuple(answers)


def claim_table(answers: Sequence[Answer]) -> Table:
    """The checklist as a table."""
    count = {kind: sum(answer.filled is kind for answer in answers) for kind in Filled}
    said = ", ".join(f"{number} {kind}" for kind, number in count.items() if number)
    return Table(
        key="claim",
        title="CLAIM checklist",
        columns=(
            Column("No."),
            Column("Item", wide=True),
            Column("This study", wide=True),
            Column("By"),
        ),
        rows=tuple(
            Row((str(a.item.number), a.item.words, a.words, str(a.filled)), a.item.section)
            for a in answers
        ),
        notes=(
            "Items of CLAIM (Mongan, Moy and Kahn, Radiol Artif Intell 2020;2(2):e200029) in short "
            f"words. Of {len(answers)} items: {said}. What the program says of an item is what it "
            "did; whether that is enough for a journal is for the authors to judge.",
        ),
    )


def _all_simulated(facts: Facts) -> bool:
    return all(one.simulated is True for one in facts.comparison.sets)


def _any_simulated(facts: Facts) -> bool:
    return any(one.simulated is True for one in facts.comparison.sets)


def _sets(facts: Facts, external: bool) -> str:
    return ", ".join(
        f"{one.name} ({one.films:,} films of {one.patients:,} patients"
        + (", simulated)" if one.simulated else ")")
        for one in facts.comparison.sets
        if one.external is external
    )


def _whole(facts: Facts) -> dict[int, str]:
    """Items that the program can answer."""
    comparison = facts.comparison
    systems = " against ".join(comparison.systems)
    external = _sets(facts, True)
    answers = {
        1: "Deep learning: convolutional networks (U-Net: one encoder, decoders for vertebral "
        f"levels and for fracture). Compared: {systems}.",
        10: "Bodies T11–L5 are judged. Films and bodies of unknown status are left out of every "
        "figure of fracture; a body without four corners is not asked for.",
        11: "Patient film, vertebral body T11–L5, status (normal, fractured, unknown), Genant "
        "grade where known; defined under “How it was counted”.",
        13: _missing(facts),
        20: _partitions(facts),
        21: _disjoint(facts),
        23: software_words(comparison),
        24: "At random (Kaiming), from the seed of each training; no weights were taken over "
        "from elsewhere.",
        27: "Each training is shown by itself; beside it stands the average of all trainings of a "
        "system (mean probability)."
        if len(comparison.seeds) > 1 or comparison.folds
        else "None: one training per system.",
        28: "Accuracy, sensitivity, specificity, predictive values, F1, AUC, level success, false "
        "alarms per film, calibration, net benefit; per patient film and per vertebral body.",
        29: "95 % intervals of every figure (the method stands under each table); paired tests of "
        "systems on the same films, with Holm’s adjustment.",
        30: f"{_trainings(comparison)}; subgroups by level, grade, sex, age, site and view, where "
        "the labels name them.",
        32: f"{external}." if external else "None was tested.",
        33: "See the flow of films.",
        34: "See table 1; what labels do not name (sex, age) is counted as not stated.",
        36: "See the figures of each test set, with 95 % intervals.",
        37: "See confusion by level, naming, and the films that went worst.",
    }
    if _all_simulated(facts):
        answers[5] = "Neither: the films are simulated, no patient was examined."
        answers[8] = "None: the films are simulated."
        answers[12] = "Not needed: the films are simulated and show no patient."
    return answers


def _parts(facts: Facts) -> dict[int, str]:
    """Items of which the program knows a part."""
    comparison = facts.comparison
    systems = " and ".join(comparison.systems)
    goal = goal_words(comparison.plan)
    sources = ", ".join(part for part in (_sets(facts, False), _sets(facts, True)) if part)
    parts = {
        4: f"To compare {systems} on the same films." if len(comparison.systems) > 1 else "",
        6: "Creation of models, their comparison, and their test on films that were not trained "
        f"on{', internal and external' if _sets(facts, True) else ''}.",
        7: f"Test sets: {sources}.",
        9: "Films are brought to one form: bone bright, posterior side to the left, grey values "
        "normalised per film, size by scaling with the aspect kept and padding.",
        14: "Status per body as the labels have it; its counts stand in table 1.",
        19: "Numbers stand in table 1; half widths for planned numbers: spondyl sample-size.",
        22: _model(comparison),
        25: _training(comparison),
        26: f"{checkpoint_words(comparison.plan)} Thresholds were chosen on validation films"
        f"{f', for {goal}' if goal else ''}; never on test films.".strip(),
        31: "Each call comes with the body’s corners and heights; see the films that went worst.",
        35: "Test sets are shown here; training and validation films are not.",
        38: _limits(facts),
        41: "The plan of the comparison is kept whole in compare.json.",
    }
    if _any_simulated(facts):
        parts[16] = "Of simulated films: the simulator, which knows its truth."
        parts[17] = "Of simulated films: none was needed."
    return {number: words for number, words in parts.items() if words}


def _missing(facts: Facts) -> str:
    failed = sum(
        film.error is not None
        for readers in facts.readers
        for average in readers.averages.values()
        for film in average.outcomes
    )
    return (
        "A body of unknown status gives no training signal and no figure. A body never found "
        "counts as probability 0 and as called normal, and so does a film that could not be read "
        f"({failed:,} here, over all systems and sets)."
    )


def _partitions(facts: Facts) -> str:
    sizes = ", ".join(f"{name} {films:,}" for name, (films, _) in facts.columns.items())
    folds = facts.comparison.folds
    return f"Films: {sizes}." + (f" Cross-validation in {folds} folds." if folds else "")


def _disjoint(facts: Facts) -> str:
    if facts.shared_patients:
        return (
            f"NOT disjoint: {facts.shared_patients:,} patients are on more than one side. The "
            "figures of the test sets are too good to be believed."
        )
    return (
        "Patient: no patient is on two sides of the split (checked by the patients that the labels "
        "name; a film without one counts as a patient)."
    )


def _trainings(comparison: Comparison) -> str:
    seeds = len(comparison.seeds)
    words = f"{seeds} {'seed' if seeds == 1 else 'seeds'} per arm"
    return words + (f", {comparison.folds} folds" if comparison.folds else "")


def _training(comparison: Comparison) -> str:
    budget = budget_words(comparison.plan)
    said = f"{_trainings(comparison)}{f', {budget} each' if budget else ''}"
    return f"{said}; what each took stands under “Training”, every setting in compare.json."


def _model(comparison: Comparison) -> str:
    sizes = {run.arm: run.parameters for run in comparison.runs if run.parameters}
    said = "; ".join(f"{arm}: {count:,} parameters" for arm, count in sizes.items())
    parts = (
        said + "." if said else "",
        network_words(comparison.plan),
        "Layers and connections as in spondyl.network.",
    )
    return " ".join(filter(None, parts))


def _limits(facts: Facts) -> str:
    said = []
    if _any_simulated(facts):
        said.append("Simulated films say nothing of accuracy in patients.")
    for readers in facts.readers:
        films = next(iter(readers.averages.values())).outcomes
        fractured = sum(film.fractured is True for film in films)
        said.append(f"{readers.title}: {len(films):,} films, {fractured:,} of them fractured.")
    return " ".join(said)
