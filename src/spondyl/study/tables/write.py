"""Tables as files: each as CSV and as LaTeX, and a document that holds them all."""

from collections.abc import Sequence
from pathlib import Path

from spondyl.files import write_whole
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
    texts = {"tables.tex": document(keys)}
    for table in tables:
        texts[f"{table.key}.csv"], texts[f"{table.key}.tex"] = to_csv(table), to_latex(table)
    return tuple(write_whole(folder / name, text, make_folder=True) for name, text in texts.items())
