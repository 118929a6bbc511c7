"""The model card: prose from ``weights/card.md``, facts from the networks, figures as measured.

No figure of an evaluation is typed by hand: they come from ``weights/evaluation.json``, which
``python -m bench card`` writes from what ``python bench/accuracy.py --json`` printed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from spondyl import __version__
from spondyl.read.site import DEFAULT_SITE, Site, load_site
from spondyl.read.weights import Net, WeightsError, load_card, model_identity, packaged_folder

CARD_FILE = "card.md"
EVALUATION_FILE = "evaluation.json"
SCHEMA = "spondyl.card-evaluation/1"
_LICENCE = "Apache-2.0"
_ABSENT = "Not measured yet with these networks."


@dataclass(frozen=True)
class Card:
    """A model card.

    Attributes
    ----------
    title : str
    sections : mapping of str to str
        Markdown by heading, in their order; the first, without a heading of its own, under "".
    evaluation : mapping
        Measured sets: ``spondyl.card-evaluation/1``.
    current : bool
        Every measured set was measured with the networks that are here.
    """

    title: str
    sections: Mapping[str, str]
    evaluation: Mapping[str, Any]
    current: bool

    def to_markdown(self) -> str:
        """The whole card."""
        parts = [f"# {self.title}"]
        for heading, text in self.sections.items():
            parts += [f"## {heading}", text] if heading else [text]
        return "\n\n".join(parts) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Plain values: sections as Markdown, measured sets as they were printed."""
        return {
            "title": self.title,
            "sections": {heading or "Summary": text for heading, text in self.sections.items()},
            "evaluation": dict(self.evaluation),
            "evaluation_is_of_these_networks": self.current,
        }


def load_model_card(folder: Path | Traversable | None = None) -> Card:
    """The card of the packaged networks, or of those in a folder.

    Parameters
    ----------
    folder : Path, optional
        Holds the networks' cards. Prose and figures come from there, too, where they are; else
        the package's prose is taken.
    """
    place = packaged_folder() if folder is None else folder
    cards: dict[Net, Mapping[str, Any]] = {}
    for net in Net:
        try:
            cards[net] = load_card(net, place)
        except WeightsError:
            continue
    model = model_identity(cards).sha256 if len(cards) == len(Net) else "unknown"
    evaluation = _evaluation(place)
    current = all(section.get("model") == model for section in evaluation["sections"])
    written = place / CARD_FILE
    if not written.is_file():
        written = packaged_folder() / CARD_FILE
    text = written.read_text(encoding="utf-8")
    filled = {
        "version": __version__,
        "licence": _LICENCE,
        "model": model,
        "networks": _networks(cards, place),
        "training": _training(cards),
        "evaluation": evaluation_markdown(evaluation, model),
        "site": site_markdown(load_site(_packaged_site(place)), model),
    }
    for name, value in filled.items():
        text = text.replace("{{" + name + "}}", value)
    title, sections = _split(text)
    return Card(title, sections, evaluation, current)


def _packaged_site(place: Path | Traversable) -> str | Path:
    own = place / f"site-{DEFAULT_SITE}.json"
    return own if isinstance(own, Path) and own.is_file() else DEFAULT_SITE


def _split(text: str) -> tuple[str, dict[str, str]]:
    title, _, rest = text.partition("\n")
    sections: dict[str, str] = {}
    heading = ""
    lines: list[str] = []
    for line in [*rest.splitlines(), "## "]:
        if line.startswith("## "):
            sections[heading] = "\n".join(lines).strip()
            heading, lines = line.removeprefix("## ").strip(), []
        else:
            lines.append(line)
    return title.removeprefix("# ").strip(), sections


def _evaluation(place: Path | Traversable) -> dict[str, Any]:
    file = place / EVALUATION_FILE
    if not file.is_file():
        return {"schema": SCHEMA, "sections": []}
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _networks(cards: Mapping[Net, Mapping[str, Any]], place: Path | Traversable) -> str:
    rows = [("network", "version", "file", "size, kB", "SHA-256", "made by")]
    for net, card in cards.items():
        file = place / str(card.get("file", f"{net}.onnx"))
        size = len(file.read_bytes()) / 1000 if file.is_file() else None
        rows.append(
            (
                str(net),
                str(card.get("version", "")),
                f"`{card.get('file', '')}`",
                "" if size is None else f"{size:,.0f}",
                f"`{card['sha256']}`",
                f"Spondyl {card.get('code_version', '')}, {str(card.get('date', ''))[:10]}",
            )
        )
    return table(rows) if len(rows) > 1 else "No network is here."


