"""What a comparison's plan and hardware say, in words; silent where they say nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from spondyl.study.results.model import Comparison

_GOALS = ("sensitivity", "specificity")


def budget_words(plan: Mapping[str, Any]) -> str:
    """How long each training was to last: "600 steps", "10 epochs"; empty where nothing is said."""
    budget = _mapping(plan.get("budget"))
    for unit in ("minutes", "steps", "epochs"):
        if budget.get(unit) is not None:
            return f"{budget[unit]:,} {unit}"
    return ""


def goal_words(plan: Mapping[str, Any]) -> str:
    """What thresholds were chosen for on the validation films."""
    point = _mapping(plan.get("operating_point"))
    for goal in _GOALS:
        if point.get(goal) is not None:
            return f"a {goal} of at least {point[goal]:g}"
    return "the largest sum of sensitivity and specificity" if point.get("youden") else ""


def checkpoint_words(plan: Mapping[str, Any]) -> str:
    """Which weights of a training were tested."""
    words = {
        "last": "The weights after the last step were tested.",
        "best": "The weights that were best on the validation films were tested.",
    }
    return words.get(str(plan.get("checkpoint")), "")


def network_words(plan: Mapping[str, Any]) -> str:
    """Size of the networks' input and batch, where the plan sets them."""
    training = _mapping(plan.get("training"))
    size = _mapping(training.get("network")).get("input_px")
    said = []
    if isinstance(size, Sequence) and len(size) == 2:
        said.append(f"Input {size[0]} × {size[1]} pixels.")
    if training.get("batch_size"):
        said.append(f"{training['batch_size']} films per step.")
    return " ".join(said)


def hardware_words(comparison: Comparison) -> str:
    """What it ran on, in one sentence."""
    hardware = comparison.hardware
    said = []
    gpus = hardware.get("gpus")
    if isinstance(gpus, Sequence) and not isinstance(gpus, str) and gpus:
        said.append(f"{len(gpus)} × {gpus[0]}")
    if processor := hardware.get("processor"):
        cores = hardware.get("cores")
        said.append(f"{processor}{f', {cores} cores' if cores else ''}")
    if system := hardware.get("system"):
        said.append(str(system))
    if version := hardware.get("python"):
        said.append(f"Python {version}")
    return f"Hardware: {'; '.join(said)}." if said else "The hardware was not recorded."


def software_words(comparison: Comparison) -> str:
    """Version of the program and of the packages that it trained with."""
    packages = _mapping(comparison.hardware.get("packages"))
    code = comparison.hardware.get("code") or comparison.facts.get("code_version")
    said = [f"spondyl {code}"] if code else []
    said += [f"{name} {version}" for name, version in packages.items()]
    return ", ".join(said) + "." if said else "Spondyl; versions were not recorded."


def date_words(comparison: Comparison) -> str:
    """When the comparison ran; empty where that is not known."""
    days = [str(comparison.facts.get(key, ""))[:10] for key in ("started", "written")]
    first, last = days
    if not last:
        return ""
    return f"Run {last}." if first in ("", last) else f"Run {first} to {last}."


def minutes_words(minutes: float) -> tuple[str, str]:
    """A time as number and unit, for the head of the page.

    Examples
    --------
    >>> minutes_words(0.45), minutes_words(45.2), minutes_words(480)
    (('0.5', 'minutes of training'), ('45', 'minutes of training'), ('8.0', 'hours of training'))
    """
    if minutes >= 120:
        return f"{minutes / 60:,.1f}", "hours of training"
    return f"{minutes:.1f}" if minutes < 10 else f"{minutes:.0f}", "minutes of training"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
