"""The page ``evaluation.html``: one file that needs nothing else."""

from dataclasses import dataclass
from importlib.resources import files

from spondyl import __version__
from spondyl.evaluate import pictures as drawing
from spondyl.evaluate.reliability_picture import reliability_svg
from spondyl.evaluate.run import EvaluationRun
from spondyl.evaluate.statistics import Figure

_TEMPLATE = "report.html.j2"
_WORST = 8


@dataclass(frozen=True)
class Row:
    """One line of a table of figures; ``kind`` is "share", "auc" or "count".

    ``interval`` asks for the interval and the number of cases beside the value in a breakdown.
    """

    key: str
    words: str
    kind: str = "share"
    interval: bool = False


#: What is shown, in this order, by group of :class:`~spondyl.evaluate.metrics.Evaluation`.
TABLES: tuple[tuple[str, str, tuple[Row, ...]], ...] = (
    (
        "finding",
        "Finding bodies, T11-L5",
        (
            Row("found", "Bodies found"),
            Row("found_and_named_right", "Bodies found and named right"),
            Row("corner_error", "Corner error, of the posterior height"),
            Row("corner_error_median", "Corner error, median"),
            Row("dice", "Overlap of quads (Dice)", "auc"),
            Row("assessable_of_found", "Found bodies that could be judged"),
        ),
    ),
    (
        "numbering",
        "Numbering",
        (
            Row("named_right_of_found", "Found bodies named right"),
            Row("off_by_one_of_found", "Found bodies off by one level"),
            Row("films_wholly_right", "Films with every labelled body found and named right"),
            Row("films_wholly_right_sacrum", "The same, of films with the sacrum in view"),
            Row("films_wholly_right_sacrum_ordinary", "Of these, without transitional anatomy"),
            Row("films_found_named_right", "Films with every found body named right"),
            Row("side_right", "Films with the posterior side recognised"),
        ),
    ),
    (
        "fracture_body",
        "Fracture, per body",
        (
            Row("auc", "AUC", "auc"),
            Row("sensitivity", "Sensitivity"),
            Row("specificity", "Specificity"),
            Row("ppv", "Positive predictive value"),
            Row("npv", "Negative predictive value"),
            Row("accuracy", "Accuracy"),
            Row("calibration_error", "Expected calibration error", "auc"),
            Row("calibration_slope", "Calibration slope", "auc"),
            Row("calibration_intercept", "Calibration intercept, at slope 1", "auc"),
            Row("brier", "Brier score", "auc"),
            Row("false_alarms_per_film", "False alarms per film", "count"),
            Row("films_with_false_alarm", "Films with a false alarm"),
        ),
    ),
    (
        "fracture_film",
        "Fracture, per film",
        (
            Row("auc", "AUC", "auc"),
            Row("sensitivity", "Sensitivity"),
            Row("specificity", "Specificity"),
            Row("ppv", "Positive predictive value"),
            Row("npv", "Negative predictive value"),
            Row("accuracy", "Accuracy"),
            Row("calibration_error", "Expected calibration error", "auc"),
            Row("calibration_slope", "Calibration slope", "auc"),
            Row("calibration_intercept", "Calibration intercept, at slope 1", "auc"),
            Row("brier", "Brier score", "auc"),
        ),
    ),
    (
        "shape",
        "Heights",
        (
            Row("height_loss_mae", "Height loss, mean absolute error"),
            Row(
                "height_loss_mae_fractured", "Height loss of fractured bodies, mean absolute error"
            ),
            Row("compression_ratio_mae", "Compression ratios, mean absolute error"),
            Row(
                "compression_ratio_mae_fractured",
                "Compression ratios of fractured bodies, mean absolute error",
            ),
            Row("anterior_posterior_mae", "Ha/Hp, mean absolute error", "auc"),
            Row("anterior_posterior_bias", "Ha/Hp, bias", "auc"),
            Row("middle_posterior_mae", "Hm/Hp, mean absolute error", "auc"),
            Row("middle_posterior_bias", "Hm/Hp, bias", "auc"),
            Row("grade_exact", "Genant grade exactly right"),
        ),
    ),
)