def _training(cards: Mapping[Net, Mapping[str, Any]]) -> str:
    rows: list[tuple[str, ...]] = [
        ("network", "films", "seed", "steps", "minutes", "batch", "precision")
    ]
    for net, card in cards.items():
        settings = card.get("settings", {})
        keys = ("trained_steps", "trained_minutes", "batch_size", "precision")
        numbers = [_plain(settings.get(key)) for key in keys]
        rows.append((str(net), str(card.get("data", "")), str(card.get("seed", "")), *numbers))
    return table(rows) if len(rows) > 1 else "No network is here."


def _plain(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def site_markdown(site: Site, model: str) -> str:
    """What a site was made from and what to expect of it.

    Parameters
    ----------
    site : Site
    model : str
        Checksum of the networks at hand.
    """
    text = f"The packaged site calls a body fractured at {site.threshold:g} or more. {site.note}"
    made = site.made_from
    if made is None:
        return text
    facts = [
        f"made on {made.date} from {made.films} films of {made.patients} patients "
        f"({made.bodies} bodies, {made.fractured} fractured): {made.dataset}",
        f"operating point: {made.target}",
        f"probabilities: {made.method}",
        *made.warnings,
    ]
    if made.model_sha256 != model:
        facts.append(f"**made with other networks** (`{made.model_sha256[:12]}`)")
    text += "\n\n" + "\n".join(f"- {fact}" for fact in facts)
    if not made.expected:
        return text
    rows = [("expected on new films of the same source", "value", "95 % interval", "n")]
    for name, figure in made.expected.items():
        interval = ""
        if figure.low is not None and figure.high is not None:
            interval = f"{figure.low:.3f} to {figure.high:.3f}"
        rows.append((name.replace("_", " "), f"{figure.value:.3f}", interval, f"{figure.n:,}"))
    return f"{text}\n\n{table(rows)}"


def evaluation_markdown(evaluation: Mapping[str, Any], model: str) -> str:
    """The measured sets as headed tables, each figure with its interval and number of cases.

    Parameters
    ----------
    evaluation : mapping
        ``spondyl.card-evaluation/1``.
    model : str
        Checksum of the networks at hand; sets measured with others say so.
    """
    parts = []
    for section in evaluation["sections"]:
        parts.append(f"### {section['title']}")
        if section.get("model") != model:
            parts.append(
                f"**Measured with other networks** (`{str(section.get('model'))[:12]}`) than those "
                "described here; measure again before you rely on it."
            )
        facts = [f"{key}: {value}" for key, value in section.get("facts", {}).items()]
        facts += [f"**This set does not count**: {why}" for why in section.get("complaints", ())]
        if facts:
            parts.append("\n".join(f"- {fact}" for fact in facts))
        goals = any(figure.get("goal") is not None for figure in section["figures"])
        rows: list[tuple[str, ...]] = [
            ("figure", "value", "95 % interval", "n", *(("goal",) if goals else ()))
        ]
        rows += [_figure_row(figure, goals) for figure in section["figures"]]
        parts.append(table(rows))
        if section.get("remarks"):
            parts.append("\n".join(f"- {remark}" for remark in section["remarks"]))
    return "\n\n".join(parts) or _ABSENT


def _figure_row(figure: Mapping[str, Any], goals: bool) -> tuple[str, ...]:
    unit = str(figure.get("unit") or "")
    value = "not measured" if figure["value"] is None else _number(figure["value"], unit)
    interval = ""
    if figure.get("low") is not None and figure.get("high") is not None:
        interval = f"{_number(figure['low'], unit, False)} to {_number(figure['high'], unit)}"
    name = str(figure["name"])
    if figure.get("note"):
        name += f" ({figure['note']})"
    row = (name, value, interval, "" if figure.get("n") is None else f"{figure['n']:,}")
    if not goals:
        return row
    if figure.get("goal") is None:
        return (*row, "")
    sign = "at most" if figure.get("at_most") else "at least"
    verdict = "met" if figure.get("met") else "**missed**"
    return (*row, f"{sign} {figure['goal']:g} {unit}".rstrip() + f": {verdict}")


def _number(value: float, unit: str, with_unit: bool = True) -> str:
    text = f"{value:.2f}" if unit == "%" else f"{value:.3f}"
    return f"{text} {unit}".rstrip() if with_unit else text


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its head.

    Examples
    --------
    >>> print(table([("a", "b"), ("1", "2")]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("---" for _ in rows[0]) + " |")
    return "\n".join(lines)
