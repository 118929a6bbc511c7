"""Write the pages of a node's and a room's keys from the classes that check them."""

import re
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from spondyl.serve.dicom.settings import NodeConfig
from spondyl.serve.web.settings import RoomSettings

_HEAD = """# Keys of a node's configuration

One YAML file, checked at the start: an unknown key, a value out of range, a file or a destination
that does not exist is told in a sentence with the key's path. Relative paths start from the file's
own folder. [A DICOM node](../../tutorials/node.md) shows a whole file.
"""

_ROOM_HEAD = """# Keys of a reading room's settings

One YAML file for `spondyl serve --settings FILE`, checked at the start: an unknown key or a value
out of range is told in a sentence with the key's path. Relative paths start from the
file's own folder. [Running a reading room](../../tutorials/room-admin.md) shows a whole file.
"""


def page() -> str:
    """The page of a node's keys."""
    return _page(NodeConfig, _HEAD)


def room_page() -> str:
    """The page of a room's keys."""
    return _page(RoomSettings, _ROOM_HEAD)


def _page(whole: type[BaseModel], head: str) -> str:
    """A section for each group of keys, in the order in which they are met."""
    parts = [head]
    waiting: list[type[BaseModel]] = [whole]
    #: Where each group is described: at the first place that it belongs to.
    home: dict[type[BaseModel], str] = {whole: "The file"}
    while waiting:
        model = waiting.pop(0)
        name = home[model]
        about = " ".join((model.__doc__ or "").split())
        parts.append(f"## {name}\n\n{about}\n\n| key | default | |\n| --- | --- | --- |")
        for key, field in model.model_fields.items():
            inner = _models(field.annotation)
            path = key if model is whole else f"{name}.{key}"
            waiting += [each for each in inner if each not in home]
            home = {**dict.fromkeys(inner, path), **home}
            more = "".join(f"; see [{home[each]}](#{_anchor(home[each])})" for each in inner)
            parts.append(f"| `{key}` | {_default(field)} | {field.description}{more} |")
        parts.append("")
    return "\n".join(parts)


def _models(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [found for part in get_args(kind) for found in _models(part)]


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined or value is ...:
        return "needed"
    if isinstance(value, BaseModel):
        return ""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value) or "none"
    if isinstance(value, dict):
        return "none" if not value else f"`{value}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _anchor(path: str) -> str:
    """As myst makes it of a heading."""
    return re.sub(r"[^a-z0-9_ -]", "", path.lower()).replace(" ", "-")
