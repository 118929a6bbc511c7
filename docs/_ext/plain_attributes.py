"""One-line descriptions of data and properties stay as they are written.

Napoleon takes what stands before a colon for a type, Google's way; here a colon is a colon.
"""

from typing import Any

from sphinx.application import Sphinx

_BEFORE_NAPOLEON, _AFTER_NAPOLEON = 400, 600
_KINDS = ("attribute", "data", "property")


def setup(app: Sphinx) -> dict[str, bool]:
    """Keep such descriptions before napoleon, and put them back after it."""
    kept: dict[str, list[str]] = {}

    def keep(_: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
        if what in _KINDS and not any(line.startswith("---") for line in lines):
            kept[name] = list(lines)

    def restore(_: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
        if what in _KINDS and name in kept:
            lines[:] = kept.pop(name)

    app.connect("autodoc-process-docstring", keep, priority=_BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", restore, priority=_AFTER_NAPOLEON)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
