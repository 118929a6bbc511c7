"""Studies like the paper's: arms compared on the same films, with what a reviewer expects.

:mod:`~spondyl.study.run` is a whole study, :mod:`spondyl.study.compare.run` a comparison alone.
From top to bottom; a package imports only from those below it::

    run, log     a study from STUDY.yaml to its page; what is done is kept in study.json
    page         the HTML page: sections, charts, worst films, CLAIM
    tables       its tables, and their forms: page, CSV, LaTeX
    films        hospitals found, labelled, split, counted, written as data sets
    plan         the form of STUDY.yaml
    compare      COMPARE.yaml, trainings, systems, thresholds, readings, compare.json
    results      a comparison read back; trainings averaged
    maps         a reader made of a level map and a fracture map
    flow         counts of films, and their picture
    hospital     simulated hospitals and their reports

Names are imported when they are asked for, since training needs torch and reading a comparison
back does not.
"""

from importlib import import_module
from typing import Any

#: Name -> the module of this room that defines it.
_HOMES = {
    "Comparison": "results.model",
    "SetFacts": "results.model",
    "SystemOnSet": "results.model",
    "averaged": "results.mean",
    "load_comparison": "results.folder",
}

__all__ = ["Comparison", "SetFacts", "SystemOnSet", "averaged", "load_comparison"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
