"""From a YAML file to checked settings, or to sentences that say what is wrong with it."""

from pathlib import Path
from typing import Any

from spondyl.forms import checked, read_yaml, sentence
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
    return parse_config(read_yaml(path, ConfigError), str(path), path.parent)


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
    if base is not None:
        values = _rooted(values, base)
    return checked(NodeConfig, values, where, ConfigError, _sentence)


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
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "string_pattern_mismatch" and key.endswith("ae_title"):
        return (
            f"{where}: {key}: expected an AE title of 1 to 16 characters, found {item['input']!r}."
        )
    return sentence(where, item)
