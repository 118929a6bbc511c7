"""``spondyl info``: what is installed, what the shipped networks say of themselves, their card."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from spondyl.cli.errors import EXTRAS, installed

_NOTICE = "Research software, not a medical device."


def info(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
    card: Annotated[
        bool,
        typer.Option("--card", help="Show the model card; Markdown where the output is piped."),
    ] = False,
) -> None:
    """Show version, networks, thresholds and extras, or the model card.

    [bold]Example[/bold]

    spondyl info --card
    """
    if as_json:
        import json

        print(json.dumps(gather(), indent=1))
        return
    if card:
        _show_card()
        return
    facts = gather(with_card=False)
    print(f"spondyl {facts['version']} (Python {facts['python']}), licence {facts['licence']}")
    print(_NOTICE)
    for name, network in facts["networks"].items():
        print(f"\n{name}")
        for key, value in network.items():
            if not isinstance(value, Mapping):
                print(f"  {key}: {value}")
    for name, site in facts["sites"].items():
        print(f"\nSite {name}\n  threshold: {site['threshold']}\n  note: {site['note']}")
    print("\nExtras")
    for extra, there in facts["extras"].items():
        print(f"  {extra}: {'installed' if there else 'not installed'}")
    print("\n`spondyl info --card` shows the model card: use, data, figures, limits.")


def _show_card() -> None:
    from spondyl.cli.card import load_model_card
    from spondyl.cli.tables import console

    text = load_model_card().to_markdown()
    screen = console()
    if not screen.is_terminal:
        print(text, end="")
        return
    from rich.markdown import Markdown

    screen.print(Markdown(text))


def gather(with_card: bool = True) -> dict[str, Any]:
    """Everything as JSON values; a network that is missing says why."""
    import platform
    from importlib.metadata import PackageNotFoundError, metadata

    from spondyl import __version__
    from spondyl.cli.card import load_model_card
    from spondyl.read.site import DEFAULT_SITE, load_site
    from spondyl.read.weights import Net, WeightsError, load_card

    try:
        licence = metadata("spondyl")["License-Expression"]
    except PackageNotFoundError:
        licence = "Apache-2.0"
    networks: dict[str, Any] = {}
    for net in Net:
        try:
            networks[str(net)] = dict(load_card(net))
        except WeightsError as error:
            networks[str(net)] = {"missing": str(error)}
    site = load_site(DEFAULT_SITE)
    facts: dict[str, Any] = {
        "version": __version__,
        "python": platform.python_version(),
        "licence": licence or "Apache-2.0",
        "intended_use": _NOTICE,
        "networks": networks,
        "sites": {site.name: {"threshold": site.threshold, "note": site.note}},
        "extras": {extra: installed(extra) for extra in EXTRAS},
    }
    if with_card:
        facts["card"] = load_model_card().to_json()
    return facts
