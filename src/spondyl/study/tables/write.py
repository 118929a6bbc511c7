"""Tables as files: each as CSV and as LaTeX, and a document that holds them all."""

from collections.abc import Sequence
from pathlib import Path

from spondyl.study.tables.latex import document, to_latex
from spondyl.study.tables.table import Table, to_csv


def write_tables(tables: Sequence[Table], folder: Path) -> tuple[Path, ...]:
    """Write each table as ``KEY.csv`` and ``KEY.tex``, and ``tables.tex`` that holds them all.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    ValueError
        If two tables have the same key.
    """
    keys = [table.key for table in tables]
    if len(set(keys)) != len(keys):
        raise ValueError(f"Every table needs a key of its own, found {sorted(keys)}.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in tables:
        for ending, text in (("csv", to_csv(table)), ("tex", to_latex(table))):
            file = folder / f"{table.key}.{ending}"
            # the CSV writer ends its lines itself
            file.write_text(text, encoding="utf-8", newline="")
            written.append(file)
    whole = folder / "tables.tex"
    whole.write_text(document(keys), encoding="utf-8")
    return (*written, whole)
