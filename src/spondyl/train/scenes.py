"""Settings of simulated scenes from an experiment's plain values."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from spondyl.simulate.settings import SceneSettings, View


def scene_settings(values: Mapping[str, Any]) -> SceneSettings:
    """Settings of the simulator from the keys and values of a YAML file.

    Parameters
    ----------
    values : mapping
        Fields of :class:`~spondyl.simulate.settings.SceneSettings`; ``views`` as shares by name
        (``{standing: 0.4, frontal: 0.2}``), ranges as lists of two.

    Raises
    ------
    ValueError
        One sentence on the key that is unknown or not as it must be.
    """
    known = {item.name for item in fields(SceneSettings)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"scene: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    given: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in values.items()
    }
    if "views" in given:
        given["views"] = _views(given["views"])
    for key, value in given.items():
        if key.endswith("_share") and not (isinstance(value, int | float) and 0 <= value <= 1):
            raise ValueError(f"scene.{key}: expected a share from 0 to 1, found {value!r}")
    try:
        return SceneSettings(**given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"scene: {error}") from None


def _views(value: Any) -> tuple[tuple[View, float], ...]:
    known = ", ".join(View)
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"scene.views: expected shares by name (known are {known})")
    for name, share in value.items():
        if name not in list(View):
            raise ValueError(f"scene.views: unknown view {name!r}; known are {known}")
        if not isinstance(share, int | float) or share < 0:
            raise ValueError(f"scene.views.{name}: expected a share of 0 or more, found {share!r}")
    if sum(value.values()) <= 0:
        raise ValueError("scene.views: at least one view needs a share above 0")
    return tuple((View(name), float(share)) for name, share in value.items())