BREAKDOWNS: tuple[tuple[str, str], ...] = (
    ("by_level", "By level"),
    ("by_grade", "By true grade"),
    ("by_shape", "By true shape"),
    ("by_mimic", "Normal bodies, by what makes them look fractured"),
    ("by_site", "By site"),
)
BREAKDOWN_ROWS: tuple[Row, ...] = (
    Row("found", "Found"),
    Row("found_and_named_right", "Named right"),
    Row("corner_error", "Corner error"),
    Row("sensitivity", "Sensitivity", interval=True),
    Row("specificity", "Specificity", interval=True),
    Row("auc", "AUC", "auc"),
)


def number(value: float | None, kind: str = "share") -> str:
    """A figure for people: shares in per cent.

    Examples
    --------
    >>> number(0.9712), number(0.9712, "auc"), number(None)
    ('97.1 %', '0.971', '–')
    """
    if value is None:
        return "–"
    return {"share": f"{100 * value:.1f} %", "auc": f"{value:.3f}", "count": f"{value:.2f}"}[kind]


def interval(figure: Figure, kind: str = "share") -> str:
    """The 95 % interval of a figure for people; empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    if kind == "share":
        return f"{100 * figure.low:.1f} – {100 * figure.high:.1f}"
    return f"{figure.low:.3f} – {figure.high:.3f}"


def mix_words(run: EvaluationRun) -> str:
    """What fractures and what normal bodies the set holds, in one sentence."""
    mix = run.figures.mix
    words = (
        f"{mix.fractured} fractured bodies ({mix.mild} mild, {mix.moderate} moderate, "
        f"{mix.severe} severe) and {mix.normal} normal ones"
    )
    names = ", ".join(f"{count} {name}" for name, count in mix.by_mimic.items())
    return f"{words}, {mix.mimics} of them mimics ({names})." if names else f"{words}."


def provenance(run: EvaluationRun) -> str:
    """One sentence that says what the figures may be taken for."""
    if run.simulated:
        return "These films are simulated: the figures say nothing of accuracy in patients."
    if run.simulated is None:
        return "The data set does not say whether its films are simulated."
    return "These are real films. Spondyl is research software, not a medical device."


def render(run: EvaluationRun, *, pictures: bool = True) -> str:
    """The page as HTML.

    Raises
    ------
    ImportError
        If Jinja2 is not installed (extra ``[evaluate]``).
    """
    from jinja2 import Environment

    text = files("spondyl.evaluate").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {"number": number, "interval": interval}
    return environment.from_string(text).render(
        run=run,
        figures=run.figures,
        provenance=provenance(run),
        mix=mix_words(run),
        tables=TABLES,
        breakdowns=BREAKDOWNS,
        breakdown_rows=BREAKDOWN_ROWS,
        diagrams={
            f"fracture_{name}": reliability_svg(bins, {"body": "bodies", "film": "films"}[name])
            for name, bins in run.figures.reliability.items()
        },
        worst=_worst(run) if pictures else [],
        failed=[outcome for outcome in run.outcomes if outcome.error],
        version=__version__,
    )


def _worst(run: EvaluationRun) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = []
    for i in drawing.worst(run.outcomes, _WORST):
        grey = drawing.load_grey(run.folder / run.labels[i].name)
        if grey is None:
            continue
        outcome = run.outcomes[i]
        picture = drawing.draw(grey, run.labels[i], run.calls[i])
        shown.append(
            {
                "name": outcome.film,
                "picture": drawing.as_data_url(picture),
                "right": sum(body.named_right for body in outcome.judged),
                "asked": len(outcome.judged),
                "missed": drawing.missed_fractures(outcome),
                "alarms": outcome.false_alarms,
            }
        )
    return shown
