"""How a task of Label Studio names its picture, and the interface that shows our labels."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from spondyl.anatomy import Level, Status
from spondyl.labels.formats.drawn import FormatError
from spondyl.labels.formats.files import film_name

_LOCAL = "/data/local-files/?d="
_UPLOAD = re.compile(r"/data/upload/\d+/[0-9a-f]{8}-(?P<name>.+)")
#: Names of the interface's controls and of its picture.
FROM, TO, STATUS, SIDE = "level", "image", "status", "posterior_side"


def address_of(film: str) -> str:
    """The address of a film among Label Studio's local files."""
    return _LOCAL + quote(film)


def name_of(address: str) -> str:
    """The film that an address of Label Studio stands for.

    Examples
    --------
    >>> name_of("/data/local-files/?d=north/a%20b.png")
    'north/a b.png'
    >>> name_of("/data/upload/3/0a1b2c3d-a.png"), name_of("s3://bucket/films/a.png")
    ('a.png', 'films/a.png')
    """
    uploaded = _UPLOAD.search(address)
    if uploaded:
        return film_name(unquote(uploaded["name"]))
    parts = urlsplit(address)
    query = parse_qs(parts.query).get("d")
    if query:
        return film_name(query[0])
    return film_name(unquote(parts.path) if parts.scheme else address)


def picture_of(where: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """The key of a task's data that holds the picture, and its address."""
    for key in ("image", "img", "film", "picture"):
        if isinstance(data.get(key), str):
            return key, data[key]
    raise FormatError(f"{where}: its data name no picture (image).")


def chosen_annotation(annotations: list[Any]) -> int | None:
    """Place of the annotation to take: the ground truth, or the first that was not cancelled."""
    for wanted in ("ground_truth", None):
        for place, annotation in enumerate(annotations):
            if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
                continue
            if wanted is None or annotation.get(wanted):
                return place
    return None


#: A labelling interface that shows what is written here.
INTERFACE = "\n".join(
    (
        "<View>",
        f'  <Image name="{TO}" value="$image" zoom="true"/>',
        f'  <PolygonLabels name="{FROM}" toName="{TO}">',
        *(f'    <Label value="{level}"/>' for level in Level),
        "  </PolygonLabels>",
        f'  <Choices name="{STATUS}" toName="{TO}" perRegion="true">',
        *(f'    <Choice value="{status}"/>' for status in Status),
        "  </Choices>",
        f'  <Choices name="{SIDE}" toName="{TO}">',
        '    <Choice value="left"/>',
        '    <Choice value="right"/>',
        "  </Choices>",
        "</View>",
    )
)
