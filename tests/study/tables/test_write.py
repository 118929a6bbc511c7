"""Tables as files."""

import shutil
import subprocess

import pytest

from spondyl.study.tables.write import write_tables
from tests.study.table_cases import TABLE, rows_of


def test_files_and_their_names(tmp_path):
    written = write_tables([TABLE], tmp_path / "tables")
    assert sorted(path.name for path in written) == ["odd_table.csv", "odd_table.tex", "tables.tex"]
    assert rows_of((tmp_path / "tables/odd_table.csv").read_text(encoding="utf-8"))
    assert r"\input{odd_table.tex}" in (tmp_path / "tables/tables.tex").read_text()
    with pytest.raises(ValueError, match="key of its own"):
        write_tables([TABLE, TABLE], tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX at hand")
def test_latex_compiles(tmp_path):
    write_tables([TABLE], tmp_path)
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "tables.tex"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-2000:]
    assert (tmp_path / "tables.pdf").stat().st_size > 1000
