"""Packages of the room stand one above the other: no import leads up, and none in a circle."""

import ast
import re
from pathlib import Path

import pytest

import spondyl.study

ROOM = Path(spondyl.study.__file__).parent
_PREFIX = "spondyl.study."
#: From top to bottom, as the room's docstring lists them.
ORDER = [
    name
    for line in re.findall(r"^    (\w+(?:, \w+)*)  +\S", spondyl.study.__doc__ or "", re.MULTILINE)
    for name in line.split(", ")
]


def imported(file: Path) -> set[str]:
    """Modules of the room that a file imports, here or inside a function; without the prefix."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            full = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.removeprefix(_PREFIX) for name in full if name.startswith(_PREFIX)}
    return found


def module_of(name: str) -> str:
    """``tables.table.Row`` -> ``tables.table``, ``log.StudyLog`` -> ``log``."""
    parts = name.split(".")
    return ".".join(parts[:2]) if (ROOM / parts[0]).is_dir() else parts[0]


def test_every_package_has_its_place() -> None:
    there = {path.stem for path in ROOM.iterdir() if not path.name.startswith("_")}
    assert sorted(ORDER) == sorted(there)


@pytest.mark.parametrize("name", ORDER)
def test_no_import_leads_up(name: str) -> None:
    below = ORDER[ORDER.index(name) :]
    files = sorted((ROOM / name).glob("*.py")) or [ROOM / f"{name}.py"]
    up = {
        (file.name, other)
        for file in files
        for other in imported(file)
        if other.partition(".")[0] not in below
    }
    assert up == set()


def test_no_two_modules_import_one_another() -> None:
    above = {
        ".".join(file.relative_to(ROOM).with_suffix("").parts): {
            module_of(other) for other in imported(file)
        }
        for file in ROOM.rglob("*.py")
        if file.name != "__init__.py"
    }
    while free := {name for name, needs in above.items() if not needs & above.keys()}:
        above = {name: needs for name, needs in above.items() if name not in free}
    assert above == {}
