"""Settings from YAML files, checked by a pydantic form; sentences for what is wrong with them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Form = TypeVar("Form", bound=BaseModel)


def read_yaml(path: Path, error: type[ValueError]) -> Any:
    """Plain values of a YAML file.

    Parameters
    ----------
    path : Path
    error : type of ValueError
        Raised with a sentence if the file cannot be read or is no YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise error(f"{path} cannot be read ({fault.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise error(f"{path} is not valid YAML ({' '.join(str(fault).split())}).") from None


def sentence(where: str, item: Any) -> str:
    """One of pydantic's errors as a sentence with the key's path."""
    key = ".".join(str(part) for part in item["loc"])
    place = f"{where}: {key}" if key else where
    if item["type"] == "extra_forbidden":
        return f"{place}: this key is unknown; remove it or correct its spelling."
    if item["type"] == "missing":
        return f"{place}: this key is needed."
    message = item["msg"].removeprefix("Value error, ")
    found = item.get("input")
    shown = f", found {found!r}" if isinstance(found, str | int | float | bool) else ""
    return f"{place}: {message[:1].lower()}{message[1:]}{shown}."


def checked(
    form: type[Form],
    values: Any,
    where: str,
    error: type[ValueError],
    tell: Callable[[str, Any], str] = sentence,
) -> Form:
    """Plain values as a form.

    Parameters
    ----------
    form : type of BaseModel
    values : Any
        Expected to be keys and values.
    where : str
        What the sentences begin with.
    error : type of ValueError
        Raised with one sentence per mistake, each with the key's path.
    tell : callable
        ``where`` and one of pydantic's errors -> the sentence.
    """
    if not isinstance(values, dict):
        raise error(f"{where}: expected keys and values, found {type(values).__name__}.")
    try:
        return form.model_validate(values)
    except ValidationError as fault:
        raise error("\n".join(tell(where, item) for item in fault.errors())) from None


def laid_over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` laid over ``base``, mappings key by key."""
    out = dict(base)
    for key, value in given.items():
        under = out.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            out[key] = laid_over(under, value)
        else:
            out[key] = value
    return out
