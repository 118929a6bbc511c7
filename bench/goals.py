"""Figures beside the goals that they are held to."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


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
        How it was measured, or its interval.
    """

    name: str
    value: float | None
    unit: str = ""
    goal: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """The goal is met; None without a goal."""
        if self.goal is None:
            return None
        if self.value is None:
            return False
        return self.value <= self.goal if self.at_most else self.value >= self.goal


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


def _line(figure: Figure) -> str:
    value = "not measured" if figure.value is None else f"{figure.value:.4g} {figure.unit}".rstrip()
    line = f"  {figure.name:<52} {value:>14}"
    if figure.goal is not None:
        sign = "at most" if figure.at_most else "at least"
        line += f"   {sign} {figure.goal:g} {'met' if figure.met else 'MISSED'}"
    return f"{line}   {figure.note}".rstrip()
