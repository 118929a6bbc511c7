"""The paper's table with this study's columns beside it, and every training's own figures.

Ryu et al. 2023 (Comput Struct Biotechnol J) state rates without intervals and without counts in the
abstract. The counts here are the tables of whole numbers that round to the published rates (for
bodies on the assumption of seven per film, T11–L5; for the external set the smallest solution);
their Wilson intervals are derived, and are called so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from spondyl.evaluate.statistics import Figure, wilson
from spondyl.study.results.readers import BODY, FILM, UNITS, Reader, SetReaders
from spondyl.study.tables.table import Column, Row, Table, Value

PAPER = "Ryu et al. 2023"
CITATION = (
    "Ryu SM, Lee S, Jang M, Koh JM, Bae SJ, Jegal SG, Shin K, Kim N. Diagnosis of osteoporotic "
    "vertebral compression fractures and fracture level detection using multitask learning with "
    "U-Net in lumbar spine lateral radiographs. Comput Struct Biotechnol J 2023. Abstract."
)
#: Films of the paper: training, validation, internal test; external is derived.
PAPER_FILMS: Mapping[str, int] = {"train": 1865, "validation": 208, "test": 198, "external": 94}
LEVEL_SUCCESS: Mapping[bool, float] = {False: 0.96, True: 0.94}

#: What is shown of each unit, in this order.
SHARES: tuple[tuple[str, str], ...] = (
    ("accuracy", "Accuracy"),
    ("sensitivity", "Sensitivity"),
    ("specificity", "Specificity"),
    ("ppv", "PPV"),
    ("npv", "NPV"),
    ("f1", "F1"),
    ("auc", "AUC"),
)
_ALARMS = ("false_alarms_per_film", "False alarms per film")
_LEVELS, _SUCCESS = "level_success", "Level success"


@dataclass(frozen=True)
class PublishedTable:
    """Counts that round to the rates of the abstract, and those rates."""

    tp: int
    fn: int
    tn: int
    fp: int
    stated: Mapping[str, float]

    def figure(self, key: str) -> Figure | None:
        """A rate from the counts with its Wilson interval; None for what they do not give."""
        positives, negatives = self.tp + self.fn, self.tn + self.fp
        rates = {
            "accuracy": (self.tp + self.tn, positives + negatives),
            "sensitivity": (self.tp, positives),
            "specificity": (self.tn, negatives),
            "ppv": (self.tp, self.tp + self.fp),
            "npv": (self.tn, self.tn + self.fn),
        }
        if key not in rates:
            return None
        up, down = rates[key]
        return Figure(up / down, down, *wilson(up, down), "Wilson, of derived counts")


#: By external or not, and unit.
PUBLISHED: Mapping[tuple[bool, str], PublishedTable] = {
    (False, FILM): PublishedTable(
        85, 5, 99, 9, {"accuracy": 0.929, "sensitivity": 0.944, "specificity": 0.917}
    ),
    (False, BODY): PublishedTable(
        76, 45, 1236, 29, {"accuracy": 0.947, "sensitivity": 0.628, "specificity": 0.977}
    ),
    (True, FILM): PublishedTable(
        46, 1, 21, 26, {"accuracy": 0.713, "sensitivity": 0.979, "specificity": 0.447}
    ),
    (True, BODY): PublishedTable(
        44, 3, 501, 110, {"accuracy": 0.828, "sensitivity": 0.936, "specificity": 0.820}
    ),
}

_NOTE = (
    f"{PAPER}: the abstract’s rates stand as published. Its confusion counts and intervals are "
    "derived here: the whole numbers that round to the rates (seven bodies per film, T11–L5, are "
    "an assumption; the external set’s smallest solution is 94 films), Wilson’s 95 % interval. The "
    "paper’s rule of level success and its unit are not known to us; here a body is right where it "
    "is found and named right. PPV, NPV: positive and negative predictive value. The paper’s films "
    "and these are not the same, so that its columns and this study’s cannot be tested against "
    "each other."
)


def paper_table(readers: SetReaders) -> Table:
    """The paper's five groups of figures, published and ours, for one set.

    Where a system was trained several times, the mean of its trainings (with their range) stands
    beside the one reader that averages their probabilities: the paper's network was one.
    """
    external = readers.facts.external
    columns = [
        Column(f"{PAPER}, published", "share"),
        Column(f"{PAPER}, derived (95 % interval)", "figure"),
    ]
    for system, average in readers.averages.items():
        trained = readers.trainings[system]
        if len(trained) > 1:
            columns.append(Column(f"{system}, mean of {len(trained)} trainings (range)", "figure"))
        columns.append(Column(f"{system}, {average.words} (95 % interval)", "figure"))
    rows = []
    for unit, words in UNITS:
        published = PUBLISHED[external, unit]
        for key, name in SHARES:
            cells = (name, published.stated.get(key), published.figure(key))
            rows.append(Row((*cells, *_ours(readers, unit, key)), words))
        if unit == BODY:
            per_film = published.fp / PAPER_FILMS["external" if external else "test"]
            ours = _ours(readers, unit, _ALARMS[0])
            rows.append(Row((_ALARMS[1], None, per_film, *ours), words, "number"))
    nothing = (None,) * (len(columns) - 1)
    rows.append(Row(("As published", LEVEL_SUCCESS[external], *nothing), _SUCCESS))
    for unit, words in (
        (FILM, "Films, every body right"),
        (BODY, "Bodies right"),
    ):
        rows.append(Row((words, None, None, *_ours(readers, unit, _LEVELS)), _SUCCESS))
    return Table(
        key=f"figures-{file_key(readers.facts.name)}",
        title=f"The paper’s figures and this study’s. {readers.title}",
        columns=(Column(""), *columns),
        rows=tuple(rows),
        notes=(_NOTE, _methods(list(readers.averages.values()))),
    )


def _ours(readers: SetReaders, unit: str, key: str) -> list[Value]:
    """Of each system the mean of its trainings, where there are several, and the average."""
    cells: list[Value] = []
    for system, average in readers.averages.items():
        trained = readers.trainings[system]
        if len(trained) > 1:
            cells.append(_mean_and_range([_value(reader, unit, key) for reader in trained]))
        cells.append(average.figures[unit].get(key))
    return cells


def _value(reader: Reader, unit: str, key: str) -> float | None:
    figure = reader.figures[unit].get(key)
    return None if figure is None else figure.value


def _mean_and_range(values: Sequence[float | None]) -> Value:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Figure(sum(known) / len(known), len(known), min(known), max(known), "range")


def seeds_table(readers: SetReaders) -> Table:
    """Each training's figures, their mean and range, and the average reader."""
    rows: list[Row] = []
    for system, trained in readers.trainings.items():
        values = [_headline(reader) for reader in trained]
        rows += [
            Row((reader.words, *line), system) for reader, line in zip(trained, values, strict=True)
        ]
        if len(trained) > 1:
            for words, of in _SPREAD:
                cells = tuple(_spread([line[i] for line in values], of) for i in _PLACES)
                rows.append(Row((words, *cells), system))
            average = readers.averages[system]
            rows.append(Row((average.words, *_headline(average)), system))
    return Table(
        key=f"trainings-{file_key(readers.facts.name)}",
        title=f"Every training. {readers.title}",
        columns=(Column("Training"), *(Column(words, "share") for _, _, words in _HEADLINE)),
        rows=tuple(rows),
        notes=(_SPREAD_NOTE,) if any(len(t) > 1 for t in readers.trainings.values()) else (),
    )


