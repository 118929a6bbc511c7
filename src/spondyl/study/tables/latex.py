r"""Tables as LaTeX: booktabs rules, longtable (a table may pass a page), nothing else needed.

Each file is a fragment for ``\input``; the packages it needs stand in its first line.
"""

import re
import textwrap
from collections.abc import Sequence

from spondyl.study.tables.table import Column, Table, kind_of, shown

_PACKAGES = ("booktabs", "longtable", "array")
#: Width that the columns of running text share, of the line.
_WIDE = 0.72
#: Letters of a head before it is broken.
_HEAD_CHARS = 20
_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"$<$", ">": r"$>$", "–": "--", "—": "---", "−": "$-$", "×": r"$\times$", "±": r"$\pm$",
    "≥": r"$\geq$", "≤": r"$\leq$", "≠": r"$\neq$", "°": r"$^\circ$", "·": r"$\cdot$",
    "’": "'", "‘": "`", "“": "``", "”": "''", "…": r"\ldots{}", "→": r"$\to$", "\u00a0": "~",
    "\n": " ",
}  # fmt: skip
_SPECIAL = re.compile("|".join(map(re.escape, _ESCAPES)))


def escape(text: str) -> str:
    r"""Plain text as LaTeX.

    Examples
    --------
    >>> print(escape("T11–L5 & 96 % of {x}_1"))
    T11--L5 \& 96 \% of \{x\}\_1
    """
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def to_latex(table: Table) -> str:
    """The table as a ``longtable``."""
    width = len(table.columns)
    head = " & ".join(map(_head, table.columns)) + r" \\"
    label = re.sub(r"[^A-Za-z0-9-]+", "-", table.key)
    lines = [
        "% needs " + ", ".join(rf"\usepackage{{{name}}}" for name in _PACKAGES),
        r"\begingroup\small\setlength{\LTcapwidth}{\linewidth}",
        rf"\begin{{longtable}}{{@{{}}{''.join(_columns(table.columns))}@{{}}}}",
        rf"\caption{{{escape(table.title)}}}\label{{tab:{label}}}\\",
        r"\toprule",
        head,
        r"\midrule",
        r"\endfirsthead",
        r"\toprule",
        head,
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
    ]
    for i, (group, rows) in enumerate(table.grouped()):
        if group:
            if i:
                lines.append(r"\addlinespace")
            lines.append(rf"\multicolumn{{{width}}}{{@{{}}l}}{{\textit{{{escape(group)}}}}} \\*")
        for row in rows:
            cells = [
                escape(shown(cell, kind_of(table, row, place)))
                for place, cell in enumerate(row.cells)
            ]
            # at a row's beginning these would be taken for options of the line break above
            if cells[0].startswith(("[", "*")):
                cells[0] = "{}" + cells[0]
            lines.append(" & ".join(cells) + r" \\")
    lines.append(r"\end{longtable}")
    if table.notes:
        notes = " ".join(escape(note) for note in table.notes)
        lines.append(rf"\noindent{{\footnotesize {notes}\par}}")
    lines += [r"\endgroup", ""]
    return "\n".join(lines)


def _head(column: Column) -> str:
    """Words over a column; those of a narrow one are broken into lines."""
    lines = textwrap.wrap(column.words, _HEAD_CHARS)
    if column.wide or len(lines) < 2:
        return escape(column.words)
    side = "l" if column.kind == "text" else "r"
    broken = r"\\".join(map(escape, lines))
    return rf"\shortstack[{side}]{{{broken}}}"


def _columns(columns: Sequence[Column]) -> list[str]:
    wide = sum(column.wide for column in columns)
    return [
        rf">{{\raggedright\arraybackslash}}p{{{_WIDE / wide:.2f}\linewidth}}"
        if column.wide
        else ("l" if column.kind == "text" else "r")
        for column in columns
    ]


def document(keys: Sequence[str]) -> str:
    """A whole document that takes in every table, to look at them or to begin a supplement."""
    lines = [
        r"\documentclass[10pt,a4paper]{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage[landscape,margin=18mm]{geometry}",
        *(rf"\usepackage{{{name}}}" for name in _PACKAGES),
        r"\begin{document}",
        *(rf"\input{{{key}.tex}}" for key in keys),
        r"\end{document}",
        "",
    ]
    return "\n".join(lines)
