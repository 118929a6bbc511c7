"""From a YAML file to checked settings, or to sentences that say what is wrong with it."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from spondyl.serve.dicom.errors import ConfigError
from spondyl.serve.dicom.settings import NodeConfig


def load_config(path: Path) -> NodeConfig:
    """Read a node's YAML file. Relative paths in it start from the file's own folder.

    Raises
    ------
    ConfigError
        One sentence a mistake.
    """
    path = Path(path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid YAML ({' '.join(str(error).split())}).") from None
    return parse_config(values, str(path), path.parent)


def parse_config(values: Any, where: str = "configuration", base: Path | None = None) -> NodeConfig:
    """Check plain values.

    Parameters
    ----------
    values : mapping
    where : str
        What the sentences begin with.
    base : Path, optional
        Folder that relative paths start from; the working directory by default.

    Raises
    ------
    ConfigError
    """
    if not isinstance(values, dict):
        raise ConfigError(f"{where}: expected keys and values, found {type(values).__name__}.")
    if base is not None:
        values = _rooted(values, base)
    try:
        return NodeConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentence(where, each) for each in error.errors())) from None


_PATHS = frozenset(
    {"folder", "weights", "certificate", "private_key", "client_ca", "ca"}
)  # keys whose values are paths


def _rooted(value: Any, base: Path) -> Any:
    if isinstance(value, list):
        return [_rooted(each, base) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: str(base / Path(each).expanduser())
        if name in _PATHS and isinstance(each, str)
        else _rooted(each, base)
        for name, each in value.items()
    }


def _sentence(where: str, item: Any) -> str:
    """One of pydantic's errors as a sentence with the key's path."""
    key = ".".join(str(part) for part in item["loc"])
    place = f"{where}: {key}" if key else where
    if item["type"] == "extra_forbidden":
        return f"{place}: this key is unknown; remove it or correct its spelling."
    if item["type"] == "missing":
        return f"{place}: this key is needed."
    if item["type"] == "string_pattern_mismatch" and key.endswith("ae_title"):
        return f"{place}: expected an AE title of 1 to 16 characters, found {item['input']!r}."
    message = item["msg"].removeprefix("Value error, ")
    found = item.get("input")
    shown = f", found {found!r}" if isinstance(found, str | int | float | bool) else ""
    return f"{place}: {message[:1].lower()}{message[1:]}{shown}."