_HEADLINE: tuple[tuple[str, str, str], ...] = (
    (FILM, "auc", "AUC, film"),
    (FILM, "sensitivity", "Sensitivity, film"),
    (FILM, "specificity", "Specificity, film"),
    (BODY, "auc", "AUC, body"),
    (BODY, "sensitivity", "Sensitivity, body"),
    (BODY, "specificity", "Specificity, body"),
    (FILM, _LEVELS, "Levels right, film"),
    (BODY, _LEVELS, "Levels right, body"),
)


_SPREAD_NOTE = (
    "Lowest and highest are of the trainings; they are no confidence interval. Averaged: one "
    "reader whose probabilities are the mean of all trainings’."
)
_PLACES = range(len(_HEADLINE))
_SPREAD: tuple[tuple[str, Callable[[Sequence[float]], float]], ...] = (
    ("Mean", fmean),
    ("Lowest", min),
    ("Highest", max),
)


def _headline(reader: Reader) -> tuple[float | None, ...]:
    return tuple(_value(reader, unit, key) for unit, key, _ in _HEADLINE)


def _spread(values: Sequence[float | None], of: Callable[[Sequence[float]], float]) -> float | None:
    known = [value for value in values if value is not None]
    return of(known) if known else None


def _methods(readers: Sequence[Reader]) -> str:
    """Which intervals stand in the table, as the figures themselves say."""
    named = (*SHARES, _ALARMS, (_LEVELS, _SUCCESS))
    by_method: dict[str, dict[str, None]] = {}
    for unit, _ in UNITS:
        for key, words in named:
            if (key, unit) == (_ALARMS[0], FILM):
                continue
            for reader in readers:
                figure = reader.figures[unit].get(key)
                if figure is not None and figure.method:
                    said = words if key == _ALARMS[0] else f"{words} per {unit}"
                    by_method.setdefault(figure.method, {})[said] = None
    if not by_method:
        return "No interval could be given."
    said_all = (f"{method} ({', '.join(words)})" for method, words in by_method.items())
    return "95 % intervals of this study: " + "; ".join(said_all) + "."


def file_key(name: str) -> str:
    """A set's name as part of a file name.

    Examples
    --------
    >>> file_key("St. Mary’s, 2024")
    'st-mary-s-2024'
    """
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower())
    return "-".join(plain.split()) or "set"
