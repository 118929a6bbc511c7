"""Labels from and to the files of other programs; `registry` lists the formats."""

from spondyl.labels.formats.drawn import FormatError, LabelSet, ReadOptions, SizeOf
from spondyl.labels.formats.registry import FORMATS, LabelFormat, Origin, format_named

__all__ = [
    "FORMATS",
    "FormatError",
    "LabelFormat",
    "LabelSet",
    "Origin",
    "ReadOptions",
    "SizeOf",
    "format_named",
]
