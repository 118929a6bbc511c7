"""LaTeX that TeX can read, and nothing that it would take for a command."""

import re

from spondyl.study.tables.latex import escape, to_latex
from tests.study.table_cases import TABLE


def structure(text: str) -> None:
    """What TeX would stumble over: braces, environments, cells per line, bare specials."""
    bare = re.sub(r"\\[\\&%$#_{}]", "", text.split("\n", 1)[1])
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert "#" not in bare
    assert "%" not in bare
    assert bare.isascii() or not re.search("[–—−×≥≤“”‘’…]", bare)
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", text) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)
    assert text.count(r"\begingroup") == text.count(r"\endgroup") == 1
    for rule in ("toprule", "midrule", "bottomrule"):
        assert rf"\{rule}" in text


def test_latex_is_balanced_and_escaped():
    text = to_latex(TABLE)
    structure(text)
    lines = [
        line for line in text.split("\n") if line.endswith(r" \\") and "multicolumn" not in line
    ]
    bare = [re.sub(r"\\&", "", line).count("&") for line in lines]
    assert bare == [4] * 5, "head twice, three rows"
    assert r"\shortstack[r]{Share (95 \%\\interval)}" in text
    assert r"\caption{Odd \& 100 \% $<$i$>$names$<$/i$>$}\label{tab:odd-table}" in text
    assert r"{}[b] & -- & 0 & -- & 50 \% of \$5, \#1 \textasciitilde{} \textbackslash{}x" in text
    assert escape("−1 ≥ {x}") == r"$-$1 $\geq$ \{x\}"
