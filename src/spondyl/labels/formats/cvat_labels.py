"""Labels and their attributes, as a task of CVAT defines them."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from spondyl.anatomy import Shape, Status

#: Attribute -> its choices; none is free text. CVAT shows these beside a shape.
BODY_FIELDS: dict[str, tuple[str, ...]] = {
    "status": (Status.UNKNOWN, Status.NORMAL, Status.FRACTURED),
    "genant_grade": ("", "0", "1", "2", "3"),
    "shape": ("", *Shape),
    "assessable": ("true", "false"),
    "points": (),
    "spondyl": (),
}
FILM_FIELDS: dict[str, tuple[str, ...]] = {
    "posterior_side": ("", "left", "right"),
    "patient": (),
    "split": (),
    "site": (),
    "report": (),
    "spondyl": (),
}


def label_definition(name: str, kind: str, fields: dict[str, tuple[str, ...]]) -> ET.Element:
    """The definition of a label, as CVAT keeps it with a task."""
    label = ET.Element("label")
    ET.SubElement(label, "name").text = name
    ET.SubElement(label, "type").text = kind
    attributes = ET.SubElement(label, "attributes")
    for field, choices in fields.items():
        attributes.append(_attribute(field, choices))
    return label


def define_attributes(listing: ET.Element, shapes: Iterable[ET.Element]) -> None:
    """Add to the labels every attribute that a shape has: CVAT drops those that are not defined."""
    defined = {label.findtext("name"): label for label in listing}
    for shape in shapes:
        label = defined.get(shape.get("label"))
        if label is None:
            continue
        attributes = label.find("attributes")
        if attributes is None:
            attributes = ET.SubElement(label, "attributes")
        names = {attribute.findtext("name") for attribute in attributes}
        for said in shape.findall("attribute"):
            name = said.get("name", "")
            if name not in names:
                names.add(name)
                attributes.append(_attribute(name, BODY_FIELDS.get(name, ())))


def _attribute(name: str, choices: tuple[str, ...]) -> ET.Element:
    attribute = ET.Element("attribute")
    ET.SubElement(attribute, "name").text = name
    ET.SubElement(attribute, "mutable").text = "False"
    ET.SubElement(attribute, "input_type").text = "select" if choices else "text"
    ET.SubElement(attribute, "default_value").text = choices[0] if choices else ""
    ET.SubElement(attribute, "values").text = "\n".join(choices)
    return attribute
