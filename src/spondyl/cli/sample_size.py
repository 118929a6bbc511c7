"""``spondyl sample-size``: films that a planned validation needs."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from spondyl.cli.errors import wrong_use

if TYPE_CHECKING:
    from spondyl.evaluate.validation_plan import Need, ValidationPlan

_EXPECTED = "Expected"
_FILMS = "The films to come"
_AIM = "What is to be reached"


def _expected(words: str) -> typer.models.OptionInfo:
    return typer.Option(metavar="SHARE", help=words, rich_help_panel=_EXPECTED)


def _of_films(words: str, metavar: str = "SHARE") -> typer.models.OptionInfo:
    return typer.Option(metavar=metavar, help=words, rich_help_panel=_FILMS)


def _aim(words: str) -> typer.models.OptionInfo:
    return typer.Option(metavar="SHARE", help=words, rich_help_panel=_AIM)


def sample_size(
    sensitivity: Annotated[float | None, _expected("Sensitivity per film.")] = None,
    specificity: Annotated[float | None, _expected("Specificity per film.")] = None,
    level_success: Annotated[
        float | None, _expected("Films with every body found and named right.")
    ] = None,
    auc: Annotated[float | None, _expected("AUC per film.")] = None,
    body_sensitivity: Annotated[float | None, _expected("Sensitivity per body.")] = None,
    body_specificity: Annotated[float | None, _expected("Specificity per body.")] = None,
    other_sensitivity: Annotated[
        float | None, _expected("A second reader's sensitivity, to be told apart from the first's.")
    ] = None,
    other_auc: Annotated[
        float | None, _expected("A second reader's AUC, to be told apart from the first's.")
    ] = None,
    discordant: Annotated[
        float | None,
        _expected(
            "Fractured films that one of the two readers alone calls; by default as if they erred "
            "independently."
        ),
    ] = None,
    auc_correlation: Annotated[float, _expected("Correlation of the two readers' AUCs.")] = 0.5,
    prevalence: Annotated[float, _of_films("Films with a fracture.")] = 0.5,
    bodies_per_film: Annotated[float, _of_films("Labelled T11-L5 bodies.", "NUMBER")] = 7.0,
    fractured_bodies: Annotated[
        float, _of_films("Fractured bodies of a film that has any.", "NUMBER")
    ] = 1.3,
    body_correlation: Annotated[
        float, _of_films("Correlation of right and wrong between two bodies of a film.")
    ] = 0.1,
    lost: Annotated[
        float, _of_films("Films that will drop out: unreadable, without reference.")
    ] = 0.0,
    half_width: Annotated[float, _aim("Half width of the interval of a share.")] = 0.05,
    auc_half_width: Annotated[
        float | None, _aim("Half width of the AUC's interval; else the same.")
    ] = None,
    confidence: Annotated[float, _aim("Of the intervals, and 1 - alpha of the tests.")] = 0.95,
    power: Annotated[float, _aim("Of the tests of two readers.")] = 0.8,
    auc_variance: Annotated[
        Literal["binormal", "exponential"],
        typer.Option(
            help="Variance of an AUC: Obuchowski's, or Hanley and McNeil's.",
            rich_help_panel=_AIM,
        ),
    ] = "binormal",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Say how many films a planned validation needs.

    Give what you expect the reader to reach, and what is known of the films; each figure asks for
    a number of films, and the greatest counts. Films are of one patient each; bodies of one film
    count less than independent ones.

    [bold]Examples[/bold]

    spondyl sample-size --sensitivity 0.95 --specificity 0.90 --prevalence 0.3

    spondyl sample-size --auc 0.95 --auc-half-width 0.03 --lost 0.1

    spondyl sample-size --sensitivity 0.95 --other-sensitivity 0.88 --discordant 0.11
    """
    from spondyl.evaluate.sample_size import AucVariance
    from spondyl.evaluate.validation_plan import Expected, Setting, plan_validation

    expected = Expected(
        sensitivity, specificity, level_success, auc, body_sensitivity, body_specificity,
        other_sensitivity, other_auc, discordant, auc_correlation,
    )  # fmt: skip
    try:
        setting = Setting(
            prevalence, bodies_per_film, fractured_bodies, body_correlation, lost, confidence, power
        )
        plan = plan_validation(
            expected, setting, half_width, auc_half_width, AucVariance(auc_variance)
        )
    except ValueError as error:
        wrong_use(str(error))
    if as_json:
        print(json.dumps(as_values(plan), indent=1))
    else:
        _print(plan)


def as_values(plan: "ValidationPlan") -> dict[str, object]:
    """The plan as JSON values."""
    return {
        "films": plan.films,
        "decided_by": plan.deciding.figure,
        "setting": asdict(plan.setting),
        "needs": [asdict(need) for need in plan.needs],
    }


def _print(plan: "ValidationPlan") -> None:
    from rich.table import Table

    from spondyl.cli.tables import console

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Figure")
    for words in ("Expected", "To reach", "Cases", "Films", "Interval then"):
        table.add_column(words, justify="right")
    table.add_column("Formula")
    for need in plan.needs:
        table.add_row(*_row(need))
    screen = console()
    screen.print(table)
    screen.print(
        f"Gather [bold]{plan.films:,}[/bold] films, one of each patient; {plan.deciding.figure} "
        "asks for most.",
        highlight=False,
    )
    setting = plan.setting
    screen.print(
        f"Counted on: {setting.prevalence:g} of the films with a fracture, "
        f"{setting.bodies_per_film:g} bodies a film, {setting.fractured_bodies:g} of them "
        f"fractured where any is, correlation within a film {setting.body_correlation:g}, "
        f"{setting.lost:g} of the films lost, confidence {setting.confidence:g}.",
        style="dim",
        highlight=False,
    )


def _row(need: "Need") -> tuple[str, ...]:
    interval = ""
    if need.low is not None and need.high is not None:
        interval = f"{need.low:.3f} – {need.high:.3f}"
    cases = f"{need.cases:,} {need.kind}"
    return (
        need.figure,
        f"{need.expected:g}",
        need.aim,
        cases,
        f"{need.films:,}",
        interval,
        need.source,
    )
