"""The paper's table with this study's columns beside it, and every training's own figures.

Ryu et al. 2023 (Comput Struct Biotechnol J) state rates without intervals and without counts in the
abstract. The counts here are the tables of whole numbers that round to the published rates (for
bodies on the assumption of seven per film, T11–L5; for the external set the smallest solution);
their Wilson intervals are derived, and are called so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spondyl.evaluate.statistics import Figure, wilson
from spondyl.study.page_readers import BODY, FILM, UNITS, Reader, SetReaders
from spondyl.study.tables import Column, Row, Table, Value

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
    ("ppv", "Positive predictive value"),
    ("npv", "Negative predictive value"),
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
    "derived here: the whole numbers that round to the rates (seven bodies per film, T11–L5, are an "
    "assumption; the external set’s smallest solution is 94 films), Wilson’s 95 % interval. The "
    "paper’s rule of level success and its unit are not known to us. Its films and these are not "
    "the same, so that columns of the paper and of this study cannot be tested against each other."
)


def paper_table(readers: SetReaders) -> Table:
    """The paper's five groups of figures, published and ours, for one set."""
    external = readers.facts.external
    systems = list(readers.averages.values())
    rows = []
    for unit, words in UNITS:
        published = PUBLISHED[external, unit]
        for key, name in SHARES:
            ours = tuple(reader.figures[unit].get(key) for reader in systems)
            rows.append(Row((name, published.stated.get(key), published.figure(key), *ours), words))
        if unit == BODY:
            per_film = published.fp / PAPER_FILMS["external" if external else "test"]
            ours = tuple(reader.figures[unit].get(_ALARMS[0]) for reader in systems)
            rows.append(Row((_ALARMS[1], None, per_film, *ours), words, "number"))
    stated = LEVEL_SUCCESS[external]
    rows.append(
        Row(("As published, unit not known", stated, None, *(None for _ in systems)), _SUCCESS)
    )
    for unit, words in (
        (FILM, "Films with every labelled body found and named right"),
        (BODY, "Bodies found and named right"),
    ):
        ours = tuple(reader.figures[unit].get(_LEVELS) for reader in systems)
        rows.append(Row((words, None, None, *ours), _SUCCESS))
    return Table(
        key=f"figures-{file_key(readers.facts.name)}",
        title=f"The paper’s figures and this study’s. {readers.title}",
        columns=(
            Column(""),
            Column(f"{PAPER}, published", "share"),
            Column(f"{PAPER}, derived (95 % interval)", "figure"),
            *(Column(f"{reader.system}, {reader.words}", "figure") for reader in systems),
        ),
        rows=tuple(rows),
        notes=(_NOTE, _methods(systems)),
    )


def seeds_table(readers: SetReaders) -> Table:
    """Each training's figures and their mean over trainings with the range."""
    rows = []
    for system, trained in readers.trainings.items():
        values = [_headline(reader) for reader in trained]
        rows += [
            Row((reader.words, *line), system) for reader, line in zip(trained, values, strict=True)
        ]
        if len(trained) > 1:
            spread = tuple(
                _mean_and_range([line[i] for line in values]) for i in range(len(_HEADLINE))
            )
            rows.append(Row(("mean (lowest–highest)", *spread), system))
            average = readers.averages[system]
            rows.append(Row((average.words, *_headline(average)), system))
    return Table(
        key=f"trainings-{file_key(readers.facts.name)}",
        title=f"Every training. {readers.title}",
        columns=(Column("Training"), *(Column(words, "share") for _, _, words in _HEADLINE)),
        rows=tuple(rows),
        notes=(
            "The mean row gives mean, lowest and highest over the trainings; it is no confidence "
            "interval. Averaged: one reader whose probabilities are the mean of all trainings’.",
        ),
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


def _headline(reader: Reader) -> tuple[float | None, ...]:
    figures = [reader.figures[unit].get(key) for unit, key, _ in _HEADLINE]
    return tuple(None if figure is None else figure.value for figure in figures)


def _mean_and_range(values: Sequence[float | None]) -> Value:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Figure(sum(known) / len(known), len(known), min(known), max(known), "range")


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
