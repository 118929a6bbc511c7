"""Install the plain package into a fresh environment: how large it is, and that torch is not in it.

Needs a package index.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # `python bench/install_size.py` finds `bench`

from bench.goals import Figure, parser, tell

ROOT = Path(__file__).parents[1]
#: What a package is built from; the build then leaves nothing in the working tree.
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src")
#: What earlier runs and builds left behind is not packed.
LEFT = shutil.ignore_patterns("__pycache__", "*.egg-info")
#: Nothing of these may come with the plain install.
HEAVY = frozenset({"torch", "ray", "fastapi", "highdicom", "numba", "monai", "tensorflow"})
_MIB = 1024**2


def main() -> int:
    """Measure, and print the figures beside their goals."""
    given = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as place:
        sizes, names = install(Path(place))
    heavy = sorted(HEAVY & names)
    figures = (
        Figure("plain install", sum(sizes.values()) / _MIB, "MiB", 500, at_most=True),
        Figure(
            "heavy packages in it", len(heavy), "", 0, at_most=True, note=", ".join(heavy) or "none"
        ),
    )
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
    facts = {"packages": len(names)} | {f"  {k}": f"{v / _MIB:.0f} MiB" for k, v in largest}
    return tell(figures, given, facts)


def install(place: Path) -> tuple[dict[str, int], set[str]]:
    """Bytes by folder of the installed packages (pip left out), and the packages' names."""
    source = place / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=LEFT)
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, source / name)
    venv.create(place / "env", with_pip=True)
    python = place / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", str(source)], check=True)
    listed = subprocess.run([*pip, "list", "--format", "json"], check=True, capture_output=True)
    names = {package["name"].lower() for package in json.loads(listed.stdout)}
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(python), "-c", where], check=True, capture_output=True, text=True)
    folder = Path(found.stdout.strip())
    sizes = {
        part.name: sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
        if part.is_dir()
        else part.stat().st_size
        for part in folder.iterdir()
        if not part.name.startswith(("pip", "setuptools"))
    }
    return sizes, names


if __name__ == "__main__":
    sys.exit(main())
