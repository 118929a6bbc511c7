"""Sphinx configuration. Build with ``make docs``; nothing is fetched while building or reading."""

import sys
from pathlib import Path

import spondyl

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Spondyl"
author = "the Spondyl developers"
project_copyright = "the Spondyl developers, Apache-2.0"
version = release = spondyl.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "mathml",
    "plain_attributes",
    "rooms",
]
exclude_patterns = ["_ext", "published"]
# Pages that commands wrote, as they are: study.html.
html_extra_path = ["published/paper-study"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Spondyl {release}"
html_math_renderer = "mathml"
html_show_sphinx = False
html_copy_source = False

napoleon_google_docstring = False
# Attributes of dataclasses as fields of the class; else each would be described twice.
napoleon_use_ivar = True
napoleon_preprocess_types = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 80
# Docstrings name types by their short names, and two rooms may each have a Beam.
suppress_warnings = ["ref.python"]
