"""Figures beside the goals that they are held to."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Figure:
    """One measured figure and its goal.

    Attributes
    ----------
    name : str
    value : float or None
        None where it could not be measured; its goal is then missed.
    unit : str
    goal : float or None
        None for a figure that is only told.
    at_most : bool
        The goal is a most; otherwise a least.
    note : str
        How it was measured, or what hangs on it.
    low, high : float or None
        Ends of the 95 % interval.
    n : int or None
        Cases counted.
    method : str or None
        How the interval was made.
    """

    name: str
    value: float | None
    unit: str = ""
    goal: float | None = None
    at_most: bool = False
    note: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    method: str | None = None

    @property
    def met(self) -> bool | None:
        """The goal is met; None without a goal."""
        if self.goal is None:
            return None
        if self.value is None:
            return False
        return self.value <= self.goal if self.at_most else self.value >= self.goal


@dataclass(frozen=True)
class Section:
    """The figures of one set.

    Attributes
    ----------
    title : str
    figures : tuple of Figure
        Those with goals first.
    facts : dict
        How large the set is, what it holds, where it comes from.
    remarks : tuple of str
        Sentences under the table.
    complaints : tuple of str
        What keeps the set from counting: its goals are then not met, whatever the figures.
    """

    title: str
    figures: tuple[Figure, ...]
    facts: Mapping[str, object] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def verdict(self, figure: Figure) -> str:
        """``met``, ``MISSED``, or that the set does not count; empty without a goal."""
        if figure.met is None:
            return ""
        if not figure.met:
            return "MISSED"
        return "set does not count" if self.complaints else "met"

    def missed(self) -> bool:
        """Any goal is missed, or the set does not count."""
        return any(self.verdict(figure) not in ("", "met") for figure in self.figures)


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Arguments that every script takes."""
    made = argparse.ArgumentParser(description=doc)
    made.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    made.add_argument("--strict", action="store_true", help="exit code 1 where a goal is missed")
    return made


def tell(figures: Sequence[Figure], given: argparse.Namespace, facts: Mapping[str, object]) -> int:
    """Print the figures as a table or as JSON; the exit code that ``--strict`` asks for."""
    if given.json:
        rows = [asdict(figure) | {"met": figure.met} for figure in figures]
        print(json.dumps({"facts": facts, "figures": rows}, indent=1))
    else:
        for key, value in facts.items():
            print(f"{key}: {value}")
        for figure in figures:
            print(_line(figure))
    missed = any(figure.met is False for figure in figures)
    return int(given.strict and missed)


def tell_sections(
    sections: Sequence[Section], given: argparse.Namespace, facts: Mapping[str, object]
) -> int:
    """The same for several sets, each figure with its interval."""
    if given.json:
        print(json.dumps(as_json(sections, facts), indent=1))
    else:
        print(as_text(sections, facts))
    return int(given.strict and any(section.missed() for section in sections))


def as_json(sections: Sequence[Section], facts: Mapping[str, object]) -> dict[str, object]:
    """Sections as plain values."""
    return {
        "facts": dict(facts),
        "sections": [
            {
                "title": section.title,
                "facts": dict(section.facts),
                "counts": not section.complaints,
                "complaints": list(section.complaints),
                "remarks": list(section.remarks),
                "figures": [asdict(figure) | {"met": figure.met} for figure in section.figures],
            }
            for section in sections
        ],
    }


def as_text(sections: Sequence[Section], facts: Mapping[str, object]) -> str:
    """Sections as tables for a terminal."""
    lines = [f"{key}: {value}" for key, value in facts.items()]
    for section in sections:
        lines += ["", section.title]
        lines += [f"  {key}: {value}" for key, value in section.facts.items()]
        lines += [f"  THIS SET DOES NOT COUNT: {reason}" for reason in section.complaints]
        cells = [_cells(section, figure) for figure in section.figures]
        widths = [max(len(row[k]) for row in cells) for k in range(5)] if cells else []
        for row in cells:
            padded = [row[0].ljust(widths[0])]
            padded += [row[k].rjust(widths[k]) for k in range(1, 4)]
            padded += [row[4].ljust(widths[4]), *row[5:]]
            lines.append("  " + "  ".join(padded).rstrip())
        lines += [f"  {remark}" for remark in section.remarks]
    return "\n".join([*lines, "", legend(sections)])


def as_markdown(sections: Sequence[Section], facts: Mapping[str, object]) -> str:
    """Sections as headed tables; begins with the table of facts."""
    lines = ["| | |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in facts.items())]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        lines += [f"- {key}: {value}" for key, value in section.facts.items()]
        lines += [f"- **This set does not count**: {reason}" for reason in section.complaints]
        lines += ["", "| figure | value | 95 % interval | n | goal | |", "| --- " * 6 + "|"]
        for figure in section.figures:
            row = _cells(section, figure)
            lines.append("| " + " | ".join((*row[:5], " ".join(row[5:]).strip())) + " |")
        if section.remarks:
            lines += ["", *(f"- {remark}" for remark in section.remarks)]
    return "\n".join([*lines, "", legend(sections), ""])


def legend(sections: Sequence[Section]) -> str:
    """Which letter stands for which way to an interval."""
    methods = dict.fromkeys(f.method for s in sections for f in s.figures if f.method)
    named = ", ".join(f"{_letter(method)} {method}" for method in methods)
    return f"Intervals: {named}." if named else "No figure has an interval."


def _letter(method: str | None) -> str:
    """``patient-clustered bootstrap`` -> b, its pivotal form p, Wilson W, Poisson P."""
    if not method:
        return ""
    if method.endswith("bootstrap"):
        return "b"
    return method.rpartition(" ")[2][0]


def _cells(section: Section, figure: Figure) -> tuple[str, str, str, str, str, str, str]:
    """Name, value, interval, n, goal, verdict, note."""
    value = "not measured" if figure.value is None else _number(figure.value, figure.unit)
    interval = ""
    if figure.low is not None and figure.high is not None:
        low, high = _number(figure.low, figure.unit, False), _number(figure.high, figure.unit)
        interval = f"{low} to {high} {_letter(figure.method)}"
    goal = ""
    if figure.goal is not None:
        sign = "at most" if figure.at_most else "at least"
        goal = f"{sign} {figure.goal:g} {figure.unit}".rstrip()
    n = "" if figure.n is None else f"{figure.n:,}"
    return figure.name, value, interval, n, goal, section.verdict(figure), figure.note


def _number(value: float, unit: str, with_unit: bool = True) -> str:
    text = f"{value:.2f}" if unit == "%" else f"{value:.3f}"
    return f"{text} {unit}".rstrip() if with_unit else text


def _line(figure: Figure) -> str:
    value = "not measured" if figure.value is None else f"{figure.value:.4g} {figure.unit}".rstrip()
    line = f"  {figure.name:<52} {value:>14}"
    if figure.goal is not None:
        sign = "at most" if figure.at_most else "at least"
        line += f"   {sign} {figure.goal:g} {'met' if figure.met else 'MISSED'}"
    return f"{line}   {figure.note}".rstrip()
